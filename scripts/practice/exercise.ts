// What a chapter gives to practise: the steps on its card, and where in which package their functions lie.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chapters, fromRoot, ROOT, type Chapter } from "../lib/chapters.ts";
import { bodyOf } from "../lib/symbols.ts";

/** An entry of "practice" in the "course" card of a chapter's package.json. */
interface CardStep {
  title: string;
  /** `function`, `Class.method`, `function.member`; with `folder/file.ts ` before it where more than one file has it. */
  write: string[];
  /** Names of tests, `%s` and all, as they stand in the source. */
  tests: string[];
  hints: string[];
  /** What is to be written, where the doc comments do not say it. */
  contract?: string;
}

export interface Step extends CardStep {
  /** Counted from 1. */
  number: number;
  functions: { symbol: string; file: string }[];
}

export interface Exercise {
  chapter: Chapter;
  /** The package that the functions lie in: the chapter, or the runtime (s02). Absolute. */
  package: string;
  steps: Step[];
  /** The learner's folder, absolute. */
  folder: string;
}

/** Where the learner's folders lie; tests have their own. */
export const PRACTICE = process.env["COURSE_PRACTICE"] ?? join(ROOT, "practice");
const HINTS = 3;

/** The chapter's exercise; undefined if its card has none. Throws an Error that names what is wrong on the card. */
export function exerciseOf(chapter: Chapter): Exercise | undefined {
  const steps = stepsOn(chapter);
  if (steps.length === 0) return undefined;
  const runtime = join(ROOT, "packages/runtime");
  const first = steps[0]?.write[0] ?? "";
  const home = filesWith(chapter.folder, first).length > 0 ? chapter.folder : runtime;
  return {
    chapter,
    package: home,
    folder: join(PRACTICE, chapter.name),
    steps: steps.map((step, index) => ({
      ...step,
      number: index + 1,
      functions: step.write.map((name) => locate(chapter, home, name)),
    })),
  };
}

export function exercises(): Exercise[] {
  return chapters.flatMap((chapter) => exerciseOf(chapter) ?? []);
}

/** The steps on a chapter's card, checked. */
function stepsOn({ id, folder }: Chapter): CardStep[] {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    course?: { practice?: CardStep[] };
  };
  const steps = manifest.course?.practice ?? [];
  for (const [index, { title, write, tests, hints }] of steps.entries()) {
    const of = `chapters/${id}: step ${index + 1} of "practice"`;
    if (!title || !write?.length || !tests?.length)
      throw new Error(`${of} needs a title, functions to write, and tests.`);
    if (hints?.length !== HINTS || hints.some((hint) => hint.trim() === ""))
      throw new Error(`${of}, "${title}", has ${hints?.length ?? 0} hints; it needs ${HINTS}.`);
    if (steps.some((other, at) => at < index && other.title === title))
      throw new Error(`${of} has the title of an earlier step: "${title}".`);
  }
  return steps;
}

function locate({ id }: Chapter, home: string, name: string): Step["functions"][number] {
  const files = filesWith(home, name);
  const [file, ...others] = files;
  if (file === undefined)
    throw new Error(`${fromRoot(home)}/src has no function ${name}, which the "practice" of ${id} names.`);
  if (others.length > 0)
    throw new Error(`${id}: ${files.join(" and ")} have ${name}. Write "${file.slice(4)} ${name}".`);
  return { symbol: symbolOf(name), file };
}

const symbolOf = (name: string) => name.split(" ").at(-1) ?? name;

/** Files of a package's src, relative to the package, that have the function. */
function filesWith(home: string, name: string): string[] {
  const symbol = symbolOf(name);
  const [only] = name.includes(" ") ? name.split(" ") : [];
  const last = symbol.split(".").at(-1) ?? symbol;
  return sourcesIn(home).filter((file) => {
    if (only !== undefined && file !== `src/${only}`) return false;
    const source = readFileSync(join(home, file), "utf8");
    return source.includes(last) && has(source, file, symbol);
  });
}

function has(source: string, file: string, symbol: string): boolean {
  try {
    bodyOf(source, file, symbol);
    return true;
  } catch {
    return false;
  }
}

/** The sources of a package, relative to it. */
export function sourcesIn(home: string): string[] {
  if (!existsSync(join(home, "src"))) return [];
  return readdirSync(join(home, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `src/${name}`)
    .sort();
}
