// Commands that only read, and for each what would make it write or run something. What is not listed is no reader.
import type { ShellCommand, Word } from "./shell-reader.ts";

/** Their arguments are not files. */
const NO_FILES =
  "basename cd date dirname echo false id printf pwd seq sleep tr true type uname whoami".split(" ");
const FILES =
  "cat cmp comm cut diff du egrep fgrep file find grep head ls nl readlink realpath sort stat tail tree uniq wc which".split(
    " ",
  );
/** Words that make a reader something else; short options may stand together. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  date: /^(-(?![uR]+$|I[a-z]*$)|--(?!utc$|universal$|iso-8601|rfc-)|[^-+])/,
  file: /^-(?!b?i?$)/,
  find: /^-(delete|exec|ok|fls|fprint|files0)/,
  printf: /^-/,
  sort: /^(-[^-]*[oTS]|--(o|c|t|f))/,
  tree: /^(-[^-]*[oR]|--o)/,
};
const GIT_READS = new Set("blame describe diff log ls-files rev-parse shortlog show status".split(" "));
const GIT_WRITES = ["output", "ext-diff", "textconv", "exec", "open-files-in-pager"];
/** git commands that only read in just these forms. */
const GIT_FORMS =
  /^(branch( (-a|-r|-v|-vv|--all|--list|--show-current))*|remote( -v)?|stash list|tag( -l| --list)?)$/;

/** Whether the command only reads, and only files that `mayRead` lets it. */
export function isReadOnly({ words }: ShellCommand, mayRead: (path: string) => boolean): boolean {
  const name = words[0]?.text ?? "";
  // echo prints what it gets, whatever that is.
  if (name === "echo") return true;
  if (name === "command") return words[1]?.text === "-v" && words.length === 3;
  const args = words.slice(1);
  if (words.some(({ kind }) => kind === "unknown") || args.some(leadsUp)) return false;
  const texts = args.map(({ text }) => text);
  if (name === "git")
    return readsGit(texts) && !args.some(mayBeOption) && filesOf(texts.slice(1)).every(mayRead);
  if (!NO_FILES.includes(name) && !FILES.includes(name)) return false;
  const refused = REFUSED[name];
  if (refused && (texts.some((text) => refused.test(text)) || (name !== "find" && args.some(mayBeOption))))
    return false;
  if (name === "cd") return texts.length === 1 && !texts[0]?.startsWith("-");
  if (name === "uniq" && writesSecond(args)) return false;
  return NO_FILES.includes(name) || filesOf(fileWords(name, texts)).every(mayRead);
}

/** The second file of uniq is written, and a glob may be two. */
function writesSecond(args: readonly Word[]): boolean {
  const files = args.filter(({ text }) => text === "-" || !text.startsWith("-"));
  return files.length > 1 || args.some(({ kind, text }) => kind === "glob" || text === "--");
}

/** .? and .* may become .., which leads out. */
function leadsUp({ kind, text }: Word): boolean {
  return kind === "glob" && /(^|\/)\.[^/]*[*?[]/.test(text);
}

/** A file may be named like an option; a glob finds it. */
function mayBeOption({ kind, text }: Word): boolean {
  return kind === "glob" && /^[-*?[]/.test(text);
}

/** The words without those that are patterns or separators. */
function fileWords(name: string, texts: readonly string[]): readonly string[] {
  if (name === "cut") return texts.filter((text) => !/^-[dfc]/.test(text));
  const hasPattern = texts.some((text) => /^(-[^-]*[ef]|--(reg|file)|--$)/.test(text));
  if (!name.endsWith("grep") || hasPattern) return texts;
  const pattern = texts.findIndex((text) => !text.startsWith("-"));
  return texts.filter((_, index) => index !== pattern);
}

function readsGit(texts: readonly string[]): boolean {
  const [command = "", ...args] = texts[0] === "--no-pager" ? texts.slice(1) : texts;
  if (GIT_FORMS.test([command, ...args].join(" "))) return true;
  if (!GIT_READS.has(command)) return false;
  // git takes any beginning of an option's name.
  return args.every((arg) => {
    const option = /^--([a-z-]+)/.exec(arg)?.[1];
    return option === undefined || GIT_WRITES.every((written) => !written.startsWith(option));
  });
}

function filesOf(texts: readonly string[]): string[] {
  return texts.flatMap(pathsIn);
}

/** Whatever in a word may be a path: all of it, what follows = or :, and of an option every end, as in -hf/etc/x. */
export function pathsIn(text: string): string[] {
  const parts = text.split(/[=:]/).slice(1).filter(Boolean);
  if (!text.startsWith("-")) return [text, ...parts];
  const ends = text.startsWith("--")
    ? []
    : Array.from({ length: Math.max(0, text.length - 2) }, (_, index) => text.slice(index + 2));
  return [...parts, ...ends];
}
