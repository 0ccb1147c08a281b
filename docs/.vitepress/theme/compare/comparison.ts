// Two chapters, file by file.
import { diffTexts, type FileDiff } from "../../../../scripts/lib/file-diff.ts";
import type { ChapterSources } from "../../build/shapes.ts";
import { loadJson } from "../parts/data.ts";

export interface ComparedFile extends FileDiff {
  /** Each side's lines as HTML; none for a file that it does not have. */
  before: readonly string[];
  after: readonly string[];
}

/** What differs, and how many files are the same. Rejects if a chapter cannot be loaded. */
export async function compare(
  before: string,
  after: string,
): Promise<{ files: ComparedFile[]; same: number }> {
  const [old, now] = await Promise.all(
    [before, after].map((id) => loadJson<ChapterSources>(`chapters/${id}.json`)),
  );
  const linesOf = (sources: ChapterSources | undefined, path: string) =>
    sources?.files.find((file) => file.path === path)?.lines;
  const paths = new Set([...(now?.files ?? []), ...(old?.files ?? [])].map(({ path }) => path));
  const files = [...paths].map((path) => {
    const [left, right] = [linesOf(old, path), linesOf(now, path)];
    return { ...diffTexts(path, textOf(left), textOf(right)), before: left ?? [], after: right ?? [] };
  });
  const differing = files.filter(({ kind }) => kind !== "same");
  return { files: differing, same: files.length - differing.length };
}

/** The text that highlighted lines show. */
function textOf(lines: readonly string[] | undefined): string | undefined {
  if (lines === undefined) return undefined;
  const element = document.createElement("template");
  element.innerHTML = lines.join("\n");
  return element.content.textContent ?? "";
}
