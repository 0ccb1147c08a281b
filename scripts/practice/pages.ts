// What `npm run practice` shows, as lines for a terminal of 80 columns.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bold, cyan, dim, green, red, type Text } from "../../packages/runtime/src/terminal/text.ts";
import { fromRoot } from "../lib/chapters.ts";
import type { TestResult } from "../lib/run-tests.ts";
import { bodyOf } from "../lib/symbols.ts";
import type { Exercise, Step } from "./exercise.ts";
import { lineOf, TEST_SECONDS, type StepState } from "./grade.ts";

const LONGEST_MESSAGE = 14;

/** The steps with a mark each. */
export function stepList({ chapter, steps }: Exercise, states: readonly StepState[]): Text[] {
  const mark = (state: StepState | undefined) =>
    state?.kind === "passed" ? green("✓") : state?.kind === "later" ? dim("○") : cyan("▸");
  return [
    bold(`${chapter.id} ${chapter.card.title} · practice`),
    ...steps.map(({ number, title }) => ["  ", mark(states[number - 1]), ` ${number}  ${title}`]),
  ];
}

/** The step that is next: what to write and where, what its tests say, and the commands. */
export function stepPage(exercise: Exercise, step: Step, state: StepState, hintsLeft: number): Text[] {
  const { chapter, steps } = exercise;
  const command = `npm run practice ${chapter.id}`;
  return [
    "",
    bold(`Step ${step.number} of ${steps.length}: ${step.title}`),
    ...(step.contract ? [`  ${step.contract}`] : []),
    ...step.functions.flatMap((one) => functionLines(exercise, one)),
    "",
    ...stateLines(exercise, step, state),
    "",
    ...commandLines([
      [command, "runs the tests again"],
      [`${command} -- --watch`, "runs them whenever you save"],
      hintsLeft > 0
        ? [`${command} -- --hint`, `a hint; ${hintsLeft} left for this step`]
        : [`${command} -- --diff`, "yours beside ours, up to this step"],
    ]),
  ];
}

/** Commands, each with what it does, in two columns. */
export function commandLines(rows: readonly (readonly [command: string, effect: string])[]): Text[] {
  const width = Math.max(...rows.map(([command]) => command.length));
  return rows.map(([command, effect]) => ["  ", cyan(command.padEnd(width)), `  ${effect}`]);
}

function functionLines(exercise: Exercise, one: Step["functions"][number]): Text[] {
  const place = `${fromRoot(join(exercise.folder, one.file))}:${lineOf(exercise, one)}`;
  return ["", [`  Write `, bold(one.symbol), ` in ${place}`], ...contractOf(exercise, one)];
}

/** The doc comment and the head of a function, from the chapter's own source. */
function contractOf({ package: home }: Exercise, { file, symbol }: Step["functions"][number]): Text[] {
  const source = readFileSync(join(home, file), "utf8");
  const { start, body } = bodyOf(source, file, symbol);
  const lines = source.slice(start, body[0]).trimEnd().split("\n");
  const shown = lines.map((line) => line.trim().replace(/^\/\*\* ?|^\*\/$|^\* ?| ?\*\/$/g, ""));
  return shown.filter((line) => line !== "").map((line) => ["    ", dim(`${line}`)]);
}

function stateLines({ chapter }: Exercise, step: Step, state: StepState): Text[] {
  switch (state.kind) {
    case "unwritten": {
      const missing = state.open.map(({ symbol }) => symbol).join(", ");
      const begun = state.open.length < step.functions.length ? `Still to write: ${missing}. ` : "";
      return [`  ${begun}Then these tests should pass:`, ...step.tests.map((name) => `    ○ ${named(name)}`)];
    }
    case "unreadable":
      return [
        ["  ", red("This cannot be run yet:")],
        ...state.problem
          .split("\n")
          .slice(0, LONGEST_MESSAGE)
          .map((line) => `    ${line}`),
        `  To begin the step anew: npm run practice ${chapter.id} -- --reset ${step.number}`,
      ];
    case "failed":
      return failedLines(step, state);
    case "passed":
    case "later":
      return [];
  }
}

function failedLines(step: Step, { results, isTimedOut }: Extract<StepState, { kind: "failed" }>): Text[] {
  if (isTimedOut)
    return [
      ["  ", red("The tests did not come to an end. Look for a loop that does not, in")],
      ...step.functions.map(({ symbol }) => `    ${symbol}`),
    ];
  if (results.length === 0) return [["  ", red("None of its tests ran. Is there an error while loading?")]];
  const failed = results.filter(({ passed }) => !passed);
  const [first] = failed;
  return [
    `  ${results.length - failed.length} of its ${results.length} tests pass. The first that does not:`,
    ...(first ? ["", ...failureLines(first)] : []),
    ...(failed.length > 1
      ? [
          "",
          `  Then: ${failed
            .slice(1)
            .map(({ title }) => title)
            .join("; ")}`,
        ]
      : []),
  ];
}

function failureLines({ title, failure }: TestResult): Text[] {
  const [message = ""] = failure.split(/\n {4}at /, 1);
  // vitest gives a test that ran out of time this message.
  const isLate = message.includes("STACK_TRACE_ERROR");
  const words = isLate
    ? `waited ${TEST_SECONDS} s for something that did not come`
    : message.replace(/^(AssertionError|Error): /, "").trimEnd();
  const lines = words.split("\n");
  const shown = lines.slice(0, LONGEST_MESSAGE);
  const place = yours(failure);
  return [
    ["  ", red("✗"), ` ${title}`],
    ...shown.map((line) => `    ${line}`),
    ...(shown.length < lines.length ? [["    ", dim(`… ${lines.length - shown.length} more lines`)]] : []),
    ...(place === undefined ? [] : [["    ", dim(`at ${place}`)]]),
  ];
}

/** The first line of the learner's that a stack names. */
function yours(stack: string): string | undefined {
  return /(practice\/[^/\s]+\/src\/[^\s:)]+:\d+)/.exec(stack)?.[1];
}

/** A test's name as it stands in the source, read aloud: a table of cases puts words in the place of `%s`. */
const named = (name: string) => name.replaceAll(/%[a-z]/g, "…");
