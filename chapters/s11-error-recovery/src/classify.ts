// What went wrong with a model call. Classified first, so that what is done about it depends on the kind alone.
// Statuses and stop reasons: https://platform.claude.com/docs/en/api/errors and
// https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons
import type Anthropic from "@anthropic-ai/sdk";
import { isTooLong, StreamError } from "@course/runtime";

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
  /** What the server asked for, in milliseconds. */
  retryAfterMs?: number | undefined;
}

/** Statuses and types of failures that pass: a time-out, and a conflict with a request that is under way. */
const PASSING = new Set([408, 409]);
const PASSING_TYPES = new Set(["api_error", "timeout_error"]);

/** What the SDK's errors have, whichever class they are. */
interface ApiErrorLike extends Error {
  status?: number;
  type?: string | null;
  headers?: Headers | null;
}

/** Undefined where trying again would change nothing: a wrong key, a wrong model, a request that is wrong itself. */
export function classifyError(error: unknown, now = Date.now()): Trouble | undefined {
  if (!(error instanceof Error)) return undefined;
  const { status, type, headers, message } = error as ApiErrorLike;
  const retryAfterMs = retryAfter(headers, now);
  // The server knows best (https://github.com/anthropics/anthropic-sdk-typescript does the same).
  const advice = headers?.get("x-should-retry");
  if (advice === "false" && !isTooLong(error)) return undefined;
  // An error that arrives in the middle of a stream has a type and no status.
  if (status === 529 || type === "overloaded_error")
    return { kind: "overloaded", what: "The model is overloaded", retryAfterMs };
  if (status === 429 || type === "rate_limit_error")
    return { kind: "rate_limited", what: "Rate limit reached", retryAfterMs };
  if (isTooLong(error)) return { kind: "too_long", what: "The prompt is too long" };
  const isServers = status !== undefined && (status >= 500 || PASSING.has(status));
  if (isServers || PASSING_TYPES.has(type ?? "") || advice === "true")
    return { kind: "server_error", what: `The server failed (${status ?? type})`, retryAfterMs };
  const isLost =
    error.constructor.name.startsWith("APIConnection") ||
    error instanceof StreamError ||
    message === "terminated";
  return status === undefined && isLost ? { kind: "lost", what: "The connection was lost" } : undefined;
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

/** Seconds, or a date (RFC 9110, section 10.2.3); the API also sends milliseconds. */
function retryAfter(headers: Headers | null | undefined, now: number): number | undefined {
  const exact = Number(headers?.get("retry-after-ms") || NaN);
  if (exact >= 0) return exact;
  // A header that was sent twice arrives as one, with a comma; a date has one, too.
  const value = headers?.get("retry-after")?.replace(/^([\d.]+),.*/, "$1");
  if (!value) return undefined;
  const ms = /^[\d.]+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
