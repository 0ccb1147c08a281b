// npm run practice s13: write the mechanism of a chapter yourself, step by step, graded by its tests.
// --watch, --hint, --diff, --reset [STEP]. Without a chapter: where you stand in all of them.
// --write-tests: the other way round. You write the tests, which must kill mutants of the chapter's code.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Screen } from "../packages/runtime/src/terminal/screen.ts";
import { screenOn } from "../packages/runtime/src/terminal/style.ts";
import { findChapter, runScript } from "./lib/chapters.ts";
import { commandLine } from "./lib/command-line.ts";
import { exerciseOf, type Exercise, type Step } from "./practice/exercise.ts";
import { overview } from "./practice/overview.ts";
import { reset } from "./practice/reset.ts";
import { forgetPassed, showDifference, showHint, showState } from "./practice/show.ts";
import { watchAndShow } from "./practice/watch.ts";
import { allWriteTests, writeTestsOf } from "./practice/write-tests/exercise.ts";
import { openTests } from "./practice/write-tests/folder.ts";
import { commandOf, resetTests, showTestHint, showTests } from "./practice/write-tests/show.ts";

const OPTIONS = {
  watch: { type: "boolean" },
  hint: { type: "boolean" },
  diff: { type: "boolean" },
  reset: { type: "boolean" },
  "write-tests": { type: "boolean" },
  yes: { type: "boolean" },
} as const;

// Tests run in processes of their own; leaving ends them.
process.once("SIGINT", () => process.exit(130));

void runScript(async () => {
  const { values, positionals } = commandLine(import.meta.filename, OPTIONS, { words: Infinity });
  const screen = screenOn(process.stdout);
  const [id, number = "", ...others] = positionals;
  refuseTogether(values, id);
  if (id === undefined) return overview(screen);
  if (values["write-tests"]) return writeTests(id, [number, ...others], values, screen);
  const exercise = exerciseFor(id);
  if (others.length > 0 || (number !== "" && !values.reset))
    throw new Error(
      `Unexpected "${[number, ...others].join(" ")}". Write: npm run practice ${exercise.chapter.id}`,
    );
  if (values.reset) {
    const forget = (steps: readonly Step[]) => forgetPassed(exercise, steps, screen);
    return screen.line(await reset(exercise, number, values.yes === true, forget));
  }
  if (values.hint) return showHint(begun(exercise), screen);
  if (values.diff) return showDifference(begun(exercise), screen);
  if (values.watch)
    return watchAndShow([join(exercise.folder, "src")], screen, () => showState(exercise, screen));
  await showState(exercise, screen);
});

/** One thing at a time, and of a chapter. */
function refuseTogether(values: Values, id: string | undefined): void {
  const asked = (["watch", "hint", "diff", "reset"] as const).filter((name) => values[name]);
  if (asked.length > 1) throw new Error(`--${asked.join(" and --")} do not go together.`);
  const [given] = [...asked, ...(values["write-tests"] ? ["write-tests"] : [])];
  if (id === undefined && given !== undefined)
    throw new Error(`Name a chapter, as in: npm run practice s13 -- --${given}`);
}

type Values = ReturnType<typeof commandLine<typeof OPTIONS>>["values"];

async function writeTests(
  id: string,
  rest: readonly string[],
  { hint, watch, reset: isReset, diff, yes }: Values,
  screen: Screen,
): Promise<void> {
  const exercise = writeTestsOf(findChapter(id));
  if (!exercise) {
    const known = allWriteTests().map(({ chapter }) => chapter.id);
    throw new Error(`${id} has no mutants to write tests for. There are: ${known.join(", ")}.`);
  }
  const [number = "", ...others] = rest;
  if (others.length > 0 || (number !== "" && !hint))
    throw new Error(`Unexpected "${rest.join(" ")}". Write: ${commandOf(exercise)}`);
  if (diff) throw new Error(`--write-tests has no --diff. A mutant's last hint shows its change.`);
  if (hint) return showTestHint(exercise, number, screen);
  if (isReset) return resetTests(exercise, yes === true, screen);
  const show = () => showTests(exercise, screen);
  if (!watch) return show();
  openTests(exercise);
  return watchAndShow([join(exercise.folder, "test")], screen, show);
}

function exerciseFor(id: string): Exercise {
  const chapter = findChapter(id);
  const exercise = exerciseOf(chapter);
  if (exercise) return exercise;
  throw new Error(
    `${chapter.id} has nothing to practise yet. npm run practice lists the chapters that have.`,
  );
}

function begun(exercise: Exercise): Exercise {
  const { chapter, folder } = exercise;
  if (existsSync(folder)) return exercise;
  throw new Error(`You have not begun ${chapter.id}. Begin with: npm run practice ${chapter.id}`);
}
