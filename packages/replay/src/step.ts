// A step: what happened, as lines for a person. Whatever is played is a list of steps, which may be too long to hold:
// each is made when it is looked at.
import type { Text } from "@course/runtime/terminal";

export interface Step {
  title: string;
  /** When it happened, in milliseconds since the epoch. */
  at?: number | undefined;
  /** Short names of the chapters that teach what happens here. */
  chapters: readonly string[];
  lines: readonly Text[];
  /** Where the conversation stands after it, for whoever looks at this step alone. */
  state?: string;
  /** Whether it says nothing about the conversation: a list of many shows it in one line. */
  isAside?: boolean;
}

export interface Steps {
  /** What is played, in one line. */
  readonly title: string;
  readonly count: number;
  /** What was not understood of it, and other things to know first, a line each. */
  readonly remarks: readonly string[];
  /** From 0. */
  step(index: number): Promise<Step>;
}

/** The number that a person gives to a step, counted from 1. Throws an Error that says which there are. */
export function stepIndex(value: string, steps: Pick<Steps, "count">, flag: string): number {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN;
  if (number >= 1 && number <= steps.count) return number - 1;
  throw new Error(
    steps.count === 0
      ? `${flag} ${value}: there is no step in this file.`
      : `${flag} ${value}: expected a whole number from 1 to ${steps.count}.`,
  );
}
