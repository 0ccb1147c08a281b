// What an editor is shown of a session's events, and of a conversation that is taken up; flags, and sessions as lines.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentEvent, Message, RunOutcome } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { afterAll, expect, test } from "vitest";
import { stopReasonOf } from "../src/acp/editor-session.ts";
import { replay, updatesOf } from "../src/acp/updates.ts";
import { readFlags } from "../src/flags.ts";
import { renderSessions } from "../src/render-sessions.ts";
import { without } from "../src/without.ts";

const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true, force: true }));
const text = (words: string) => ({ content: { type: "text", text: words } });
const started = (name: string, input: unknown): AgentEvent => ({
  type: "tool_started",
  id: "1",
  name,
  input,
});

test("words, thoughts and notices are chunks; what an editor has no place for is nothing", () => {
  expect(updatesOf({ type: "text", text: "a" }, root)).toEqual([
    { sessionUpdate: "agent_message_chunk", ...text("a") },
  ]);
  expect(updatesOf({ type: "thinking", text: "a" }, root)).toEqual([
    { sessionUpdate: "agent_thought_chunk", ...text("a") },
  ]);
  expect(updatesOf({ type: "notice", message: "a" }, root)).toEqual([
    { sessionUpdate: "agent_thought_chunk", ...text("a\n") },
  ]);
  expect(updatesOf({ type: "wake", reason: "a" }, root)).toEqual([]);
});

test.each([
  ["bash", "execute"],
  ["background_run", "execute"],
  ["read_file", "read"],
  ["load_skill", "read"],
  ["write_file", "edit"],
  ["edit_file", "edit"],
  ["todo", "think"],
  ["other", "other"],
])("a call of %s is of the kind %s", (name, kind) => {
  expect(updatesOf(started(name, null), root)).toEqual([
    { sessionUpdate: "tool_call", toolCallId: "1", title: name, kind, status: "in_progress", rawInput: null },
  ]);
});

test("a call says what it is about: its command, or its file with what would change", () => {
  writeFileSync(join(root, "a.txt"), "old");
  const shown = (name: string, input: object) => updatesOf(started(name, input), root)[0];
  expect(shown("bash", { command: "ls" })).toMatchObject({ title: "bash ls" });
  expect(shown("bash", { command: 7 })).toMatchObject({ title: "bash" });
  const path = join(root, "a.txt");
  expect(shown("read_file", { file_path: "a.txt" })).toMatchObject({
    title: "read_file a.txt",
    locations: [{ path }],
    content: [],
  });
  expect(shown("edit_file", { file_path: "a.txt", old_string: "o", new_string: "n" })).toMatchObject({
    content: [{ type: "diff", path, oldText: "o", newText: "n" }],
  });
  expect(shown("write_file", { file_path: "a.txt", content: "new" })).toMatchObject({
    content: [{ type: "diff", path, oldText: "old", newText: "new" }],
  });
  expect(shown("write_file", { file_path: "b.txt", content: "new" })).toMatchObject({
    content: [{ type: "diff", oldText: null, newText: "new" }],
  });
});

test("a call ends completed, or failed with its words in sight", () => {
  const ended = (isError?: boolean) =>
    updatesOf(
      {
        type: "tool_ended",
        id: "1",
        name: "t",
        durationMs: 0,
        result: { content: "out", ...(isError && { isError }) },
      },
      root,
    );
  expect(ended()).toEqual([
    { sessionUpdate: "tool_call_update", toolCallId: "1", status: "completed", rawOutput: "out" },
  ]);
  expect(ended(true)).toMatchObject([{ status: "failed", content: [{ type: "content", ...text("out") }] }]);
});

test("a todo list is the plan; what is no item of one is left out", () => {
  const items = [
    { content: "a", status: "pending" },
    { content: "b", status: "in_progress" },
    { content: "c", status: "completed" },
    { content: "d", status: "else" },
    { status: "pending" },
    null,
  ];
  const [, plan] = updatesOf(started("todo", { items }), root);
  expect(plan).toEqual({
    sessionUpdate: "plan",
    entries: items.slice(0, 3).map((item) => ({ ...item, priority: "medium" })),
  });
  for (const input of [null, {}, { items: "a" }])
    expect(updatesOf(started("todo", input), root)).toHaveLength(1);
  expect(updatesOf(started("bash", { items }), root)).toHaveLength(1);
});

