import type { Extension, ModelCall } from "@course/runtime";
import { expect, test } from "vitest";
import { guards } from "../src/subagent.ts";

test("of an extension only what guards is handed on, and it still belongs to the extension", () => {
  const seen: unknown[] = [];
  const extension: Extension = {
    name: "guard",
    order: 20,
    tools: [],
    beforeModel: () => {},
    beforeStop() {
      seen.push(this);
    },
    wrapModelCall: (request, next: ModelCall) => next(request),
  };
  const handedOn = guards(extension);
  expect(Object.keys(handedOn).sort(), "what is handed on").toEqual([
    "beforeStop",
    "name",
    "order",
    "wrapModelCall",
  ]);
  void handedOn.beforeStop?.(undefined as never);
  expect(seen[0] === extension, "whether beforeStop runs as the extension's own").toBe(true);
});

test("of an extension that guards nothing only the name is handed on, and each wrapper of one that does", async () => {
  expect(guards({ name: "plain", beforeModel: () => {} })).toEqual({ name: "plain" });
  const seen: unknown[] = [];
  const extension: Extension = {
    name: "all",
    beforeStop() {
      seen.push(this);
    },
    wrapModelCall(request, next) {
      seen.push(this);
      return next(request);
    },
    wrapToolCall(call, next) {
      seen.push(this);
      return next(call);
    },
  };
  const handedOn = guards(extension);
  await handedOn.beforeStop?.(undefined as never);
  await handedOn.wrapModelCall?.(undefined as never, () => Promise.resolve(undefined as never));
  await handedOn.wrapToolCall?.(undefined as never, () => Promise.resolve({ content: "" }));
  expect(seen, "whose own each wrapper runs as").toEqual([extension, extension, extension]);
});
