// A file against its counterpart in another chapter. It reads nothing, so that the site's pages can use it too.
import { structuredPatch } from "diff";

export interface FileDiff {
  /** Relative to the chapters' folders. */
  file: string;
  kind: "new" | "changed" | "same" | "gone";
  added: number;
  removed: number;
  /** Hunks of the unified diff, headers included. */
  lines: string[];
}

/** A text that is not there is undefined. */
export function diffTexts(file: string, old: string | undefined, now: string | undefined): FileDiff {
  const { hunks } = structuredPatch(file, file, old ?? "", now ?? "", "", "", { context: 3 });
  const lines = hunks.flatMap((hunk) => [
    `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    ...hunk.lines,
  ]);
  const count = (sign: string) =>
    hunks.flatMap((hunk) => hunk.lines).filter((line) => line.startsWith(sign)).length;
  const kind = old === undefined ? "new" : now === undefined ? "gone" : lines.length > 0 ? "changed" : "same";
  return { file, kind, added: count("+"), removed: count("-"), lines };
}