test("a conversation is shown again without what the harness said, and with no file as it is now", () => {
  writeFileSync(join(root, "a.txt"), "as it is now");
  const messages: Message[] = [
    {
      role: "user",
      content: [
        { type: "text", text: "go" },
        { type: "text", text: "<reminder>x\n<b>y</b></reminder>" },
        { type: "text", text: "<div> is not closed" },
      ],
    },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "hm", signature: "s" },
        { type: "text", text: "I will" },
        { type: "tool_use", id: "1", name: "write_file", input: { file_path: "a.txt", content: "new" } },
      ],
    },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "1", content: "done" },
        { type: "tool_result", tool_use_id: "2", content: [{ type: "text", text: "no" }], is_error: true },
        { type: "tool_result", tool_use_id: "3" },
      ],
    },
  ];
  expect(replay(messages, root)).toMatchObject([
    { sessionUpdate: "user_message_chunk", ...text("go") },
    { sessionUpdate: "user_message_chunk", ...text("<div> is not closed") },
    { sessionUpdate: "agent_thought_chunk", ...text("hm") },
    { sessionUpdate: "agent_message_chunk", ...text("I will") },
    { sessionUpdate: "tool_call", content: [{ type: "diff", oldText: null, newText: "new" }] },
    { sessionUpdate: "tool_call_update", toolCallId: "1", status: "completed", rawOutput: "done" },
    { sessionUpdate: "tool_call_update", toolCallId: "2", status: "failed", rawOutput: "no" },
    { sessionUpdate: "tool_call_update", toolCallId: "3", status: "completed", rawOutput: "" },
  ]);
});

test.each<[RunOutcome["ending"], RunOutcome["stopReason"], string]>([
  ["completed", "end_turn", "end_turn"],
  ["completed", "max_tokens", "max_tokens"],
  ["completed", "model_context_window_exceeded", "max_tokens"],
  ["completed", "refusal", "refusal"],
  ["failed", "refused", "refusal"],
  ["failed", "max_turns", "max_turn_requests"],
  ["interrupted", "max_tokens", "cancelled"],
])("a run that %s by %s stops for an editor by %s", (ending, stopReason, expected) => {
  expect(stopReasonOf({ ending, stopReason, answer: "" })).toBe(expected);
});

test("other names for a flag are read with it", () => {
  expect(readFlags({ allow: "a", allowedTools: "b", "allowed-tools": "c" })).toMatchObject({
    allow: "a,b,c",
  });
  expect(readFlags({ disallowedTools: "x" })).toMatchObject({ deny: "x" });
  expect(readFlags({ offline: true })).toEqual({ offline: true });
});

test("what is left out is not made, and what others stand on is not left out alone", () => {
  const parts = { s06: () => [6], s12: () => [12], s15: () => [15], s16: () => [16], s17: () => [17] };
  expect(without(undefined, parts)).toEqual([6, 12, 15, 16, 17]);
  expect(without(" s06, ,s16", parts)).toEqual([12, 15, 17]);
  expect(without("s12,s17", parts)).toEqual([6, 15, 16]);
  expect(() => without("s12", parts)).toThrow("s17 would stand on nothing. Write --without s12,s17");
  expect(() => without("s15,s16", parts)).toThrow("Write --without s15,s16,s17");
  expect(() => without("s99", parts)).toThrow("--without s99: expected some of s06, s12, s15, s16, s17");
});

test("sessions are a line each, the open one marked, thirty at most", () => {
  const one = (number: number) => ({
    id: `${String(number).padStart(8, "0")}-rest`,
    changedAt: new Date("2026-11-26T17:40:59Z"),
    prompt: number === 1 ? undefined : `Fix\n${"x".repeat(60)}`,
  });
  const sessions = (count: number) =>
    Array.from({ length: count }, (_, index) => one(index + 1)) as Parameters<typeof renderSessions>[0];
  expect(renderSessions([], undefined)).toMatch(/^No sessions yet/);
  expect(renderSessions(sessions(2), "00000002-rest").split("\n")).toEqual([
    "  00000001  2026-11-26 17:40 UTC  (no prompt at its beginning)",
    `* 00000002  2026-11-26 17:40 UTC  Fix ${"x".repeat(41)}…`,
  ]);
  const narrow = renderSessions(sessions(2), "00000002-rest", 60).split("\n");
  expect(narrow[1], "a row as wide as the terminal").toBe(
    `* 00000002  2026-11-26 17:40 UTC  Fix ${"x".repeat(21)}…`,
  );
  expect(renderSessions(sessions(30), undefined)).not.toContain("more");
  expect(renderSessions(sessions(32), undefined)).toMatch(/\n {2}… and 2 more, in \.sessions\/$/);
});
