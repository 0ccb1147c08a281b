// Runs the learner's tests: twice on the working code, where they must pass, and once on each mutant, where one of them
// must fail by what it expects, or by its time. An error that a test did not ask for is no verdict on the code.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { temporaryFolder } from "@course/runtime/testing";
import { runTests, type TestResult, type TestRun } from "../../lib/run-tests.ts";
import { TEST_FILE, type Mutant, type WriteTests } from "./exercise.ts";
import { makeCopy } from "./folder.ts";
import { RUNNING } from "./running.ts";

export interface Limits {
  /** For each test. */
  testMs: number;
  /** For all that run together, where they do not come to an end by themselves. */
  runMs: number;
}

const LIMITS: Limits = { testMs: 8_000, runMs: 40_000 };

interface Fault {
  title?: string;
  /** As TEST_FILE:LINE; the file alone where no line is known. */
  place: string;
  message: string;
}

export type OnRight =
  | { kind: "green"; tests: number }
  | { kind: "no tests" }
  /** It cannot be loaded: it does not compile, or throws outside of a test. */
  | ({ kind: "unreadable" } & Fault)
  | ({ kind: "red" } & Fault)
  /** One of two runs was red. */
  | ({ kind: "flaky" } & Fault)
  | ({ kind: "endless" } & Fault);

export type OnMutant =
  | { kind: "killed"; by: string; isLate: boolean }
  | { kind: "survived" }
  /** A test failed, but by an error that it does not expect. */
  | { kind: "errored"; by: string; message: string };

/** All names, as runTests takes them. */
const ANY = "%s";
const AT_ONCE = 2;

export async function judgeRight(
  exercise: WriteTests,
  tests: string,
  limits: Limits = LIMITS,
): Promise<OnRight> {
  const twice = () => runOn(exercise, tests, limits, undefined, onRight);
  const runs = await Promise.all([twice(), twice()]);
  const bad = runs.find(({ kind }) => kind !== "green");
  const [first] = runs;
  if (!bad) return first;
  return bad.kind === "red" && runs.some(({ kind }) => kind === "green") ? { ...bad, kind: "flaky" } : bad;
}

/** What becomes of each mutant, in their order. */
export async function judgeMutants(
  exercise: WriteTests,
  tests: string,
  limits: Limits = LIMITS,
  onDone: (done: number) => void = () => {},
): Promise<OnMutant[]> {
  const fates: OnMutant[] = [];
  const waiting = [...exercise.mutants.entries()];
  let done = 0;
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, { patch }] = next;
      fates[index] = await runOn(exercise, tests, limits, patch, onMutant);
      onDone(++done);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return fates;
}

async function runOn<T>(
  exercise: WriteTests,
  tests: string,
  { testMs, runMs }: Limits,
  patch: Mutant["patch"] | undefined,
  judge: (run: TestRun, folder: string) => T,
): Promise<T> {
  const folder = temporaryFolder();
  try {
    makeCopy(exercise, tests, folder, patch);
    const config = join(import.meta.dirname, "vitest.config.ts");
    const args = [`--testTimeout=${testMs}`, `--hookTimeout=${testMs}`];
    return judge(await runTests(folder, [ANY], { limitMs: runMs, config, args }), folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function onRight(run: TestRun, folder: string): OnRight {
  const output = stripVTControlCharacters(run.output);
  if (run.isTimedOut) return { kind: "endless", ...running(folder), message: "does not come to an end" };
  const [broken] = run.broken;
  if (broken && run.results.length === 0)
    return isEmpty(broken.message)
      ? { kind: "no tests" }
      : {
          kind: "unreadable",
          place: placeIn(`${broken.message}\n${output}`),
          message: firstLine(broken.message),
        };
  const failed = run.results.find(({ passed }) => !passed);
  if (failed) return { kind: "red", title: failed.title, ...faultOf(failed) };
  const [, stray] =
    /Unhandled (?:Errors|Rejection|Error)[\s\S]*?\n((?:\w*Error|Unhandled)[^\n]*)/.exec(output) ?? [];
  if (stray !== undefined)
    return { kind: "red", place: placeIn(output), message: `${stray} (in no test, or after its end)` };
  return run.results.length === 0 ? { kind: "no tests" } : { kind: "green", tests: run.results.length };
}

function onMutant(run: TestRun, folder: string): OnMutant {
  if (run.isTimedOut) return { kind: "killed", by: running(folder).title ?? TEST_FILE, isLate: true };
  const failed = run.results.filter(({ passed }) => !passed);
  const asserted = failed.find(isAssertion);
  const late = failed.find(isLate);
  if (asserted ?? late) return { kind: "killed", by: (asserted ?? late)?.title ?? "", isLate: !asserted };
  const [other] = failed;
  if (other) return { kind: "errored", by: other.title, message: faultOf(other).message };
  const [broken] = run.broken;
  return broken
    ? { kind: "errored", by: TEST_FILE, message: firstLine(broken.message) }
    : { kind: "survived" };
}

/** What `rejects` and `resolves` say comes as a plain error. */
function isAssertion({ failure }: TestResult): boolean {
  return /^(?:AssertionError|Error: promise (?:resolved|rejected) )/.test(failure);
}

/** vitest gives a test that ran out of time one of these messages. */
function isLate({ failure }: TestResult): boolean {
  return /STACK_TRACE_ERROR|^Error: (?:Test|Hook) timed out/.test(failure);
}

function isEmpty(message: string): boolean {
  return /No test (?:suite )?found|No tests/.test(message);
}

function faultOf(result: TestResult): Omit<Fault, "title"> {
  const [message = ""] = result.failure.split(/\n {4}at /, 1);
  const words = message.replace(/^(?:AssertionError|Error): /, "").trimEnd();
  return {
    place: placeIn(result.failure),
    message: isLate(result) ? "waited too long for something that did not come" : words,
  };
}

function placeIn(text: string): string {
  const [, line] = /test\/mine\.test\.ts:(\d+)/.exec(text) ?? [];
  return line === undefined ? TEST_FILE : `${TEST_FILE}:${line}`;
}

function firstLine(message: string): string {
  const lines = stripVTControlCharacters(message)
    .split("\n")
    .map((line) => line.trim());
  const [told = ""] = lines.filter((line) => line !== "" && !/^(?:Error: )?Transform failed/.test(line));
  return told.replace(/^.*?test\/mine\.test\.ts:[\d:]+ ?/, "").replace(/^(?:ERROR|Error): /, "");
}

/** The test that ran when the time was over; none did where the file itself does not end. */
function running(folder: string): Pick<Fault, "title" | "place"> {
  const file = join(folder, RUNNING);
  if (!existsSync(file)) return { place: TEST_FILE };
  const { title, line } = JSON.parse(readFileSync(file, "utf8")) as { title: string; line?: number };
  return { title, place: line === undefined ? TEST_FILE : `${TEST_FILE}:${line}` };
}
