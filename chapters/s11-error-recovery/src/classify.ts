// What kind of trouble a model call is in. The kind alone decides what is done about it (recover.ts).
// Statuses and stop reasons: https://platform.claude.com/docs/en/api/errors and
// https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons
import type Anthropic from "@anthropic-ai/sdk";
import { isTooLong, StreamError } from "@course/runtime";
import { retryAfter } from "./retry-after.ts";

export const KINDS = [
  "overloaded",
  "rate_limited",
  "server_error",
  "lost",
  "cut_off",
  "paused",
  "too_long",
] as const;
export type TroubleKind = (typeof KINDS)[number];

/** A failure that something can be done about. */
export interface Trouble {
  kind: TroubleKind;
  /** In words, for a person. */
  what: string;
  /** How long the server asks us to wait, in milliseconds. */
  retryAfterMs?: number | undefined;
}

/** What the SDK's errors have, whichever class they are. One that arrives in the middle of a stream has no status. */
interface Failure extends Error {
  status?: number;
  type?: string | null;
  headers?: Headers | null;
}

type Row = readonly [kind: TroubleKind, what: string, fits: (failure: Failure) => boolean];

/** The first row that fits decides. */
const FAILURES: readonly Row[] = [
  ["overloaded", "The model is overloaded", (it) => it.status === 529 || it.type === "overloaded_error"],
  ["rate_limited", "Rate limit reached", (it) => it.status === 429 || it.type === "rate_limit_error"],
  ["too_long", "The prompt is too long", isTooLong],
  ["server_error", "The server failed", isServers],
  ["lost", "The connection was lost", isLost],
];

/** Undefined where trying again would change nothing: a wrong key, a wrong model, a malformed request. */
export function classifyError(error: unknown, now = Date.now()): Trouble | undefined {
  if (!(error instanceof Error)) return undefined;
  const failure: Failure = error;
  const [kind, what] = FAILURES.find(([, , fits]) => fits(failure)) ?? [];
  if (kind === undefined || what === undefined) return undefined;
  // A server may forbid another try (the SDK obeys the same header). A shorter prompt is not the same try.
  if (adviceOf(failure) === "false" && kind !== "too_long") return undefined;
  const { status, type, headers } = failure;
  const detail = kind === "server_error" ? ` (${status ?? type})` : "";
  return { kind, what: what + detail, retryAfterMs: retryAfter(headers, now) };
}

/** Undefined where the reply is whole. */
export function classifyReply({ stop_reason }: Anthropic.Message): Trouble | undefined {
  switch (stop_reason) {
    case "max_tokens":
      return { kind: "cut_off", what: "The reply was cut off" };
    case "pause_turn":
      return { kind: "paused", what: "The model paused" };
    case "model_context_window_exceeded":
      return { kind: "too_long", what: "The window is full" };
    case null:
      return { kind: "lost", what: "The stream ended early" };
    default:
      return undefined;
  }
}

/** The server's fault, or a failure that passes: a time-out, a conflict with a request that is still running. */
function isServers(failure: Failure): boolean {
  const { status, type } = failure;
  if (adviceOf(failure) === "true" || type === "api_error" || type === "timeout_error") return true;
  return status !== undefined && (status >= 500 || status === 408 || status === 409);
}

/** No answer, or half of one. `terminated` is what Node says of a socket that closes in the middle of a body. */
function isLost(failure: Failure): boolean {
  const { status, message } = failure;
  if (status !== undefined) return false;
  const isSdks = failure.constructor.name.startsWith("APIConnection");
  return isSdks || failure instanceof StreamError || message === "terminated";
}

function adviceOf({ headers }: Failure): string | null | undefined {
  return headers?.get("x-should-retry");
}
