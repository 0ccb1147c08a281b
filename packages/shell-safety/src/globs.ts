// What a glob may stand for, by the files that are there now: never less than bash would find, sometimes more.
// Not covered: a glob that only comes out of a variable or a substitution, as in echo $(cat x).
import { readdirSync } from "node:fs";
import type { ShellCommand } from "./reader.ts";
import type { Word } from "./words.ts";

const MOST_NAMES = 100;

/** The command with the names of its globs, as they are in these folders. */
export function withNames({ words }: ShellCommand, folders: readonly string[]): ShellCommand {
  return { words: words.map((word) => (word.kind === "glob" ? withNamesIn(word, folders) : word)) };
}

/** Words as the command gets them. A glob without names stays one. */
export function expanded(words: readonly Word[]): Word[] {
  return words.flatMap((word): Word[] =>
    word.names ? word.names.map((text) => ({ text, raw: text, kind: "literal" })) : [word],
  );
}

/** Folders, other than the one where the command runs, of which globs give names; undefined where nobody knows. */
export function foldersOfGlobs(words: readonly Word[]): string[] | undefined {
  const folders = words.flatMap(({ kind, text, names, hasGlob }) => {
    if (hasGlob) return [undefined];
    if (kind !== "glob") return [];
    // A folder that a glob finds may be a link, or the folder above.
    if (!names && /[*?[][^/]*\/./.test(text)) return [undefined];
    return (names ?? [text]).map((path) => path.slice(0, path.lastIndexOf("/") + 1)).filter(Boolean);
  });
  const known = folders.filter((folder) => folder !== undefined);
  return known.length === folders.length ? [...new Set(known)] : undefined;
}

function withNamesIn(word: Word, folders: readonly string[]): Word {
  const found = folders.map((folder) => expandGlob(word.text, folder));
  const names = found.every((list) => list !== undefined) ? [...new Set(found.flat())] : undefined;
  return names ? { ...word, names } : word;
}

/** Paths as bash would put them in the glob's place, and the glob itself; undefined where there are too many. */
function expandGlob(pattern: string, folder: string): string[] | undefined {
  let found = [pattern.startsWith("/") ? "/" : ""];
  for (const part of pattern.split("/").filter(Boolean)) {
    if (!/[*?[]/.test(part)) found = found.map((path) => join(path, part));
    // .* and .? may be the folder above.
    else if (part.startsWith(".")) return undefined;
    else found = found.flatMap((path) => matches(part, path, folder));
    if (found.length > MOST_NAMES) return undefined;
  }
  return [pattern, ...found];
}

function matches(part: string, path: string, folder: string): string[] {
  const matcher = new RegExp(`^${part.replace(/\[.*|[\s\S]/g, expression)}$`, "s");
  try {
    const names = readdirSync(path.startsWith("/") ? path : `${folder}/${path}`);
    return names
      .filter((name) => !name.startsWith(".") && matcher.test(name))
      .map((name) => join(path, name));
  } catch {
    // Where it leads is still told by its path.
    return [join(path, part)];
  }
}

/** A bracket expression is taken for anything up to the end of the name. */
function expression(character: string): string {
  if (character === "*" || character.startsWith("[")) return ".*";
  return character === "?" ? "." : character.replace(/[.+^${}()|\]\\]/g, "\\$&");
}

function join(path: string, name: string): string {
  return path === "" || path.endsWith("/") ? path + name : `${path}/${name}`;
}
