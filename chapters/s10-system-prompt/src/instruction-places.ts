// Where instructions live, as in Claude Code (https://code.claude.com/docs/en/memory): the user's in ~/.claude, the
// project's from the repository's root down to the folder, and rules beside them.
// Ours differs: above the repository's root nothing is read, and neither are ~/.claude/rules and managed settings.
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

const NAMES = ["CLAUDE.md", ".claude/CLAUDE.md", "CLAUDE.local.md"];
const FALLBACK = "AGENTS.md";
const RULES = ".claude/rules";
const MOST_RULES = 500;

/** The nearest folder above with a .git; where there is none, the folder itself. */
export function repositoryRoot(folder: string): string {
  for (let place = folder; ; place = dirname(place)) {
    if (existsSync(join(place, ".git"))) return place;
    if (dirname(place) === place) return folder;
  }
}

/** The folders from one down to another, both included. */
export function foldersBetween(top: string, bottom: string): string[] {
  const way = relative(top, bottom).split(sep).filter(Boolean);
  return way.reduce((folders, name) => [...folders, join(folders.at(-1) ?? top, name)], [top]);
}

/** The instruction files of these folders, in their order; AGENTS.md where there is no other at all. */
export function instructionFiles(folders: readonly string[], usesFallback: boolean): string[] {
  const names = usesFallback ? [FALLBACK] : NAMES;
  return folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .filter((path) => existsSync(path));
}

/** Whether no folder has instructions of its own, so that AGENTS.md counts. */
export function needsFallback(folders: readonly string[]): boolean {
  return instructionFiles(folders, false).length === 0;
}

/** The rule files of a folder, by name. */
export function ruleFiles(folder: string): string[] {
  try {
    return readdirSync(join(folder, RULES), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md"))
      .sort()
      .slice(0, MOST_RULES)
      .map((name) => join(folder, RULES, name));
  } catch {
    return [];
  }
}
