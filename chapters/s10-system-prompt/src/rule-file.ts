// A rule file: instructions, with or without frontmatter. With "paths:" it counts only for files that match.
import { loadLater } from "@course/runtime";
import { parseFrontmatter } from "@course/s05-skills";
import type picomatch from "picomatch";

const glob = loadLater<typeof picomatch>("picomatch", import.meta.url);

export interface Rule {
  body: string;
  /** Globs, relative to the folder that holds .claude; undefined for a rule that always counts. */
  paths?: string[];
}

/** Throws an Error that says what is wrong. */
export function parseRule(text: string): Rule {
  if (!/^---\s*(\r?\n|$)/.test(text)) return { body: text };
  const { fields, body } = parseFrontmatter(text);
  const { paths } = fields;
  if (paths === undefined || paths === null) return { body };
  const globs = typeof paths === "string" ? splitGlobs(paths) : paths;
  if (!Array.isArray(globs) || globs.length === 0 || !globs.every((glob) => typeof glob === "string"))
    throw new Error(`paths is ${JSON.stringify(paths)}; expected globs, such as "src/**/*.ts"`);
  return { body, paths: globs };
}

/** At commas outside braces. */
function splitGlobs(list: string): string[] {
  return list
    .split(/,(?![^{]*\})/)
    .map((glob) => glob.trim())
    .filter(Boolean);
}

/** Whether the rule counts for a file, given relative to the rule's folder, with "/" between names. */
export function matches({ paths }: Rule, file: string): boolean {
  return (paths ?? []).some((path) => glob().isMatch(file, path.replace(/^\.?\//, ""), { dot: true }));
}
