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
