// The learner's sources against ours.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { structuredPatch } from "diff";
import { cyan, green, red, bold, type Text } from "../../packages/runtime/src/terminal/text.ts";
import { fromRoot } from "../lib/chapters.ts";
import { sourcesIn, type Exercise, type Step } from "./exercise.ts";
import { sourceFor } from "./folder.ts";

export interface Difference {
  added: number;
  removed: number;
  lines: Text[];
}

/** What the learner has that we have not (+), and the other way round (-). Functions of `later` steps count as alike. */
export function difference(exercise: Exercise, later: readonly Step[] = []): Difference {
  const files = [...new Set([...sourcesIn(exercise.package), ...sourcesIn(exercise.folder)])];
  const known = sourcesIn(exercise.package);
  const patches = files.flatMap((file) => {
    const path = join(exercise.folder, file);
    const ours = known.includes(file) ? sourceFor(exercise, file, later) : "";
    const { hunks } = structuredPatch(file, file, ours, readIfThere(path), "", "", { context: 2 });
    return hunks.length > 0 ? [{ path: fromRoot(path), hunks }] : [];
  });
  const all = patches.flatMap(({ hunks }) => hunks.flatMap(({ lines }) => lines));
  return {
    added: all.filter((line) => line.startsWith("+")).length,
    removed: all.filter((line) => line.startsWith("-")).length,
    lines: patches.flatMap(({ path, hunks }) => [
      bold(path),
      ...hunks.flatMap(({ oldStart, newStart, lines }) => [
        cyan(`@@ ours ${oldStart}, yours ${newStart} @@`),
        ...lines.map((line) =>
          line.startsWith("+") ? green(line) : line.startsWith("-") ? red(line) : line,
        ),
      ]),
    ]),
  };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
