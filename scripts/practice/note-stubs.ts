// Notes which unwritten functions each test came to. The agent turns what they throw into a result or a message, so a
// test's own failure may not name them.
import { afterEach } from "vitest";
import { NOT_WRITTEN } from "./not-written.ts";

const called = new Set<string>();

globalThis.Error = new Proxy(Error, {
  construct(target, args: unknown[], newTarget) {
    const [message] = args;
    if (typeof message === "string" && message.startsWith(NOT_WRITTEN)) called.add(message);
    return Reflect.construct(target, args, newTarget) as Error;
  },
});

afterEach(({ task }) => {
  Object.assign(task.meta, { notWritten: [...called] });
  called.clear();
});
