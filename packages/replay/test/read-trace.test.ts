import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { rebuildRequests } from "@course/runtime";
import { LONGEST_LINE } from "../src/lines.ts";
import { readTrace } from "../src/trace/read.ts";
import { traceSteps } from "../src/trace/steps.ts";
import { replay } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "course-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const began = (detail: object) => ({ type: "extension", extension: "trace", kind: "began", detail, at: 1 });
const appended = (message: number, text: string) => ({
  type: "appended",
  message,
  role: "user",
  blocks: [{ type: "text", text }],
  at: 2,
});

function fileOf(lines: readonly (object | string)[], end = "\n"): string {
  const file = join(folder, "trace.jsonl");
  writeFileSync(
    file,
    lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n") + end,
  );
  return file;
}

test("the first line says which chapter a trace is of, and is no event of it", async () => {
  const flags = { "permission-mode": "plan", odd: 7 };
  const detail = { version: 1, chapter: "s07", flags, folder: "/w", offline: true };
  const trace = await readTrace(fileOf([began(detail), appended(0, "hello")]));
  expect(trace.header).toEqual({
    version: 1,
    chapter: "s07",
    flags: { "permission-mode": "plan" },
    isOffline: true,
    folder: "/w",
  });
  expect(trace.events).toHaveLength(1);
  expect(trace.remarks).toEqual([]);
});

test("what is not known is said with its lines, and the rest is played", async () => {
  const lines = [
    began({ version: 2, chapter: "s02", offline: true }),
    appended(0, "hello"),
    "{broken",
    { type: "of-tomorrow", at: 3 },
    { type: "of-tomorrow", at: 3 },
    { type: "notice", message: 7, at: 3 },
    "42",
    { type: "subagent", id: 1, label: "a", event: { type: "of-tomorrow" }, at: 3 },
    { type: "notice", message: "still here", at: 3 },
    '{"type":"not',
  ];
  const trace = await readTrace(fileOf(lines, ""));
  expect(trace.events.map(({ type }) => type)).toEqual(["appended", "notice"]);
  expect(trace.remarks).toEqual([
    "It was written by a newer version of the course (its traces have the number 2; 1 is known here).",
    "Line 3 is left out: no JSON.",
    'Lines 4, 5, 8 are left out: an event "of-tomorrow", which is not known here.',
    expect.stringMatching(/^Line 6 is left out: a "notice" that is not as expected \(message: /),
    "Line 7 is left out: no event.",
    "Line 10 is left out: cut off: the program that wrote it was ended.",
  ]);
});

test("a trace from the middle of a conversation is played with notes in the place of what is missing", async () => {
  const trace = await readTrace(fileOf([appended(4, "later")]));
  expect(trace.isPartial).toBe(true);
  expect(trace.remarks).toEqual([
    "It begins in the middle of a conversation: what was said before is not in it.",
  ]);
  const steps = traceSteps(trace);
  expect((await steps.step(steps.count - 1)).state).toMatch(/^The conversation has 5 messages/);
});

test("a file without an event, and one of Claude Code, are one clear line each", async () => {
  await expect(readTrace(fileOf(["hello"]))).rejects.toThrow(
    /holds no event of a trace\. A trace is what --trace writes/,
  );
  const line = { type: "user", sessionId: "x", message: { role: "user", content: "hi" } };
  await expect(readTrace(fileOf([line]))).rejects.toThrow(/npm run replay -- --claude-code .*trace\.jsonl$/);
});

test("CR LF, a byte order mark, blank lines and a line that is too long cost nothing else", async () => {
  const long = JSON.stringify(appended(0, "x".repeat(LONGEST_LINE)));
  const text = `\uFEFF${JSON.stringify(appended(0, "one"))}\r\n\r\n${long}\n${JSON.stringify({ type: "cleared", at: 2 })}\r\n`;
  const file = join(folder, "trace.jsonl");
  writeFileSync(file, text);
  const trace = await readTrace(file);
  expect(trace.events.map(({ type }) => type)).toEqual(["appended", "cleared"]);
  expect(trace.remarks).toEqual(["Line 3 is left out: too long to be read."]);
});

const oneOfTypes = fc.constantFrom(
  "prompt",
  "prefix",
  "appended",
  "edited",
  "model_started",
  "text",
  "model_ended",
  "tool_started",
  "tool_ended",
  "injected",
  "wake",
  "waiting",
  "error",
  "cleared",
  "run_ended",
  "subagent",
  "extension",
  "deferred_tools",
);
const blocks = fc.array(
  fc.record({
    type: fc.constantFrom("text", "tool_use", "tool_result", "x"),
    text: fc.string(),
    tool_use_id: fc.string(),
  }),
);
const event: fc.Arbitrary<object> = fc.letrec((tie) => ({
  event: fc.record(
    {
      type: oneOfTypes,
      at: fc.oneof(fc.integer(), fc.jsonValue()),
      text: fc.oneof(fc.string(), fc.jsonValue()),
      message: fc.oneof(fc.nat(20), fc.string()),
      from: fc.nat(20),
      role: fc.constantFrom("user", "assistant"),
      blocks,
      messages: fc.array(
        fc.record({ role: fc.constantFrom("user", "assistant"), content: fc.oneof(fc.string(), blocks) }),
      ),
      system: fc.string(),
      tools: fc.array(fc.record({ name: fc.string() })),
      request: fc.record({ messages: fc.record({ count: fc.nat(30), added: fc.constant([]) }) }),
      id: fc.oneof(fc.nat(3), fc.string()),
      name: fc.string(),
      label: fc.string(),
      event: tie("event"),
      detail: fc.dictionary(fc.string(), fc.jsonValue()),
      extension: fc.string(),
      kind: fc.constantFrom("task", "mail", "x"),
      result: fc.record({ content: fc.oneof(fc.string(), blocks) }),
      durationMs: fc.nat(),
      stopReason: fc.string(),
      answer: fc.string(),
      reason: fc.string(),
      ms: fc.nat(),
    },
    { requiredKeys: ["type"] },
  ),
})).event as fc.Arbitrary<object>;

test("no trace makes it fail: each can be read, stepped through and rebuilt", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 15 }), async (events) => {
      const file = fileOf([appended(0, "hello"), ...events]);
      const trace = await readTrace(file);
      const steps = traceSteps(trace);
      for (let index = 0; index < steps.count; index++) await steps.step(index);
      rebuildRequests(trace.events);
    }),
    { numRuns: 300 },
  );
});

test("the newest traces are listed, and the command that plays one stands on a line of its own", () => {
  const file = join(folder, ".traces", "2099-01-01T00-00-00-000Z.jsonl");
  mkdirSync(join(folder, ".traces"));
  writeFileSync(file, "{}\n");
  // Later than what an earlier run may have left in the playground.
  utimesSync(file, new Date("2099-01-01T09:08:07Z"), new Date("2099-01-01T09:08:07Z"));
  const { stdout, code } = replay([], { INIT_CWD: folder });
  expect(code).toBe(0);
  expect(stdout).toContain("  .traces/2099-01-01T00-00-00-000Z.jsonl  1 kB, 2099-01-01 09:08 UTC\n");
  expect(stdout).toMatch(
    /\nPlay the newest:\n {2}npm run replay \.traces\/2099-01-01T00-00-00-000Z\.jsonl\n$/,
  );
});
