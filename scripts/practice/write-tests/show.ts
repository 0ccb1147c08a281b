// What `npm run practice s13 -- --write-tests` does and shows.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Screen } from "../../../packages/runtime/src/terminal/screen.ts";
import { bold, dim, green, red, type Text } from "../../../packages/runtime/src/terminal/text.ts";
import { fromRoot } from "../../lib/chapters.ts";
import { changeProgress, readProgress, type TestsProgress } from "../../lib/progress.ts";
import { commandLines } from "../pages.ts";
import { agrees } from "../reset.ts";
import { TEST_FILE, type Mutant, type WriteTests } from "./exercise.ts";
import { openTests, putTestsAside } from "./folder.ts";
import { judgeMutants, judgeRight, type OnMutant, type OnRight } from "./judge.ts";

const LONGEST_MESSAGE = 14;

export const commandOf = ({ chapter }: WriteTests) => `npm run practice ${chapter.id} -- --write-tests`;
const fileOf = ({ folder }: WriteTests) => fromRoot(join(folder, TEST_FILE));

/** Makes the test file if there is none, else runs it on the working code and on the mutants. */
export async function showTests(exercise: WriteTests, screen: Screen): Promise<void> {
  const { chapter, folder, mutants } = exercise;
  const isNew = openTests(exercise);
  screen.line(bold(`${chapter.id} ${chapter.card.title} · write the tests`));
  if (isNew) return showBeginning(exercise, screen);
  const tests = join(folder, TEST_FILE);
  screen.status("your tests on the working code, twice");
  const right = await judgeRight(exercise, tests);
  screen.status(undefined);
  for (const line of rightLines(exercise, right)) screen.line(line);
  if (right.kind !== "green") return end(exercise, screen, 1);
  const fates = await judgeMutants(exercise, tests, undefined, (done) =>
    screen.status(`your tests on the mutants, ${done} of ${mutants.length}`),
  );
  screen.status(undefined);
  screen.line("");
  for (const line of table(mutants, fates)) screen.line(line);
  const alive = mutants.filter((_, index) => fates[index]?.kind !== "killed");
  noteFates(exercise, alive, screen);
  screen.line("");
  if (alive.length === 0) return showEnd(exercise, screen);
  screen.line(
    `  ${mutants.length - alive.length} of ${mutants.length} killed. Next: a test for mutant ${alive[0]?.number}.`,
  );
  end(exercise, screen, 1);
}

/** The next hint for a mutant: for this one, or for the first that survived the last run. */
export function showTestHint(exercise: WriteTests, number: string, screen: Screen): void {
  const { chapter, mutants } = exercise;
  begun(exercise);
  const known = testsOf(exercise, screen);
  const mutant = mutants.find(
    (one) => one.number === (number === "" ? (known.alive[0] ?? 1) : Number(number)),
  );
  if (!mutant) throw new Error(`${chapter.id} has no mutant ${number}; it has 1 to ${mutants.length}.`);
  if (number === "" && known.passed !== undefined && known.alive.length === 0)
    return screen.line(`Your tests kill all mutants of ${chapter.id}. There is nothing to hint at.`);
  const shown = Math.min(known.hints[mutant.number] ?? 0, mutant.hints.length - 1);
  changeTests(exercise, screen, ({ hints }) => (hints[mutant.number] = shown + 1));
  screen.line(bold(`Mutant ${mutant.number}, hint ${shown + 1} of ${mutant.hints.length}: ${mutant.breaks}`));
  for (const line of (mutant.hints[shown] ?? "").split("\n")) screen.line(`  ${line}`);
  end(exercise, screen, 0, shown + 1 < mutant.hints.length);
}

/** Begins the test file anew; the old one is kept beside it. */
export async function resetTests(exercise: WriteTests, isSure: boolean, screen: Screen): Promise<void> {
  begun(exercise);
  const question = `Begin ${fileOf(exercise)} anew? What you wrote is kept beside. [y/N] `;
  if (!isSure && !(await agrees(question))) return screen.line("Nothing was changed.");
  const aside = putTestsAside(exercise);
  openTests(exercise);
  screen.line(`${fileOf(exercise)} is made anew. What you wrote is in ${aside}.`);
}

function begun(exercise: WriteTests): void {
  if (!existsSync(join(exercise.folder, TEST_FILE)))
    throw new Error(`You have not begun. Begin with: ${commandOf(exercise)}`);
}

