// Where instructions live, as in Claude Code (https://code.claude.com/docs/en/memory): the user's in ~/.claude, the
// project's from the repository's root down to the folder, and rules beside them.
// Ours differs: above the repository's root nothing is read, and neither are ~/.claude/rules and managed settings.
import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { errorCode } from "@course/runtime";

const NAMES = ["CLAUDE.md", ".claude/CLAUDE.md", "CLAUDE.local.md"];
const FALLBACK = "AGENTS.md";
const RULES = ".claude/rules";
const MOST_RULES = 500;
const MOST_FOLDERS = 200;

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

/** The rule files of a folder, by name, also where links lead to them. A folder that cannot be read is a problem. */
export function ruleFiles(folder: string): {
  files: string[];
  problems: { path: string; problem: string }[];
} {
  const files: string[] = [];
  const problems: { path: string; problem: string }[] = [];
  const seen = new Set<string>();
  for (const folders = [join(folder, RULES)]; folders.length > 0;) {
    const next = folders.shift() ?? "";
    try {
      const real = realpathSync(next);
      if (seen.has(real)) continue;
      seen.add(real);
      if (seen.size > MOST_FOLDERS) {
        problems.push({ path: next, problem: `is one of more than ${MOST_FOLDERS} folders` });
        break;
      }
      for (const name of readdirSync(real).sort()) {
        const path = join(next, name);
        if (isFolder(path)) folders.push(path);
        else if (name.endsWith(".md")) files.push(path);
      }
    } catch (error) {
      if (!["ENOENT", "ENOTDIR"].includes(errorCode(error)))
        problems.push({ path: next, problem: `cannot be read (${errorCode(error)})` });
    }
  }
  return { files: files.sort().slice(0, MOST_RULES), problems };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
