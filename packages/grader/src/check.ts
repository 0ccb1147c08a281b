// What a stage is made of: cases, each one or more runs of the program, and checks that judge them.
import type { Evidence } from "./evidence.ts";
import type { RunPlan } from "./run.ts";

/** Undefined where it is as expected; else what came, or why it does not apply. */
export type Verdict = string | { notOffered: string } | undefined;

export interface Check {
  /** In words of behaviour. Names are unique in a stage. */
  name: string;
  expected: string;
  /** The page that teaches it, if it is not the stage's. */
  lesson?: string;
  judge(run: Evidence): Verdict;
}

export interface Case {
  /** Several runs are judged one by one, and the first that fails counts. */
  runs: readonly RunPlan[];
  checks: readonly Check[];
}

export interface Stage {
  name: string;
  /** One line for the table of stages. */
  about: string;
  /** Under docs/. */
  lesson: string;
  cases: readonly Case[];
}
