// --mine: what the learner wrote, in the place of ours. The chapters know nothing of it: whatever resolves to a file of
// a chapter, imported, required or named by its path, leads to the learner's file. Only preflight.mjs loads this.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readProgress, standing } from "../lib/progress.ts";
import { lead } from "./lead.ts";
import { placeOf, ROOT } from "./place.ts";
import { startWatchdog } from "./watchdog.ts";

interface Practised {
  id: string;
  /** As in s13-background-tasks. */
  name: string;
  isDone: boolean;
}

/** Where the learner's folders lie; tests have their own. */
const PRACTICE = process.env["COURSE_PRACTICE"] ?? join(ROOT, "practice");

/** `main` is the chapter that is started, by its folder's name. Ends the program with a line if there is nothing to use. */
export function useMine(main: string, names: readonly string[]): void {
  const begun = names.flatMap((name) => practised(name) ?? []);
  const mine = begun.filter(({ name, isDone }) => isDone || name === main);
  const [id = main] = main.split("-", 1);
  if (titlesOf(main).length > 0 && !mine.some(({ name }) => name === main))
    return end(`--mine: you have not begun ${id}. Begin with: npm run practice ${id}`);
  if (mine.length === 0)
    return end("--mine: there is no mechanism yet of which all steps pass. Begin with: npm run practice s01");
  lead(mine.map(({ name }) => ({ from: `${packageOf(name)}/src/`, to: `${join(PRACTICE, name)}/src/` })));
  const open = begun.filter((one) => !mine.includes(one)).map((one) => one.id);
  const begunOnly = open.length > 0 ? `; begun, so still ours: ${open.join(", ")}` : "";
  // For the banner (runtime/src/terminal/mine.ts).
  process.env["COURSE_MINE"] = `${mine.map((one) => one.id).join(", ")}${begunOnly}`;
  process.on("uncaughtException", (error: unknown) => {
    // Once the program runs, it tells itself what was thrown, and goes on.
    if (process.listenerCount("uncaughtException") > 1) return;
    end(
      `${placeOf(error)}\nMend it, or see where you are: npm run practice ${mine.find(({ name }) => name === main)?.id ?? ""}`.trimEnd(),
    );
  });
  startWatchdog();
}

function practised(name: string): Practised | undefined {
  const [id = name] = name.split("-", 1);
  if (!existsSync(join(PRACTICE, name, "src"))) return undefined;
  const titles = titlesOf(name);
  const { practised: count } = standing(readProgress((problem) => console.error(problem))[id], titles);
  return { id, name, isDone: titles.length > 0 && count === titles.length };
}

function titlesOf(name: string): string[] {
  const { course } = manifestIn(join(ROOT, "chapters", name));
  return (course?.practice ?? []).map(({ title }) => title);
}

/** The package that the learner's folder was made from: the chapter, or the runtime (s02). */
function packageOf(name: string): string {
  const made = manifestIn(join(PRACTICE, name)).name;
  return join(ROOT, made === "@course/runtime" ? "packages/runtime" : `chapters/${name}`);
}

function manifestIn(folder: string): { name?: string; course?: { practice?: { title: string }[] } } {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as ReturnType<typeof manifestIn>;
}

function end(message: string): void {
  console.error(message);
  process.exit(1);
}
