// A decision that is the human's: what they are asked, and what came of it.

export interface Question {
  text: string;
  /** What an edit would change, as lines of a unified diff: + comes, - goes, all others are shown as they are. */
  diff?: readonly string[];
  choices: readonly string[];
  /** The choice after which the human is asked for words of their own. */
  withText?: string;
  /** What to tell the model where nobody can answer; names the flag that would allow it. */
  withoutHuman: string;
  /** Aborted when an answer comes too late. */
  signal?: AbortSignal;
  /** Whether it is asked beside the run that is under way, so that an interrupt of that is none of this (s15). */
  isBeside?: boolean;
}

export type Answer = { choice: string; text?: string } | { refused: string };
