// Where a learner stands in an exercise: the tests of the steps, in order, against the learner's folder.
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { ROOT } from "../lib/chapters.ts";
import { patternOf, runTests, type TestResult, type TestRun } from "../lib/run-tests.ts";
import { bodyOf } from "../lib/symbols.ts";
import type { Exercise, Step } from "./exercise.ts";
import { isStub } from "./stubs.ts";
import type { Limits } from "./write-tests/judge.ts";

/** What takes longer waits for something that will not come. */
const LEARNERS: Limits = { testMs: 30_000, runMs: 120_000 };
export const TEST_SECONDS = LEARNERS.testMs / 1000;

export type StepState =
  | { kind: "passed" }
  /** Not all of its functions are written. `open` names those that are not. */
  | { kind: "unwritten"; open: Step["functions"] }
  /** A function cannot be found, or a file cannot be parsed; `problem` names it. */
  | { kind: "unreadable"; problem: string }
  | { kind: "failed"; results: TestResult[]; isTimedOut: boolean }
  /** An earlier step comes first. */
  | { kind: "later" };

/** The state of each step, up to the first that is not passed; the others come later. */
export async function grade(exercise: Exercise): Promise<StepState[]> {
  const written = exercise.steps.map((step) => writtenState(exercise, step));
  const firstOpen = written.findIndex((state) => state !== undefined);
  const tested = exercise.steps.slice(0, firstOpen === -1 ? undefined : firstOpen);
  const run = tested.length > 0 ? await runSteps(exercise.folder, tested) : undefined;
  let isReached = false;
  return exercise.steps.map((step, index) => {
    if (isReached) return { kind: "later" };
    const state = written[index] ?? (run ? testedState(exercise, step, run) : { kind: "passed" });
    isReached = state.kind !== "passed";
    return state;
  });
}

/** Runs the tests of these steps in a package's folder. */
export function runSteps(
  folder: string,
  steps: readonly Step[],
  { testMs, runMs } = LEARNERS,
): Promise<TestRun> {
  const names = [...new Set(steps.flatMap(({ tests }) => tests))];
  return runTests(folder, names, {
    limitMs: runMs,
    config: join(import.meta.dirname, "vitest.config.ts"),
    args: [`--testTimeout=${testMs}`],
  });
}

/** The results of one step's tests, in the order of the card. */
export function resultsOf(step: Step, { results }: TestRun): TestResult[] {
  return step.tests.flatMap((name) => {
    const pattern = new RegExp(`^${patternOf(name)}$`);
    return results.filter(({ title }) => pattern.test(title));
  });
}

/** Undefined if all functions of the step are written. */
function writtenState({ folder }: Exercise, step: Step): StepState | undefined {
  const open: Step["functions"] = [];
  for (const one of step.functions) {
    const path = join(folder, one.file);
    const shown = relative(ROOT, path);
    if (!existsSync(path)) return { kind: "unreadable", problem: `${shown} is gone.` };
    try {
      if (isStub(readFileSync(path, "utf8"), shown, one.symbol)) open.push(one);
    } catch (error) {
      return { kind: "unreadable", problem: error instanceof Error ? error.message : String(error) };
    }
  }
  return open.length > 0 ? { kind: "unwritten", open } : undefined;
}

function testedState(exercise: Exercise, step: Step, run: TestRun): StepState {
  const [broken] = run.broken;
  if (broken) return { kind: "unreadable", problem: placeOf(exercise, broken.message, run.output) };
  const results = resultsOf(step, run);
  if (results.length > 0 && results.every(({ passed }) => passed)) return { kind: "passed" };
  return { kind: "failed", results, isTimedOut: run.isTimedOut };
}

/** What could not be loaded, and where in the learner's sources, as vitest shows it below its message. */
function placeOf({ folder }: Exercise, message: string, output: string): string {
  const shown = message.replaceAll(`${ROOT}/`, "").trim();
  const place = /\bsrc\/[^\s:]+\.ts:\d+/.exec(stripVTControlCharacters(`${message}\n${output}`))?.[0];
  return place === undefined ? shown : `${relative(ROOT, join(folder, place))}\n${shown}`;
}

/** The line on which a function's head stands, counted from 1. */
export function lineOf({ folder }: Exercise, { file, symbol }: Step["functions"][number]): number {
  try {
    const source = readFileSync(join(folder, file), "utf8");
    return source.slice(0, bodyOf(source, file, symbol).head).split("\n").length;
  } catch {
    return 1;
  }
}
