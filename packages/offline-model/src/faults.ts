// Faults on demand: error recovery cannot be seen without errors.
import { ApiError } from "./api-error.ts";

const KINDS = ["401", "429", "500", "529", "max_tokens", "too_long", "drop", "hang"] as const;

export type FaultKind = (typeof KINDS)[number];

export interface Faults {
  /** Each of them spoils one request. */
  next: FaultKind[];
  /** The window from now on, in tokens: a longer prompt is refused. Undefined where nothing is said about it. */
  window?: number;
}

/**
 * Reads a list such as `529x2,drop`: two overloads, then one dropped connection. `window=6000` makes the window small.
 * Throws an Error that names the part it cannot read.
 */
export function parseFaults(text: string): Faults {
  const faults: Faults = { next: [] };
  for (const part of text.split(",").map((one) => one.trim())) {
    const window = /^window=([1-9]\d{2,6})$/.exec(part)?.[1];
    if (window === undefined) faults.next.push(...parseOne(part));
    else faults.window = Number(window);
  }
  return faults;
}

function parseOne(part: string): FaultKind[] {
  const [, name, count] = /^([a-z0-9_]+?)(?:x([1-9]\d{0,2}))?$/.exec(part) ?? [];
  const kind = KINDS.find((known) => known === name);
  if (kind) return Array<FaultKind>(Number(count ?? 1)).fill(kind);
  throw new Error(
    `Unknown fault "${part}". Known: ${KINDS.join(", ")}, each with a count, as in 529x2; and window=6000 for a window of so many tokens, at least 100.`,
  );
}

/** The error that a fault stands for, or undefined where it changes the reply instead. */
export function faultError(kind: FaultKind): ApiError | undefined {
  switch (kind) {
    case "401":
      return new ApiError(401, "invalid x-api-key");
    case "429":
      return new ApiError(
        429,
        "This request would exceed your account's rate limit. Please try again later.",
        {
          "retry-after": "2",
        },
      );
    case "500":
      return new ApiError(500, "Internal server error");
    case "529":
      return new ApiError(529, "Overloaded");
    case "too_long":
      return new ApiError(400, "prompt is too long: 204831 tokens > 200000 maximum");
    default:
      return undefined;
  }
}
