// The learner's folder, practice/sNN-name: a package like the chapter's, under the same name, so that its tests and
// its agent import what the learner wrote. Only src is the learner's; the rest is made anew each time.
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { makeFolder } from "../../packages/runtime/src/workspace/state-folder.ts";
import { ROOT } from "../lib/chapters.ts";
import { PRACTICE, sourcesIn, type Exercise, type Step } from "./exercise.ts";
import { withStubs } from "./stubs.ts";

/** What of a package is not copied. */
const LEFT = new Set(["node_modules", "src", "break", "write-tests", "test-results.json", ".turbo"]);
/** Hashes of the files as they were made: one that the learner did not touch follows the chapter. */
const MADE = ".made.json";

/** Makes the package in `folder`, with the functions of `steps` emptied. Files in `kept` stay as they are. */
export function makePackage(
  exercise: Exercise,
  folder: string,
  steps: readonly Step[],
  kept: ReadonlySet<string> = new Set(),
): void {
  makeFolder(folder, relative(dirname(PRACTICE), folder));
  for (const name of readdirSync(exercise.package)) {
    if (LEFT.has(name)) continue;
    rmSync(join(folder, name), { recursive: true, force: true });
    cpSync(join(exercise.package, name), join(folder, name), { recursive: true });
  }
  const modules = join(folder, "node_modules");
  rmSync(modules, { force: true });
  symlinkSync(join(exercise.package, "node_modules"), modules);
  for (const file of sourcesIn(exercise.package))
    if (!kept.has(file)) write(join(folder, file), sourceFor(exercise, file, steps));
}

/** A file of the chapter's package, with the functions of `steps` emptied. */
export function sourceFor(exercise: Exercise, file: string, steps: readonly Step[]): string {
  return withStubs(readFileSync(join(exercise.package, file), "utf8"), file, exercise, steps);
}

/** Makes the learner's folder, or brings all but the learner's own work in it up to date. True if it is new. */
export function openFolder(exercise: Exercise): boolean {
  const { folder } = exercise;
  const isNew = !existsSync(folder);
  const made = madeIn(folder);
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  const kept = new Set(sourcesIn(folder).filter((file) => made[file] !== digest(read(file))));
  makePackage(exercise, folder, exercise.steps, kept);
  const untouched = sourcesIn(exercise.package).filter((file) => !kept.has(file));
  const now = Object.fromEntries(untouched.map((file) => [file, digest(read(file))]));
  write(join(folder, MADE), `${JSON.stringify(now, null, 2)}\n`);
  writeTsconfig();
  return isNew;
}

export function writeTsconfig(): void {
  write(join(PRACTICE, "tsconfig.json"), TSCONFIG);
}

/** For editors. What a stub does not use yet is no mistake. */
const TSCONFIG = `${JSON.stringify(
  {
    extends: relative(PRACTICE, join(ROOT, "tsconfig.json")),
    compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
    include: ["*/src", "*/test"],
  },
  null,
  2,
)}\n`;

function madeIn(folder: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(join(folder, MADE), "utf8")) as Record<string, string>;
  } catch {
    // Without it every file counts as the learner's, and stays.
    return {};
  }
}

/** Puts the folder beside under a name of its own; returns that name, relative to the repository. */
export function putAside(exercise: Exercise): string {
  const aside = freeName(exercise.folder);
  renameSync(exercise.folder, aside);
  return relative(dirname(PRACTICE), aside);
}

/** Keeps a copy beside; returns its name, relative to the repository. */
export function copyAside(exercise: Exercise): string {
  const aside = freeName(exercise.folder);
  cpSync(exercise.folder, aside, { recursive: true, verbatimSymlinks: true });
  return relative(dirname(PRACTICE), aside);
}

function freeName(folder: string): string {
  let number = 1;
  while (existsSync(`${folder}.old-${number}`)) number += 1;
  return `${folder}.old-${number}`;
}

function write(path: string, text: string): void {
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
