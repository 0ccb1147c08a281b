// Proves an exercise: with the functions of a step left empty each of its tests fails, and comes to one of them; with
// that step and those before it written, and the later ones still empty, they pass.
import { rmSync } from "node:fs";
import { temporaryFolder } from "@course/runtime/testing";
import type { TestResult, TestRun } from "../lib/run-tests.ts";
import type { Exercise, Step } from "./exercise.ts";
import { makePackage } from "./folder.ts";
import { resultsOf, runSteps } from "./grade.ts";
import { notWritten } from "./stubs.ts";

/** For a busy machine, which may be ten times slower than a learner's. */
const MORE_TIME = { testMs: 120_000, runMs: 900_000 };

/** How many steps are written: from none to all. */
export function statesOf({ steps }: Exercise): number[] {
  return Array.from({ length: steps.length + 1 }, (_, written) => written);
}

/** What is wrong where this many steps are written. What is wrong in a learner's time is looked at with more of it. */
export async function check(exercise: Exercise, written: number): Promise<string[]> {
  const { chapter, steps } = exercise;
  const folder = temporaryFolder();
  try {
    makePackage(exercise, folder, steps.slice(written));
    const asked = [steps[written - 1], steps[written]].filter((step) => step !== undefined);
    const soon = problemsIn(exercise, written, await runSteps(folder, asked));
    const problems =
      soon.length === 0 ? soon : problemsIn(exercise, written, await runSteps(folder, asked, MORE_TIME));
    const state = `${chapter.id} with ${written} of ${steps.length} steps written`;
    return problems.map((problem) => `${state}: ${problem}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function problemsIn(exercise: Exercise, written: number, run: TestRun): string[] {
  const [done, next] = [exercise.steps[written - 1], exercise.steps[written]];
  const [broken] = run.broken;
  if (broken) return [broken.message];
  if (run.isTimedOut) return ["the tests did not come to an end"];
  return [...(done ? passes(done, run) : []), ...(next ? fails(exercise, next, run) : [])];
}

function passes(step: Step, run: TestRun): string[] {
  const failed = resultsOf(step, run).filter(({ passed }) => !passed);
  return [
    ...missing(step, run),
    ...failed.map(({ title, failure }) => `"${title}" of step ${step.number} fails:\n${firstLines(failure)}`),
  ];
}

function fails(exercise: Exercise, step: Step, run: TestRun): string[] {
  const own = step.functions.map(({ symbol }) => notWritten(exercise, step, symbol));
  const wrong = resultsOf(step, run).flatMap((result) => {
    const of = `"${result.title}" of step ${step.number}`;
    if (result.passed) return [`${of} passes, although the step is not written`];
    const came = stubsIn(result);
    if (came.some((message) => own.some((one) => one.startsWith(message)))) return [];
    const instead = came.length > 0 ? `came to ${came.join(", ")}` : "came to none";
    return [
      `${of} fails without coming to a function of the step; it ${instead}:\n${firstLines(result.failure)}`,
    ];
  });
  return [...missing(step, run), ...wrong];
}

function missing(step: Step, run: TestRun): string[] {
  return step.tests
    .filter((name) => resultsOf({ ...step, tests: [name] }, run).length === 0)
    .map((name) => `there is no test "${name}", which step ${step.number} names`);
}

/** The unwritten functions that a test came to, in this program or in one that it started. */
function stubsIn({ meta, failure }: TestResult): string[] {
  const noted = Array.isArray(meta["notWritten"]) ? meta["notWritten"].map(String) : [];
  const told = failure.match(/Not written yet: [^\n]*?\(s\d\d, step \d+: [^)\n]*\)/g) ?? [];
  return [...new Set([...noted, ...told])];
}

function firstLines(text: string): string {
  return text.split("\n").slice(0, 6).join("\n").replace(/^/gm, "    ");
}
