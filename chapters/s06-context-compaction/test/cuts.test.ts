import { blocksOf, type Message } from "@course/runtime";
import { ContextWindow } from "@course/s06-context-compaction";
import { expect, test } from "vitest";
import { cutBefore, lastCut } from "../src/cuts.ts";

const user = (text: string): Message => ({ role: "user", content: [{ type: "text", text }] });
const calls = (id: string): Message => ({
  role: "assistant",
  content: [{ type: "tool_use", id, name: "bash", input: { command: "x".repeat(400) } }],
});
const answers = (id: string): Message => ({
  role: "user",
  content: [{ type: "tool_result", tool_use_id: id, content: "y".repeat(400) }],
});
const says = (text: string): Message => ({ role: "assistant", content: [{ type: "text", text }] });

/** Two requests with calls; the results of the last one are what the model has not seen. */
const MESSAGES: readonly Message[] = [
  user("first"),
  calls("a"),
  answers("a"),
  calls("b"),
  answers("b"),
  says("done"),
  user("second"),
  calls("c"),
  answers("c"),
  calls("d"),
  answers("d"),
];

const idsIn = (messages: readonly Message[]) => {
  const blocks = messages.flatMap(blocksOf);
  const called = blocks.flatMap((block) => (block.type === "tool_use" ? [block.id] : []));
  const answered = blocks.flatMap((block) => (block.type === "tool_result" ? [block.tool_use_id] : []));
  return { called, answered };
};

test("wherever it is cut, what is left has the call of each of its results, and what the model has not seen", () => {
  const window = new ContextWindow(8_000);
  const rooms = Array.from({ length: 160 }, (_, index) => index * 10);
  const cuts = new Set(rooms.map((room) => cutBefore(window, MESSAGES, room)));
  for (const cut of cuts) {
    const { called, answered } = idsIn(MESSAGES.slice(cut));
    const lost = answered.filter((id) => !called.includes(id));
    expect(lost, "results that stay although their call is left out").toEqual([]);
    expect(answered).toContain("d");
  }
  // More room, more of the conversation; never before the first message, which is what was asked.
  expect([...cuts].sort((a, b) => a - b)).toEqual([1, 3, 5, 6, 7, 9]);
});

test("at most, all that the model has seen is left out", () => {
  expect(lastCut(MESSAGES)).toBe(9);
  expect(lastCut(MESSAGES.slice(0, 7))).toBe(6);
  expect(lastCut(MESSAGES.slice(0, 6))).toBe(6);
});
