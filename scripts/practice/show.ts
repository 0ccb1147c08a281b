// What each command of `npm run practice` does: grade, note the progress, and show what is next.
import type { Screen } from "../../packages/runtime/src/terminal/screen.ts";
import { bold, dim, green } from "../../packages/runtime/src/terminal/text.ts";
import { fromRoot } from "../lib/chapters.ts";
import { changeProgress, readProgress, standing } from "../lib/progress.ts";
import { difference } from "./difference.ts";
import { exercises, type Exercise, type Step } from "./exercise.ts";
import { openFolder } from "./folder.ts";
import { grade, type StepState } from "./grade.ts";
import { commandLines, stepList, stepPage } from "./pages.ts";
import { writeTestsOf } from "./write-tests/exercise.ts";

/** Makes the folder if there is none, runs the tests, and shows the first step that does not pass. */
export async function showState(exercise: Exercise, screen: Screen): Promise<void> {
  const { chapter, folder, steps } = exercise;
  const isNew = openFolder(exercise);
  if (!isNew) screen.status(`the tests of ${chapter.id}`);
  const states = await grade(exercise);
  screen.status(undefined);
  note(exercise, states, screen);
  for (const line of stepList(exercise, states)) screen.line(line);
  if (isNew)
    screen.line("", `\n  ${fromRoot(folder)} is made: the chapter, with these functions left for you.`);
  const at = currentStep(exercise, states);
  const state = at && states[at.number - 1];
  if (at && state) {
    for (const line of stepPage(exercise, at, state, at.hints.length - hintsShown(exercise, at, screen)))
      screen.line(line);
  } else showEnd(exercise, screen);
  process.exitCode = at === undefined || steps.length === 0 || isNew ? 0 : 1;
}

/** Shows the next hint of the first step that does not pass. */
export async function showHint(exercise: Exercise, screen: Screen): Promise<void> {
  const { id } = exercise.chapter;
  const step = currentStep(exercise, await grade(exercise));
  if (!step) return screen.line(`All steps of ${id} pass. There is nothing to hint at.`);
  const shown = Math.min(hintsShown(exercise, step, screen), step.hints.length - 1);
  changeProgress(
    id,
    (chapter) => ((chapter.steps[step.title] ??= { hints: 0 }).hints = shown + 1),
    onProblem(screen),
  );
  screen.line(bold(`Step ${step.number}: ${step.title}, hint ${shown + 1} of ${step.hints.length}`));
  for (const line of (step.hints[shown] ?? "").split("\n")) screen.line(`  ${line}`);
  screen.line("");
  const command = `npm run practice ${id}`;
  const isLast = shown + 1 === step.hints.length;
  for (const line of commandLines([
    [command, "runs the tests"],
    isLast
      ? [`${command} -- --diff`, "yours beside ours, up to this step"]
      : [`${command} -- --hint`, "the next hint"],
  ]))
    screen.line(line);
}

/** Shows how the learner's sources differ from ours, without the steps that come later. */
export async function showDifference(exercise: Exercise, screen: Screen): Promise<void> {
  const step = currentStep(exercise, await grade(exercise));
  const { lines, added, removed } = difference(exercise, step ? exercise.steps.slice(step.number) : []);
  for (const line of lines) screen.line(line);
  screen.line(
    dim(lines.length === 0 ? "Yours and ours are alike." : `+${added} lines are yours, -${removed} ours.`),
  );
}

function showEnd(exercise: Exercise, screen: Screen): void {
  const { chapter, steps } = exercise;
  const { added, removed } = difference(exercise);
  const all = exercises();
  const next = all[all.findIndex((other) => other.chapter.id === chapter.id) + 1];
  screen.line("");
  const differs =
    added + removed === 0
      ? "line for line as ours is"
      : `and differs from ours by +${added} -${removed} lines`;
  screen.line(green(`All ${steps.length} steps pass.`), ` The mechanism is yours, ${differs}.`);
  screen.line("");
  for (const line of commandLines([
    [`npm run ${chapter.id} -- --mine`, "runs the agent with it"],
    [`npm run practice ${chapter.id} -- --diff`, "yours beside ours"],
    ...(writeTestsOf(chapter)
      ? [[`npm run practice ${chapter.id} -- --write-tests`, "tests that kill five mutants"] as const]
      : []),
    next
      ? [`npm run practice ${next.chapter.id}`, `next: ${next.chapter.card.title}`]
      : ["npm run full -- --mine", "all that you have written, in one agent"],
  ]))
    screen.line(line);
}

function currentStep({ steps }: Exercise, states: readonly StepState[]): Step | undefined {
  return steps.find((_, index) => states[index]?.kind !== "passed");
}

function hintsShown({ chapter }: Exercise, { title }: Step, screen: Screen): number {
  return readProgress(onProblem(screen))[chapter.id]?.steps[title]?.hints ?? 0;
}

function note({ chapter, steps }: Exercise, states: readonly StepState[], screen: Screen): void {
  const passed = steps.filter((_, index) => states[index]?.kind === "passed").map(({ title }) => title);
  const known = readProgress(onProblem(screen))[chapter.id];
  const isNews = passed.some((title) => known?.steps[title]?.passed === undefined);
  const { renamed } = standing(
    known,
    steps.map(({ title }) => title),
  );
  if (isNews || renamed.length > 0)
    changeProgress(
      chapter.id,
      ({ steps: marks }) => {
        for (const title of passed) (marks[title] ??= { hints: 0 }).passed ??= new Date().toISOString();
        // The tests of the steps as they are now have just said what holds.
        for (const title of renamed) delete marks[title];
      },
      onProblem(screen),
    );
  for (const title of renamed)
    screen.line(
      dim(`"${title}", which you had passed, is no step any more. The marks below are of the new ones.`),
    );
}

const onProblem = (screen: Screen) => (problem: string) => screen.line(problem);

/** A step that is empty again is not done: `npm run full -- --mine` does not take it. */
export function forgetPassed({ chapter }: Exercise, steps: readonly Step[], screen: Screen): void {
  changeProgress(
    chapter.id,
    (progress) => {
      for (const { title } of steps) delete progress.steps[title]?.passed;
    },
    onProblem(screen),
  );
}
