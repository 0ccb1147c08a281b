// The exercise the other way round: the code is given, and mutants of it, and the learner writes the tests. A chapter
// has it where it has a folder write-tests: what the learner begins with, a reference, and a patch for each mutant.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { chapters, type Chapter } from "../../lib/chapters.ts";
import { readPatch, type Patch } from "../../lib/patches.ts";
import { PRACTICE } from "../exercise.ts";

export interface Mutant {
  /** Counted from 1. */
  number: number;
  /** What it breaks, in behaviour's words. */
  breaks: string;
  /** A question, the way, and the changed lines. */
  hints: string[];
  patch: Patch;
}

export interface WriteTests {
  chapter: Chapter;
  /** chapters/sNN-name/write-tests, absolute. */
  source: string;
  /** The learner's folder, absolute: the working code, and test/mine.test.ts. */
  folder: string;
  mutants: Mutant[];
}

/** The learner's file, in their folder. */
export const TEST_FILE = "test/mine.test.ts";
const WORDS = 2;

/** The chapter's exercise; undefined if it has none. Throws an Error that names what is wrong with a patch. */
export function writeTestsOf(chapter: Chapter): WriteTests | undefined {
  const source = join(chapter.folder, "write-tests");
  if (!existsSync(source)) return undefined;
  const names = readdirSync(source).filter((name) => name.endsWith(".patch"));
  const mutants = names.sort().map((name, index) => mutantOf(chapter, join(source, name), index + 1));
  return { chapter, source, folder: join(PRACTICE, `${chapter.name}-tests`), mutants };
}

export function allWriteTests(): WriteTests[] {
  return chapters.flatMap((chapter) => writeTestsOf(chapter) ?? []);
}

function mutantOf(chapter: Chapter, file: string, number: number): Mutant {
  const patch = readPatch(chapter, file);
  const words = patch.fields("hint");
  if (words.length !== WORDS)
    throw new Error(`${patch.path} has ${words.length} lines "hint: ..."; it needs ${WORDS}.`);
  return { number, breaks: patch.field("breaks"), hints: [...words, changeOf(patch)], patch };
}

function changeOf({ changes }: Patch): string {
  return changes
    .flatMap(({ oldFileName = "", hunks }) => [
      `This is the change, in ${oldFileName.slice(oldFileName.indexOf("src/"))}:`,
      ...hunks.flatMap(({ lines }) => lines.filter((line) => /^[+-]/.test(line))),
    ])
    .join("\n");
}
