// What one chapter adds to another: files against their counterparts, tools and lines.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@course/runtime/testing";
import { structuredPatch } from "diff";
import { linesOf, sourceFiles, toolNames, type Chapter } from "./chapters.ts";

export interface FileDiff {
  /** Relative to the chapters' folders. */
  file: string;
  kind: "new" | "changed" | "same" | "gone";
  added: number;
  removed: number;
  /** Hunks of the unified diff, headers included. */
  lines: string[];
}

export interface ChapterDiff {
  files: FileDiff[];
  toolsAdded: string[];
  toolsGone: string[];
  toolCounts: [before: number, after: number];
  lineCounts: [before: number, after: number];
}

export async function diffChapters(before: Chapter, after: Chapter): Promise<ChapterDiff> {
  const names = [...new Set([...sourceFiles(after), ...sourceFiles(before)])];
  const [toolsBefore, toolsAfter] = [await toolsOfChapter(before), await toolsOfChapter(after)];
  return {
    files: names.map((file) => diffFile(before, after, file)),
    toolsAdded: toolsAfter.filter((name) => !toolsBefore.includes(name)),
    toolsGone: toolsBefore.filter((name) => !toolsAfter.includes(name)),
    toolCounts: [toolsBefore.length, toolsAfter.length],
    lineCounts: [ownLines(before), ownLines(after)],
  };
}

/** Lines of the chapter's own sources. */
export function ownLines(chapter: Chapter): number {
  return sourceFiles(chapter).reduce((sum, file) => sum + linesOf(join(chapter.folder, file)), 0);
}

export async function toolsOfChapter(chapter: Chapter): Promise<string[]> {
  const folder = temporaryFolder();
  try {
    return await toolNames(chapter, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function diffFile(before: Chapter, after: Chapter, file: string): FileDiff {
  const read = ({ folder }: Chapter) =>
    existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8") : undefined;
  const [old, now] = [read(before), read(after)];
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
