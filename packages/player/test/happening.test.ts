// Events in words, and blocks by their kind.
import { expect, test } from "vitest";
import type { AgentEvent, StampedEvent } from "@course/runtime";
import { happeningOf, Player, type Block } from "../src/index.ts";

const usage = { input: 1, cacheRead: 0, cacheWrite: 0, output: 1, thinking: 0 };
const extension = (kind: string, detail: Record<string, unknown>, name = "x"): AgentEvent => ({
  type: "extension",
  extension: name,
  kind,
  detail,
});
const call = (id: string): Block => ({ type: "tool_use", id, name: "t", input: {} });
const result = (id: string): Block => ({ type: "tool_result", tool_use_id: id, content: "ok" });
const appended = (role: "user" | "assistant", ...blocks: Block[]): AgentEvent => ({
  type: "appended",
  message: 0,
  role,
  blocks,
});
const tool = { id: "c", name: "bash" };
const TOOL = { name: "t", input_schema: { type: "object" as const } };
const ended = { type: "tool_ended" as const, ...tool, durationMs: 1 };

const WORDS: readonly [AgentEvent, actor: string, title: string, detail: string][] = [
  [{ type: "prompt", text: "do\n  this" }, "user", "A prompt", "do this"],
  [{ type: "thinking", text: "hm" }, "model", "The model thinks", "hm"],
  [{ type: "text", text: "so" }, "model", "The model writes", "so"],
  [{ type: "prefix", system: "s", tools: [] }, "harness", "System prompt and 0 tools are fixed", ""],
  [{ type: "deferred_tools", tools: [] }, "harness", "0 tools can be loaded later", ""],
  [
    { type: "model_started", request: { messages: { from: "conversation", count: 1, added: [] } } },
    "harness",
    "A request is sent",
    "1 message",
  ],
  [
    { type: "model_ended", stopReason: "end_turn", usage, durationMs: 1 },
    "harness",
    "The reply is complete",
    "end_turn, 1 token",
  ],
  [appended("assistant", { type: "text", text: "hi" }), "model", "The model answers", "hi"],
  [appended("assistant", call("a"), call("b")), "model", "The model asks for 2 calls", ""],
  [appended("user", result("a")), "harness", "1 result for the model", ""],
  [appended("user", { type: "text", text: "hi" }), "harness", "A text is added", "hi"],
  [
    { type: "tool_started", ...tool, input: { command: "ls", n: 1 } },
    "tool",
    "bash runs",
    "command: ls, n: 1",
  ],
  [{ type: "tool_started", ...tool, input: "ls" }, "tool", "bash runs", "ls"],
  [{ ...ended, result: { content: "ok" } }, "tool", "bash is done", "ok"],
  [{ ...ended, result: { content: "no", isError: true } }, "tool", "bash fails", "no"],
  [
    { ...ended, result: { content: [{ type: "text", text: "a" }], isError: true, refused: "x" } },
    "tool",
    "bash is refused",
    "a",
  ],
  [{ type: "tool_progress", ...tool, done: 1, total: 3, message: "m" }, "tool", "bash goes on", "1 of 3: m"],
  [{ type: "tool_progress", ...tool, done: 1 }, "tool", "bash goes on", "1"],
  [{ type: "tool_progress", ...tool, done: 1, message: "m\nn" }, "tool", "bash goes on", "1: m n"],
  [{ type: "tool_started", ...tool, input: null }, "tool", "bash runs", "null"],
  [
    {
      ...ended,
      result: {
        content: [
          { type: "tool_reference", tool_name: "x" },
          { type: "text", text: "b" },
        ],
      },
    },
    "tool",
    "bash is done",
    "b",
  ],
  [{ type: "prompt", text: ` ${"x".repeat(600)}` }, "user", "A prompt", "x".repeat(499)],
  [
    { type: "deferred_tools", tools: Array(1_000).fill(TOOL) },
    "harness",
    "1,000 tools can be loaded later",
    "",
  ],
  [{ type: "prefix", system: "s", tools: [TOOL] }, "harness", "System prompt and 1 tool are fixed", ""],
  [appended("assistant", call("a")), "model", "The model asks for 1 call", ""],
  [
    appended("assistant", { type: "text", text: "first" }, call("a"), { type: "text", text: "then" }),
    "model",
    "The model asks for 1 call",
    "first then",
  ],
  [appended("user", result("a"), result("b")), "harness", "2 results for the model", ""],
  [{ type: "injected", text: "<x>" }, "harness", "The harness adds a text", "<x>"],
  [{ type: "wake", reason: "mail" }, "harness", "Something wakes the session", "mail"],
  [{ type: "notice", message: "n" }, "harness", "A notice to the user", "n"],
  [{ type: "waiting", reason: "529", ms: 1_500 }, "harness", "Waits 1.5 s", "529"],
  [{ type: "display", text: "plan" }, "harness", "Shown to the user", "plan"],
  [{ type: "error", message: "no" }, "harness", "An error", "no"],
  [{ type: "cleared" }, "harness", "The conversation is forgotten", ""],
  [{ type: "edited", from: 1, messages: [] }, "harness", "The conversation is edited from message 2 on", ""],
  [{ type: "prompt_taken_back", text: "p" }, "harness", "The prompt is taken back", "p"],
  [{ type: "run_ended", stopReason: "end_turn", answer: "a" }, "harness", "The run ends", "end_turn"],
  [extension("began", {}, "trace"), "harness", "The trace begins", ""],
  [extension("mode", { mode: "plan" }), "harness", "x: mode", '{"mode":"plan"}'],
  [extension("mail", { from: "ada", to: "bob" }), "harness", "ada writes to bob", ""],
  [
    extension("task", { id: "bg_1", status: "running", command: "ls" }),
    "tool",
    "bg_1 runs in the background",
    "ls",
  ],
  [extension("task", { id: "bg_1", status: "failed" }), "tool", "bg_1: failed", "?"],
  [
    { type: "subagent", id: 1, label: "ada", event: { type: "text", text: "so" } },
    "model",
    "ada: The model writes",
    "so",
  ],
];

test.each(WORDS)("%j", (event, actor, title, detail) => {
  expect(happeningOf(event)).toEqual({ actor, title, detail });
});

test("a block has the kind that a reader sees in it", () => {
  const events: StampedEvent[] = [{ type: "injected", text: "<note>", at: 1 }];
  const player = new Player(events);
  const kinds = (["user", "assistant"] as const).map((role) => [
    player.kindOf({ type: "text", text: "<note>" }, role),
    player.kindOf({ type: "text", text: "else" }, role),
  ]);
  expect(kinds).toEqual([
    ["injected", "words"],
    ["words", "words"],
  ]);
  expect(player.kindOf(call("a"), "assistant")).toBe("call");
  expect(player.kindOf(result("a"), "user")).toBe("result");
  expect(player.kindOf({ type: "redacted_thinking", data: "x" }, "assistant")).toBe("thinking");
});

test("a long conversation is kept once, not once for each event", () => {
  const player = new Player();
  const before = process.memoryUsage().heapUsed;
  for (let message = 0; message < 12_000; message++)
    player.push({
      ...appended(message % 2 ? "assistant" : "user", result("a")),
      message,
      at: 1,
    } as StampedEvent);
  // A list of messages for each event would be 576 MB of references.
  expect((process.memoryUsage().heapUsed - before) / 1e6).toBeLessThan(100);
  expect(player.frame(11_999).main.extent.count).toBe(12_000);
  expect(player.frame(10).main.extent.count).toBe(11);
});
