// Beginning anew, the whole exercise or one step. What was written is kept beside it.
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { fromRoot } from "../lib/chapters.ts";
import type { Exercise, Step } from "./exercise.ts";
import { copyAside, openFolder, putAside } from "./folder.ts";
import { withStubs } from "./stubs.ts";

/** Returns what was done, in words; `onEmptied` hears of the steps. Throws an Error if there is nothing to reset, or no such step. */
export async function reset(
  exercise: Exercise,
  number: string,
  isSure: boolean,
  onEmptied: (steps: readonly Step[]) => void,
): Promise<string> {
  const { chapter, folder, steps } = exercise;
  if (!existsSync(folder)) throw new Error(`${chapter.id} is not begun: npm run practice ${chapter.id}`);
  const step = number === "" ? undefined : steps[Number(number) - 1];
  if (number !== "" && step === undefined)
    throw new Error(`${chapter.id} has no step ${number}; it has 1 to ${steps.length}.`);
  const what = step ? `step ${step.number} (${step.title})` : "all steps";
  const question = `Begin ${what} of ${chapter.id} anew? What you wrote is kept beside. [y/N] `;
  if (!isSure && !(await agrees(question))) return "Nothing was changed.";
  const done = step ? resetStep(exercise, step) : resetAll(exercise);
  onEmptied(step ? [step] : steps);
  return done;
}

function resetAll(exercise: Exercise): string {
  const aside = putAside(exercise);
  openFolder(exercise);
  return `${fromRoot(exercise.folder)} is made anew. What you wrote is in ${aside}.`;
}

function resetStep(exercise: Exercise, step: Step): string {
  const emptied = [...new Set(step.functions.map(({ file }) => file))].map((file) => {
    const path = join(exercise.folder, file);
    return { path, text: withStubs(readFileSync(path, "utf8"), file, exercise, [step]) };
  });
  const aside = copyAside(exercise);
  for (const { path, text } of emptied) writeFileSync(path, text);
  return `Step ${step.number} is empty again. A copy of what you wrote is in ${aside}.`;
}

/** Throws an Error where nobody is there to ask. */
export async function agrees(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Error("Nobody is here to ask. Add --yes.");
  // The terminal edits the line itself. Ctrl-D closes it without an answer, and nothing would wake the question then.
  const lines = createInterface({ input: process.stdin, output: process.stdout, terminal: false });
  const closed = once(lines, "close").then(() => "");
  try {
    return /^y(es)?$/i.test((await Promise.race([lines.question(question), closed])).trim());
  } finally {
    lines.close();
  }
}
