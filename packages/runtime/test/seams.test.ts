// Whatever a tool, a wrapper, a listener or an extension does: every call is answered, and the line says who did it.
import { setTimeout as delay } from "node:timers/promises";
import { call, say, script } from "@course/offline-model/test";
import { afterEach, expect, test } from "vitest";
import {
  defineAgent,
  defineTool,
  ToolError,
  type Extension,
  type Tool,
  type ToolResult,
} from "../src/index.ts";
import { beforeCompaction } from "../src/seams.ts";
import { openSession, type TestSession } from "../src/testing.ts";

let open: TestSession | undefined;
afterEach(() => open?.close());

const good = defineTool({ name: "t", description: "t", input: (z) => z.object({}), run: () => "ok" });
/** A tool as a learner writes it without types. */
const untyped = (run: () => unknown): Tool => ({ ...good, run: run as () => Promise<ToolResult> });

/** One prompt that calls a tool, and one after it, which must be answered in any case. */
async function survive(extension: Partial<Extension>, tool: Tool = good) {
  const model = script(call("t"), say("fine"), say("fine"), say("fine"));
  const agent = () =>
    defineAgent({
      name: "a",
      instructions: "x",
      tools: [tool],
      extensions: [{ name: "learner", ...extension }],
    });
  open = await openSession(agent, model);
  const first = await open.run("go");
  const second = await open.run("and now?");
  return { first, second, result: open.results()[0], open };
}

test.each<[string, Tool, RegExp]>([
  ["returns nothing", untyped(() => undefined), /t returned no result/],
  ["returns something else", untyped(() => ({ text: "x" })), /t returned no result/],
  ["throws", untyped(() => Promise.reject(new Error("boom"))), /t failed: boom/],
  [
    "throws before it is awaited",
    untyped(() => {
      throw new Error("boom");
    }),
    /t failed: boom/,
  ],
  ["throws a text", untyped(() => Promise.reject("boom")), /t failed: boom/],
  ["returns blank blocks", untyped(() => ({ content: [{ type: "text", text: " " }] })), /\(no output\)/],
])("a tool that %s is answered, and the next prompt works", async (_, tool, answer) => {
  const { first, second, result } = await survive({}, tool);
  expect(result).toMatch(answer);
  expect([first.ending, second.ending]).toEqual(["completed", "completed"]);
});

test.each<[string, Partial<Extension>, RegExp]>([
  [
    "returns nothing",
    { wrapToolCall: async (one, next) => void (await next(one)) as unknown as ToolResult },
    /"learner" failed in wrapToolCall: it returned nothing/,
  ],
  [
    "throws",
    {
      wrapToolCall: () => {
        throw new Error("boom");
      },
    },
    /"learner" failed in wrapToolCall: boom/,
  ],
  ["refuses", { wrapToolCall: () => Promise.reject(new ToolError("not today")) }, /^not today$/],
  [
    "throws after the tool ran",
    {
      wrapToolCall: async (one, next) => {
        await next(one);
        throw new Error("boom");
      },
    },
    /"learner" failed in wrapToolCall: boom/,
  ],
])("a wrapper that %s is named in the result, and the next prompt works", async (_, extension, answer) => {
  const { second, result } = await survive(extension);
  expect(result).toMatch(answer);
  expect(second.ending).toBe("completed");
});

test("what the tool itself throws is not the wrapper's failure", async () => {
  const tool = untyped(() => Promise.reject(new Error("boom")));
  const { result } = await survive({ wrapToolCall: (one, next) => next(one) }, tool);
  expect(result).toBe("t failed: boom");
});

test.each<[string, Partial<Extension>, RegExp]>([
  [
    "beforeModel",
    {
      beforeModel: () => {
        throw new Error("boom");
      },
    },
    /"learner" failed in beforeModel: boom/,
  ],
  [
    "systemPrompt",
    {
      systemPrompt: () => {
        throw new Error("boom");
      },
    },
    /"learner" failed in systemPrompt: boom/,
  ],
  [
    "wrapModelCall",
    {
      wrapModelCall: () => {
        throw new Error("boom");
      },
    },
    /"learner" failed in wrapModelCall: boom/,
  ],
])("%s that throws ends the run with one line that names it", async (_, extension, line) => {
  const { first, second } = await survive(extension);
  expect(first).toMatchObject({ ending: "failed", answer: expect.stringMatching(line) });
  expect(second.ending).toBe("failed");
});

