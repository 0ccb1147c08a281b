// find: its words are a language of their own. Only tests and actions that are listed pass, and a command that it
// runs must be a reader that gets nothing but files of the kind that find was told to look for.
import type { ShellCommand } from "./reader.ts";
import type { Use } from "./use.ts";
import type { Word } from "./words.ts";

const ALONE = new Set(
  "! ( ) -not -o -a -or -and -print -print0 -prune -empty -depth -xdev -mount -readable -writable -executable -quit -true -false -ls -daystart -noleaf".split(
    " ",
  ),
);
const WITH_VALUE = new Set(
  "-name -iname -path -ipath -regex -iregex -regextype -type -maxdepth -mindepth -size -mtime -mmin -ctime -cmin -atime -amin -perm -user -group -links -inum -wholename -printf".split(
    " ",
  ),
);
const WITH_FILE = new Set(["-newer", "-samefile"]);

/** `reads` judges a command that find runs. */
export function readsFind(
  args: readonly Word[],
  reads: (command: ShellCommand) => Use | undefined,
): Use | undefined {
  if (args.some(({ kind }) => kind !== "literal")) return undefined;
  const texts = args.map(({ text }) => text);
  const begin = texts.findIndex((text) => /^[-(!]/.test(text));
  const end = begin === -1 ? texts.length : begin;
  const files = texts.slice(0, end);
  let walks = false;
  for (let at = end; at < texts.length; at++) {
    const text = texts[at] ?? "";
    if (ALONE.has(text)) continue;
    if (WITH_VALUE.has(text) || WITH_FILE.has(text)) {
      at += 1;
      const value = texts[at];
      if (value === undefined) return undefined;
      if (WITH_FILE.has(text)) files.push(value);
      continue;
    }
    const stop = text === "-exec" ? texts.findIndex((word, index) => index > at && /^[;+]$/.test(word)) : -1;
    const found = texts[stop] === "+" ? ["./found", "./found too"] : ["./found"];
    if (stop === -1 || !isAboutFiles(texts.slice(0, at), files)) return undefined;
    if (!readsFound(args.slice(at + 1, stop), found, reads)) return undefined;
    walks = true;
    at = stop;
  }
  return { files, walks, opensFolders: false };
}

/** Links are left out by -type f, so that what is read is where find looks. A name that it prints begins with its start. */
function isAboutFiles(before: readonly string[], starts: readonly string[]): boolean {
  const type = before[before.lastIndexOf("-type") + 1];
  return type === "f" && starts.length > 0 && !before.some((text) => /^(?:-o|-or|!|-not|,)$/.test(text));
}

/** Whether all that the command does is read what it is given, be it one file or several. */
function readsFound(
  words: Word[],
  found: readonly string[],
  reads: (command: ShellCommand) => Use | undefined,
): boolean {
  const [name, ...others] = words.slice(0, -1);
  if (name === undefined || name.text === "find" || words.at(-1)?.text !== "{}") return false;
  if (others.some(({ text }) => text.includes("{}"))) return false;
  const files = found.map((text): Word => ({ text, raw: text, kind: "literal" }));
  const use = reads({ words: [name, ...others, ...files] });
  return use !== undefined && use.files.join() === found.join();
}
