// The learner's folder: the chapter's working code, made anew each time, and the test file, which is the learner's. And
// the copies that the tests run in, one for the working code and one for each mutant.
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromRoot } from "../../lib/chapters.ts";
import { patched, type Patch } from "../../lib/patches.ts";
import { writeTsconfig } from "../folder.ts";
import { TEST_FILE, type WriteTests } from "./exercise.ts";

/** Makes the folder, or brings the code in it up to date. True if there was no test file yet. */
export function openTests(exercise: WriteTests): boolean {
  const { folder } = exercise;
  copyCode(exercise, folder);
  writeTsconfig();
  const file = join(folder, TEST_FILE);
  if (existsSync(file)) return false;
  mkdirSync(join(folder, "test"), { recursive: true });
  writeFileSync(file, beginning(exercise));
  return true;
}

/** A package in `folder` with these tests, and with the mutant's change if one is given. */
export function makeCopy(exercise: WriteTests, tests: string, folder: string, patch?: Patch): void {
  copyCode(exercise, folder);
  mkdirSync(join(folder, "test"));
  copyFileSync(tests, join(folder, TEST_FILE));
  for (const { file, text } of patch ? patched(patch) : []) writeFileSync(join(folder, file), text);
}

/** Puts the test file beside under a name of its own; returns that name, from the repository's root. */
export function putTestsAside({ folder }: WriteTests): string {
  const file = join(folder, TEST_FILE);
  let number = 1;
  while (existsSync(`${file}.old-${number}`)) number += 1;
  renameSync(file, `${file}.old-${number}`);
  return fromRoot(`${file}.old-${number}`);
}

function beginning({ chapter, source, mutants }: WriteTests): string {
  const list = mutants.map(({ number, breaks }) => `//   ${number}. ${breaks}\n`).join("");
  return `// Tests that pass on the code in ../src, and fail on each of these mutants of it:
${list}// npm run practice ${chapter.id} -- --write-tests runs them on all.
${readFileSync(join(source, "begin.ts"), "utf8")}`;
}

function copyCode({ chapter }: WriteTests, folder: string): void {
  mkdirSync(folder, { recursive: true });
  rmSync(join(folder, "src"), { recursive: true, force: true });
  cpSync(join(chapter.folder, "src"), join(folder, "src"), { recursive: true });
  copyFileSync(join(chapter.folder, "package.json"), join(folder, "package.json"));
  const modules = join(folder, "node_modules");
  rmSync(modules, { force: true });
  symlinkSync(join(chapter.folder, "node_modules"), modules);
}