test("beforeModel that throws once costs one run, and the conversation goes on", async () => {
  let isFirst = true;
  const { first, second } = await survive({
    beforeModel: () => {
      if (!isFirst) return;
      isFirst = false;
      throw new Error("boom");
    },
  });
  expect([first.ending, second.ending]).toEqual(["failed", "completed"]);
});

test("a listener that throws is told to the others, and costs nothing else", async () => {
  const {
    open: opened,
    first,
    second,
  } = await survive({
    start(session) {
      session.on((event) => {
        if (event.type === "tool_started") throw new Error("listener");
      });
    },
  });
  expect([first.ending, second.ending]).toEqual(["completed", "completed"]);
  expect(opened.events).toContainEqual(
    expect.objectContaining({ type: "error", message: "A listener failed: listener" }),
  );
});

test("an error of the API keeps its own words behind wrappers", async () => {
  const model = script(say("never"));
  const agent = () =>
    defineAgent({
      name: "a",
      instructions: "x",
      tools: [],
      extensions: [{ name: "e", wrapModelCall: (one, next) => next(one) }],
    });
  open = await openSession(agent, model);
  model.setFaults("401");
  expect((await open.run("go")).answer).toMatch(/refused the credentials/);
});

test("isBusy that throws is not busy", async () => {
  const { open: opened } = await survive({
    isBusy: () => {
      throw new Error("boom");
    },
  });
  expect(await opened.runUntilIdle()).toBeUndefined();
});

test("a prompt that an extension refuses is not kept, and the reason is told", async () => {
  const {
    open: opened,
    first,
    second,
  } = await survive({
    beforePrompt: (prompt) => (prompt === "go" ? "Not this one." : undefined),
  });
  expect(first).toMatchObject({ ending: "failed", answer: "Not this one.", stopReason: "refused" });
  expect(second.ending).toBe("completed");
  expect(JSON.stringify(opened.session.messages)).not.toContain('"go"');
});

test("what an extension injects before the run stops keeps it going", async () => {
  let left = 2;
  const { first } = await survive({
    async beforeStop(session) {
      await delay(5);
      if (left-- > 0) session.inject("<note>not yet</note>");
    },
  });
  expect(first).toMatchObject({ ending: "completed", answer: "fine" });
  expect(left).toBe(-1);
});

test("an extension that fails before the run stops is named", async () => {
  const { first } = await survive({ beforeStop: () => Promise.reject(new Error("boom")) });
  expect(first).toMatchObject({
    ending: "failed",
    answer: expect.stringContaining('The extension "learner" failed in beforeStop: boom'),
  });
});

test("before a compaction each extension is awaited in its turn, and one that fails is named", async () => {
  const told: string[] = [];
  const slow = (name: string): Extension => ({
    name,
    async beforeCompaction(_, trigger) {
      await delay(5);
      told.push(`${name} ${trigger}`);
    },
  });
  const fails = (error: Error): Extension => ({
    name: "learner",
    beforeCompaction: () => Promise.reject(error),
  });
  const ask = async (...extensions: Extension[]) => {
    open = await openSession(
      () => defineAgent({ name: "a", instructions: "x", tools: [], extensions }),
      script(),
    );
    await beforeCompaction(open.agent, open.session, "manual");
  };
  await ask(slow("one"), { name: "none" }, slow("two"));
  expect(told).toEqual(["one manual", "two manual"]);
  await expect(ask(fails(new Error("boom")))).rejects.toThrow(
    'The extension "learner" failed in beforeCompaction: boom',
  );
  await expect(ask(fails(new ToolError("not now")))).rejects.toThrow(/^not now$/);
});
