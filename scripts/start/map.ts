// The course as a map: chapters by stages, and how far the learner has come in each.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bold, cyan, dim, green, type Text } from "../../packages/runtime/src/terminal/text.ts";
import { chapters, ROOT, type Chapter } from "../lib/chapters.ts";
import { readProgress, standing } from "../lib/progress.ts";

export interface Place {
  chapter: Chapter;
  isRun: boolean;
  /** How many steps there are to practise; 0 where there is nothing to practise. */
  steps: number;
  practised: number;
  isDone: boolean;
}

/** All chapters in their order. `onProblem` hears of a progress file that was set aside. */
export function places(onProblem: (problem: string) => void, file?: string): Place[] {
  const progress = readProgress(onProblem, file);
  return chapters.map((chapter) => {
    const titles = stepsOf(chapter);
    const { isRun, practised } = standing(progress[chapter.id], titles);
    const isDone = isRun && practised === titles.length;
    return { chapter, isRun, steps: titles.length, practised, isDone };
  });
}

/** What to do next: the first chapter that is not done. */
export function nextPlace(all: readonly Place[]): Place | undefined {
  return all.find(({ isDone }) => !isDone);
}

/** As in "run, practised 3 of 5"; empty where nothing was done. */
export function marksOf({ isRun, steps, practised, isDone }: Place): string {
  if (isDone) return steps > 0 ? `done: run, practised ${practised} of ${steps}` : "done: run";
  return [...(isRun ? ["run"] : []), ...(practised > 0 ? [`practised ${practised} of ${steps}`] : [])].join(
    ", ",
  );
}

function signOf({ isRun, practised, isDone }: Place): string {
  if (isDone) return "✓";
  return isRun || practised > 0 ? "◐" : "○";
}

/** The map as lines, with the commands that need no menu. */
export function mapLines(all: readonly Place[]): Text[] {
  const lines: Text[] = [];
  let stage = "";
  for (const place of all) {
    const { card, id } = place.chapter;
    if (card.stage !== stage) lines.push("", bold(card.stage));
    stage = card.stage;
    const marks = marksOf(place);
    const row = `  ${signOf(place)} ${id.padEnd(5)} ${marks === "" ? card.title : card.title.padEnd(22)}`;
    lines.push(place.isDone ? [green(row), dim(`  ${marks}`)] : [row, marks === "" ? "" : dim(`  ${marks}`)]);
  }
  return [
    bold("Learn coding agents: the chapters, and what you did in them"),
    ...lines,
    "",
    ...commandLines(all),
  ];
}

function commandLines(all: readonly Place[]): Text[] {
  const next = nextPlace(all);
  const place = next ?? all[0];
  if (!place) return [];
  const { id, name, card } = place.chapter;
  const rows: [string, string][] = [
    [`npm run ${id}`, next ? `run the next chapter: ${card.title}` : "all is done; run the first again"],
    [lessonOf(name), "its lesson"],
    ...(offersPractice(place)
      ? [[`npm run practice ${id}`, "write its mechanism yourself"] as [string, string]]
      : []),
    ...(place !== all[0]
      ? [[`npm run diff ${id}`, "what it adds to the chapter before"] as [string, string]]
      : []),
    ["npm run doctor", "what this machine and your key can do"],
    ["npm run", "all scripts"],
  ];
  const width = Math.max(...rows.map(([command]) => command.length));
  return rows.map(([command, effect]) => ["  ", cyan(command.padEnd(width)), `  ${effect}`]);
}

/** The lesson's path from the root. */
export function lessonOf(name: string): string {
  return `docs/${name}.md`;
}

/** Whether there is something to practise, and `npm run practice` to do it. */
export function offersPractice({ steps }: Place): boolean {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  return steps > 0 && "practice" in scripts;
}

/** Titles of the steps on a chapter's card. */
function stepsOf({ folder }: Chapter): string[] {
  const { course } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    course: { practice?: { title: string }[] };
  };
  return (course.practice ?? []).map(({ title }) => title);
}
