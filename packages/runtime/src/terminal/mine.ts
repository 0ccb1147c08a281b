// --mine: parts of the program are the learner's own (scripts/practice/mine.ts leads to them). What they throw outside
// of a run is no reason to end the program, and where they threw it is what the learner wants to know.
import type { Session } from "../conversation/session.ts";

export interface Mine {
  /** Which chapters' mechanisms are the learner's. */
  readonly chapters: string;
}

/** Undefined for a program that is all ours. */
export function mineOf(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Mine | undefined {
  const chapters = env["COURSE_MINE"];
  return chapters !== undefined && args.includes("--mine") ? { chapters } : undefined;
}

/** The first line of the learner's that a stack names. */
export function placeIn(stack: string | undefined): string | undefined {
  return /practice\/[^/\s]+\/src\/[^\s:)]+:\d+/.exec(stack ?? "")?.[0];
}

/** Says after each error of the session where in the learner's code it came from. */
export function tellPlaces(session: Session): void {
  session.on((event) => {
    const place = event.type === "error" ? placeIn(event.stack) : undefined;
    // After the error itself, which others have yet to hear of.
    if (place !== undefined) queueMicrotask(() => session.notice(`It comes from your ${place}`));
  });
}