function showBeginning(exercise: WriteTests, screen: Screen): void {
  screen.line(
    `  ${fileOf(exercise)} is made, with one test to begin with.`,
    `\n  Write tests there that pass on the code in ${fromRoot(exercise.folder)}/src,`,
    `\n  and fail on each of these ${exercise.mutants.length} mutants of it:`,
  );
  for (const { number, breaks } of exercise.mutants) screen.line(`    ${number}  ${breaks}`);
  end(exercise, screen, 0);
}

/** What became of the tests on the working code. */
export function rightLines(exercise: WriteTests, right: OnRight): Text[] {
  if (right.kind === "green") {
    const count = right.tests === 1 ? "1 test passes" : `${right.tests} tests pass`;
    return [["  ", green("✓"), ` the working code: ${count}, twice`]];
  }
  const file = fileOf(exercise);
  if (right.kind === "no tests") return [["  ", red("✗"), ` ${file} holds no test that runs.`]];
  const place = right.place.replace(TEST_FILE, file);
  const titled = right.title === undefined ? "" : `"${right.title}" `;
  const [first = "", ...rest] = right.message.split("\n");
  switch (right.kind) {
    case "unreadable":
      return [["  ", red("✗"), ` ${place} cannot be run: ${first}`]];
    case "endless":
      return [["  ", red("✗"), ` ${place}: ${titled || "the file "}${first}`]];
    case "red":
    case "flaky": {
      const shown = rest.slice(0, LONGEST_MESSAGE);
      const what =
        right.kind === "flaky" ? "passes in one run and fails in another" : "fails on the working code";
      return [
        ["  ", red("✗"), ` ${titled}${what}:`],
        ...[first, ...shown].map((line) => `    ${line}`),
        ["    ", dim(`at ${place}`)],
      ];
    }
  }
}

/** What became of each mutant. */
export function table(mutants: readonly Mutant[], fates: readonly OnMutant[]): Text[] {
  return mutants.flatMap(({ number, breaks }, index) => {
    const fate = fates[index] ?? { kind: "survived" };
    switch (fate.kind) {
      case "killed":
        return [
          [`  ${number}  `, green("killed  "), `  ${breaks}`],
          ["               ", dim(`by "${fate.by}"${fate.isLate ? ", which waited too long" : ""}`)],
        ];
      case "survived":
        return [[`  ${number}  `, red("survived"), `  ${breaks}`]];
      case "errored":
        return [
          [`  ${number}  `, red("survived"), `  ${breaks}`],
          [
            "               ",
            dim(`"${fate.by}" threw, and expected nothing: ${fate.message.split("\n", 1)[0]}`),
          ],
        ];
    }
  });
}

function showEnd(exercise: WriteTests, screen: Screen): void {
  const { chapter, mutants } = exercise;
  screen.line(green(`All ${mutants.length} mutants are killed.`), " Your tests hold the contract.");
  screen.line("");
  for (const line of commandLines([
    [`npm run mutants ${chapter.id}`, "every small change, on our tests"],
    [`npm run practice ${chapter.id}`, "write the mechanism itself"],
  ]))
    screen.line(line);
  process.exitCode = 0;
}

function end(exercise: WriteTests, screen: Screen, code: number, hasHint = true): void {
  const command = commandOf(exercise);
  screen.line("");
  for (const line of commandLines([
    [command, "runs your tests"],
    [`${command} --watch`, "whenever you save"],
    ...(hasHint ? [[`${command} --hint`, "a hint"] as const] : []),
  ]))
    screen.line(line);
  process.exitCode = code;
}

function testsOf({ chapter }: WriteTests, screen: Screen): TestsProgress {
  return readProgress((problem) => screen.line(problem))[chapter.id]?.tests ?? { hints: {}, alive: [] };
}

function changeTests({ chapter }: WriteTests, screen: Screen, change: (tests: TestsProgress) => void): void {
  changeProgress(
    chapter.id,
    (known) => change((known.tests ??= { hints: {}, alive: [] })),
    (problem) => screen.line(problem),
  );
}

function noteFates(exercise: WriteTests, alive: readonly Mutant[], screen: Screen): void {
  changeTests(exercise, screen, (tests) => {
    tests.alive = alive.map(({ number }) => number);
    if (alive.length === 0) tests.passed ??= new Date().toISOString();
  });
}
