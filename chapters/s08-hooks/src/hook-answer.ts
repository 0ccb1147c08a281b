// What a hook said, read from its exit code, stdout and stderr as Claude Code reads them
// (https://code.claude.com/docs/en/hooks): exit code 2 blocks, JSON decides in detail, anything else only failed.
import { assertNever, describeIssues, schema } from "@course/runtime";
import { traitsOf, type HookEvent } from "./events.ts";
import type { HookEnd } from "./hook-process.ts";

/** What one hook said. */
export interface HookAnswer {
  /** Why what was about to happen must not; the model reads it. */
  block?: string | undefined;
  /** `continue: false`: the whole run ends, and the user is told why. */
  stop?: string | undefined;
  permission?: { behavior: "allow" | "ask" | "deny"; reason: string } | undefined;
  /** Replaces the whole input. */
  updatedInput?: Record<string, unknown> | undefined;
  /** For the model. */
  context?: string | undefined;
  /** For the user. */
  message?: string | undefined;
  /** Why the hook failed; then it decides nothing. */
  problem?: string | undefined;
}

const NO_REASON = "the hook gave no reason";

export function readAnswer(event: HookEvent, end: HookEnd): HookAnswer {
  const problem = didNotFinish(end);
  if (problem !== undefined) return { problem };
  const text = end.isFlood ? "" : end.stdout.trim();
  const answer = text.startsWith("{") ? readJson(event, text) : undefined;
  if (end.exitCode === 2) return { ...answer, ...blocked(end, answer) };
  if (answer) return answer;
  if (end.exitCode !== 0) return { problem: `exit code ${end.exitCode}${said(end.stderr)}` };
  if (end.isFlood) return { problem: "it printed more than a megabyte, which is not used" };
  return traitsOf(event).context && text !== "" ? { context: text } : {};
}

/** Exit code 2 blocks whatever its JSON says, and also if that cannot be read. */
function blocked({ stderr }: HookEnd, answer: HookAnswer | undefined): HookAnswer {
  const block = stderr.trim() || answer?.block || NO_REASON;
  return { block, permission: undefined, problem: undefined };
}

function didNotFinish({ ending, error, signal, timeoutSeconds }: HookEnd): string | undefined {
  switch (ending) {
    case "timed_out":
      return `timed out after ${timeoutSeconds} s`;
    case "failed_to_start":
      return `did not start: ${error}`;
    case "aborted":
      return "interrupted";
    case "exited":
      return signal === null ? undefined : `ended by ${signal}`;
    default:
      return assertNever(ending);
  }
}

/** One line: the one that names the error in a stack trace, or else the first. */
function said(stderr: string): string {
  const lines = stderr.split("\n").filter((text) => text.trim() !== "");
  const line = lines.find((text) => /^\w*(?:Error|Exception)\b/.test(text)) ?? lines[0];
  return line === undefined ? "" : `: ${line.trim().slice(0, 200).toWellFormed()}`;
}

const answerSchema = schema((z) => {
  const text = z.string().nullish();
  return z.looseObject({
    continue: z.boolean().nullish(),
    stopReason: text,
    systemMessage: text,
    decision: z.enum(["block", "approve"]).nullish(),
    reason: text,
    hookSpecificOutput: z
      .looseObject({
        hookEventName: text,
        permissionDecision: z.enum(["allow", "ask", "deny", "defer"]).nullish(),
        permissionDecisionReason: text,
        updatedInput: z.record(z.string(), z.unknown()).nullish(),
        additionalContext: text,
      })
      .nullish(),
  });
});

/** Keys that only count inside hookSpecificOutput. */
const INNER = ["permissionDecision", "permissionDecisionReason", "updatedInput", "additionalContext"];

function readJson(event: HookEvent, text: string): HookAnswer {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: "what it printed begins with { and is no JSON" };
  }
  const parsed = answerSchema().safeParse(value);
  if (!parsed.success) return { problem: `its JSON is not understood: ${describeIssues(parsed.error)}` };
  const { hookSpecificOutput: inner, ...outer } = parsed.data;
  const flat = INNER.filter((key) => key in outer);
  if (flat.length > 0)
    return { problem: `${flat.join(", ")} must be in hookSpecificOutput, with hookEventName "${event}"` };
  if (inner && inner.hookEventName !== event)
    return {
      problem: `hookSpecificOutput needs hookEventName "${event}", not ${JSON.stringify(inner.hookEventName ?? null)}`,
    };
  return {
    block: outer.decision === "block" ? outer.reason || NO_REASON : undefined,
    stop: outer.continue === false ? outer.stopReason || NO_REASON : undefined,
    message: [outer.systemMessage, ...notDone(inner)].filter(Boolean).join("; ") || undefined,
    updatedInput: inner?.updatedInput ?? undefined,
    context: inner?.additionalContext || undefined,
    permission: permissionIn(
      inner?.permissionDecision ?? (outer.decision === "approve" ? "allow" : undefined),
      inner?.permissionDecisionReason ?? outer.reason,
    ),
  };
}

/** Keys of Claude Code's that nothing here acts on: whoever relies on one must know. */
const notDone = (inner: object | null | undefined): string[] =>
  ["updatedToolOutput", "updatedMCPToolOutput"]
    .filter((key) => key in (inner ?? {}))
    .map((key) => `${key} does nothing here, the model reads the output as it was`);

/** To defer a call is to stop before it until somebody takes the session up; here somebody is asked at once. */
function permissionIn(
  decision: "allow" | "ask" | "deny" | "defer" | undefined,
  reason: string | null | undefined,
): HookAnswer["permission"] {
  const behavior = decision === "defer" ? "ask" : decision;
  return behavior && { behavior, reason: reason || "a hook decided so" };
}
