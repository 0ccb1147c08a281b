// How long to wait before another attempt.

const BASE_MS = 1_000;
const LONGEST_BACKOFF_MS = 30_000;
/** A server that asks for more is not waited for: the user would rather know. */
export const LONGEST_WAIT_MS = 120_000;

/**
 * In milliseconds. The limit doubles with each attempt (from 1), and the wait is random below it ("full jitter"), so that
 * clients that failed together do not come back together
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). What the server asks for comes on top.
 */
export function backoff(attempt: number, random: () => number, retryAfterMs = 0): number {
  const limit = Math.min(LONGEST_BACKOFF_MS, BASE_MS * 2 ** (attempt - 1));
  return retryAfterMs + random() * limit;
}
