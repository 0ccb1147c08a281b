// Mutants that no test need kill, each with its reason, in accepted.json. One is known by its file and by the lines
// before and after, not by their numbers; those that change alike in one file are accepted together.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Mutant } from "./mutate.ts";

export interface Accepted {
  before: string;
  after: string;
  reason: string;
}

export type AcceptedFiles = Record<string, Accepted[]>;

export function readAccepted(file: string = join(import.meta.dirname, "accepted.json")): AcceptedFiles {
  return JSON.parse(readFileSync(file, "utf8")) as AcceptedFiles;
}

export function isAccepted(mutant: Mutant, accepted: AcceptedFiles): boolean {
  return (accepted[mutant.file] ?? []).some((one) => isSame(one, mutant));
}

/** Entries for these files that no mutant of theirs is. */
export function staleEntries(
  files: readonly string[],
  mutants: readonly Mutant[],
  accepted: AcceptedFiles,
): (Accepted & { file: string })[] {
  return files.flatMap((file) =>
    (accepted[file] ?? [])
      .filter((one) => !mutants.some((mutant) => mutant.file === file && isSame(one, mutant)))
      .map((one) => ({ ...one, file })),
  );
}

function isSame(one: Accepted, mutant: Mutant): boolean {
  return one.before === mutant.before && one.after === mutant.after;
}
