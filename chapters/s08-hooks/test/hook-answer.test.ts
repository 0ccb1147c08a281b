// What a hook's exit code, stdout and stderr mean, without running one.
import { expect, test } from "vitest";
import type { HookEvent } from "../src/events.ts";
import { readAnswer, type HookAnswer } from "../src/hook-answer.ts";
import type { HookEnd } from "../src/hook-process.ts";

const EXITED = {
  ending: "exited",
  exitCode: 0,
  signal: null,
  stdout: "",
  stderr: "",
  isFlood: false,
  timeoutSeconds: 60,
};
const end = (fields: Partial<HookEnd>) => ({ ...EXITED, ...fields }) as HookEnd;
const json = (value: object, fields: Partial<HookEnd> = {}) =>
  end({ stdout: ` ${JSON.stringify(value)}\n`, ...fields });

/** What an answer says, without the keys that say nothing. */
function said(event: HookEvent, ended: HookEnd): HookAnswer {
  const answer = readAnswer(event, ended);
  return Object.fromEntries(Object.entries(answer).filter(([, value]) => value !== undefined));
}

test.each<[string, Partial<HookEnd>, HookAnswer]>([
  ["exit code 0 with nothing printed", {}, {}],
  ["exit code 2 with a reason", { exitCode: 2, stderr: " no rm \n" }, { block: "no rm" }],
  ["exit code 2 without one", { exitCode: 2 }, { block: "the hook gave no reason" }],
  ["another exit code", { exitCode: 1, stderr: "\nfirst\nsecond" }, { problem: "exit code 1: first" }],
  ["another exit code, silent", { exitCode: 127 }, { problem: "exit code 127" }],
  [
    "a stack trace",
    { exitCode: 1, stderr: "file.py:1\n  x\nTypeError: x is none\n  at y" },
    { problem: "exit code 1: TypeError: x is none" },
  ],
  ["a long line", { exitCode: 1, stderr: "x".repeat(300) }, { problem: `exit code 1: ${"x".repeat(200)}` }],
  ["a time-out", { ending: "timed_out" }, { problem: "timed out after 60 s" }],
  ["an interrupt", { ending: "aborted" }, { problem: "interrupted" }],
  ["no start", { ending: "failed_to_start", error: "ENOENT" }, { problem: "did not start: ENOENT" }],
  ["a signal", { signal: "SIGKILL" }, { problem: "ended by SIGKILL" }],
  [
    "a flood",
    { isFlood: true, stdout: "{" },
    { problem: "it printed more than a megabyte, which is not used" },
  ],
  ["a flood that blocks", { isFlood: true, exitCode: 2, stderr: "no" }, { block: "no" }],
  ["half of JSON", { stdout: "{" }, { problem: "what it printed begins with { and is no JSON" }],
  ["half of JSON that blocks", { stdout: "{", exitCode: 2, stderr: "no" }, { block: "no" }],
])("%s is read as it is meant", (_, fields, answer) => {
  expect(said("PreToolUse", end(fields))).toEqual(answer);
});

test("a call that a hook defers is asked about, and a new output that nothing here takes is said to be one", () => {
  const hookSpecificOutput = { hookEventName: "PreToolUse", permissionDecision: "defer" };
  expect(said("PreToolUse", json({ hookSpecificOutput }))).toEqual({
    permission: { behavior: "ask", reason: "a hook decided so" },
  });
  const redacted = { hookEventName: "PostToolUse", updatedToolOutput: "REDACTED" };
  expect(said("PostToolUse", json({ hookSpecificOutput: redacted, systemMessage: "redacted" }))).toEqual({
    message: "redacted; updatedToolOutput does nothing here, the model reads the output as it was",
  });
});

test.each<[HookEvent, HookAnswer]>([
  ["SessionStart", { context: "words" }],
  ["UserPromptSubmit", { context: "words" }],
  ["PreToolUse", {}],
  ["PostToolUse", {}],
  ["Stop", {}],
  ["SessionEnd", {}],
])("what a hook of %s prints as plain text is %j", (event, answer) => {
  expect(said(event, end({ stdout: " words\n" }))).toEqual(answer);
});

const inner = (fields: object) => ({ hookSpecificOutput: { hookEventName: "PreToolUse", ...fields } });

test.each<[string, object, HookAnswer]>([
  ["a decision to block", { decision: "block", reason: "no" }, { block: "no" }],
  ["one without a reason", { decision: "block" }, { block: "the hook gave no reason" }],
  ["an end of the run", { continue: false, stopReason: "enough" }, { stop: "enough" }],
  ["one without a reason", { continue: false }, { stop: "the hook gave no reason" }],
  ["a wish to go on", { continue: true, stopReason: "not used" }, {}],
  ["a message", { systemMessage: "hello" }, { message: "hello" }],
  [
    "an approval",
    { decision: "approve", reason: "fine" },
    { permission: { behavior: "allow", reason: "fine" } },
  ],
  [
    "a permission",
    inner({ permissionDecision: "ask" }),
    { permission: { behavior: "ask", reason: "a hook decided so" } },
  ],
  [
    "a refusal, which comes before an approval",
    { decision: "approve", ...inner({ permissionDecision: "deny", permissionDecisionReason: "no" }) },
    { permission: { behavior: "deny", reason: "no" } },
  ],
  ["another input", inner({ updatedInput: { a: 1 } }), { updatedInput: { a: 1 } }],
  ["a context", inner({ additionalContext: "words" }), { context: "words" }],
  ["nulls", { decision: null, reason: null, hookSpecificOutput: null, systemMessage: null }, {}],
  [
    "a key in the wrong place",
    { permissionDecision: "deny" },
    { problem: 'permissionDecision must be in hookSpecificOutput, with hookEventName "PreToolUse"' },
  ],
  [
    "several in the wrong place",
    { updatedInput: {}, permissionDecisionReason: "x", additionalContext: "y" },
    {
      problem:
        'permissionDecisionReason, updatedInput, additionalContext must be in hookSpecificOutput, with hookEventName "PreToolUse"',
    },
  ],
  [
    "another event's name",
    { hookSpecificOutput: { hookEventName: "Stop" } },
    { problem: 'hookSpecificOutput needs hookEventName "PreToolUse", not "Stop"' },
  ],
  [
    "no event's name",
    { hookSpecificOutput: {} },
    { problem: 'hookSpecificOutput needs hookEventName "PreToolUse", not null' },
  ],
])("JSON with %s is read as it is meant", (_, value, answer) => {
  expect(said("PreToolUse", json(value))).toEqual(answer);
});

test("JSON that is not understood decides nothing, and exit code 2 blocks whatever the JSON says", () => {
  expect(said("PreToolUse", json({ decision: "perhaps" })).problem).toMatch(
    /^its JSON is not understood: decision/,
  );
  const allowed = json(inner({ permissionDecision: "allow" }), { exitCode: 2 });
  expect(said("PreToolUse", allowed)).toEqual({ block: "the hook gave no reason" });
  const both = json({ decision: "block", reason: "by JSON" }, { exitCode: 2 });
  expect(said("PreToolUse", both)).toEqual({ block: "by JSON" });
});
