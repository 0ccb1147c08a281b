// What a learner has done so far: .progress.json at the root, which git ignores. It is a convenience: whatever it
// says, tests decide what is written, so a file that cannot be read costs marks and nothing else.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const VERSION = 1;
/** At the root; for tests, with the learner's folders of their own. */
const FILE = join(process.env["COURSE_PRACTICE"] ?? join(import.meta.dirname, "../.."), ".progress.json");

interface StepProgress {
  /** How many hints were shown. */
  hints: number;
  /** When its tests first passed, as ISO 8601. */
  passed?: string;
}

/** Tests that the learner writes against mutants. */
export interface TestsProgress {
  /** How many hints were shown, by the mutant's number. */
  hints: Record<string, number>;
  /** The numbers of those that survived the last run. */
  alive: number[];
  /** When they first killed all, as ISO 8601. */
  passed?: string;
}

export interface ChapterProgress {
  /** When its agent was first run in a terminal, as ISO 8601. */
  run?: string;
  /** By title. */
  steps: Record<string, StepProgress>;
  tests?: TestsProgress;
}

interface Progress {
  version: number;
  /** By short name, as in s13. */
  chapters: Record<string, ChapterProgress>;
}

export interface Standing {
  isRun: boolean;
  /** How many of the steps are passed. */
  practised: number;
  /** Marks of steps that the chapter no longer has under these titles. They stay in the file. */
  renamed: string[];
}

/** Where a learner stands in a chapter, whose steps have these titles. */
export function standing(chapter: ChapterProgress | undefined, titles: readonly string[]): Standing {
  const passed = Object.entries(chapter?.steps ?? {}).flatMap(([title, step]) =>
    step.passed === undefined ? [] : [title],
  );
  return {
    isRun: chapter?.run !== undefined,
    practised: titles.filter((title) => passed.includes(title)).length,
    renamed: passed.filter((title) => !titles.includes(title)),
  };
}

/** `onProblem` hears of a file that was set aside, because it could not be read. */
export function readProgress(onProblem: (problem: string) => void, file = FILE): Progress["chapters"] {
  const text = readIfThere(file);
  if (text === undefined) return {};
  const reason = whyNot(text);
  if (typeof reason !== "string") return reason.chapters;
  const aside = `${file}.old-${Date.now()}`;
  renameSync(file, aside);
  onProblem(`.progress.json ${reason}. It was set aside as ${aside.split("/").at(-1)}; marks begin anew.`);
  return {};
}

/** Changes one chapter's entry. The file is replaced whole, so a program that is killed leaves the old one. */
export function changeProgress(
  id: string,
  change: (chapter: ChapterProgress) => void,
  onProblem: (problem: string) => void,
  file = FILE,
): void {
  const chapters = readProgress(onProblem, file);
  const chapter = (chapters[id] ??= { steps: {} });
  change(chapter);
  const half = `${file}.${process.pid}.tmp`;
  writeFileSync(half, `${JSON.stringify({ version: VERSION, chapters } satisfies Progress, null, 2)}\n`);
  renameSync(half, file);
}

/** Notes that a chapter was run. What cannot be written is not worth a word: it is only a mark. */
export function noteRun(id: string, file = FILE): void {
  try {
    if (readProgress(() => {}, file)[id]?.run !== undefined) return;
    changeProgress(
      id,
      (chapter) => (chapter.run = new Date().toISOString()),
      () => {},
      file,
    );
  } catch {
    // A folder that is read-only, for instance.
  }
}

function whyNot(text: string): Progress | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "is not JSON";
  }
  if (!isRecord(value) || !("version" in value)) return "is no progress of this course";
  if (value["version"] !== VERSION) return `is of version ${String(value["version"])}, not ${VERSION}`;
  if (!isRecord(value["chapters"]) || !Object.values(value["chapters"]).every(isChapter))
    return "is no progress of this course";
  return { version: VERSION, chapters: value["chapters"] as Progress["chapters"] };
}

function isChapter(value: unknown): boolean {
  return (
    isRecord(value) &&
    isRecord(value["steps"]) &&
    (value["tests"] === undefined || isTests(value["tests"])) &&
    Object.values(value["steps"]).every((step) => isRecord(step) && typeof step["hints"] === "number")
  );
}

function isTests(value: unknown): boolean {
  return isRecord(value) && isRecord(value["hints"]) && Array.isArray(value["alive"]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
