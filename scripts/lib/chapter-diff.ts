// What one chapter adds to another: files against their counterparts, tools and lines.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@course/runtime/testing";
import { linesOf, sourceFiles, toolNames, type Chapter } from "./chapters.ts";
import { diffTexts, type FileDiff } from "./file-diff.ts";

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
  return diffTexts(file, read(before), read(after));
}
