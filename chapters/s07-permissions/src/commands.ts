// What is known of commands: which run others, which only read, and what a rule can say about them.
import type { ShellCommand, Word } from "./shell-reader.ts";

const literal = (text: string): Word => ({ text, kind: "literal" });

/** Commands that run what they are given, in a way that is not read here. */
const LAUNCHERS = new Set(
  `. alias bash bind builtin chroot coproc dash doas enable eval exec fish flock hash ksh let mapfile parallel read
  readarray script set setsid sh shopt source ssh strace su sudo trap unshare watch zsh`.split(/\s+/),
);

/** Commands that run their arguments and nothing else; what they return is where these begin. */
const WRAPPERS: Readonly<Record<string, (args: readonly string[]) => number>> = {
  busybox: () => 0,
  command: () => 0,
  env: () => 0,
  nice: ([first]) => (first === "-n" ? 2 : 0),
  nohup: () => 0,
  stdbuf: () => 0,
  time: () => 0,
  timeout: () => 1,
  xargs: () => 0,
};

/** The commands that one command amounts to: itself, and what it would run. Reasons are pushed to `unclear`. */
export function unfold({ words }: ShellCommand, unclear: string[]): ShellCommand[] {
  const [head, ...args] = words;
  const name = baseName(head?.text ?? "");
  if (LAUNCHERS.has(name)) unclear.push(`${name} runs what it is given`);
  if (name === "cd" || name === "pushd" || name === "popd")
    unclear.push(`${name} changes what later paths mean`);
  if (name === "git" && args[0]?.text.startsWith("-"))
    unclear.push("an option of git before its command can run others");
  if (name === "find") return [{ words }, ...executedByFind(args, unclear)];
  const wrapper = WRAPPERS[name];
  if (!wrapper || args.length === 0) return [{ words }];
  const inner = args.slice(wrapper(args.map(({ text }) => text)));
  if (inner[0]?.kind !== "literal" || /^-|=/.test(inner[0].text)) {
    unclear.push(`${name} with options or variables`);
    return [{ words }, { words: inner }];
  }
  // What xargs reads becomes arguments.
  const extra: Word[] = name === "xargs" ? [{ text: "", kind: "unknown" }] : [];
  return unfold({ words: [...inner, ...extra] }, unclear);
}

function executedByFind(args: readonly Word[], unclear: string[]): ShellCommand[] {
  if (args.some(({ kind }) => kind === "unknown")) unclear.push("find with words that are not known");
  return args.flatMap(({ text }, index) => {
    if (!/^-(exec|execdir|ok|okdir)$/.test(text)) return [];
    unclear.push(`find ${text} runs commands`);
    const rest = args.slice(index + 1);
    const end = rest.findIndex((word) => word.text === ";" || word.text === "+");
    return unfold({ words: end === -1 ? rest : rest.slice(0, end) }, unclear);
  });
}

/** The last part of a path, so that /bin/rm is rm. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Read-only commands whose arguments are not files. */
const NO_FILES = new Set(
  "basename date dirname echo false id printf pwd seq sleep true uname whoami".split(" "),
);
/** For each read-only command, the options that would make it write or run something. */
const READ_ONLY: Readonly<Record<string, RegExp | undefined>> = {
  ...Object.fromEntries([...NO_FILES].map((name) => [name, undefined])),
  ...Object.fromEntries(
    "cat cmp comm cut diff du egrep fgrep grep head ls nl readlink realpath stat tail tr wc which"
      .split(" ")
      .map((name) => [name, undefined]),
  ),
  date: /^(-[^uRI-]|--[^ui]|[^-+])/,
  file: /^(-.*[Cm]|--)/,
  find: /^-(delete|exec|ok|fls|fprint|files0)/,
  printf: /^-/,
  sort: /^(-[^-]*[oTS]|--(o|c|t|f))/,
  tree: /^(-[^-]*o|--o)/,
};
const GIT_READS = new Set("blame describe diff log ls-files rev-parse shortlog show status".split(" "));
const GIT_WRITES = ["output", "ext-diff", "textconv", "exec", "open-files-in-pager"];

/** Whether the command only reads, and only files that `mayRead` lets it. */
export function isReadOnly({ words }: ShellCommand, mayRead: (path: string) => boolean): boolean {
  const [name = literal(""), ...args] = words;
  // .? and .* may become .., which leads out.
  const leadsUp = ({ kind, text }: Word) => kind === "glob" && /(^|\/)\.[^/]*[*?[]/.test(text);
  if (words.some((word) => word.kind === "unknown" || leadsUp(word))) return false;
  const texts = args.map(({ text }) => text);
  if (name.text === "git")
    return readsGit(texts) && texts.slice(1).every((text) => pathsIn(text).every(mayRead));
  if (!Object.hasOwn(READ_ONLY, name.text)) return false;
  const refused = READ_ONLY[name.text];
  if (refused && texts.some((text) => refused.test(text))) return false;
  return NO_FILES.has(name.text) || texts.every((text) => pathsIn(text).every(mayRead));
}

function readsGit([command = "", ...args]: readonly string[]): boolean {
  if (!GIT_READS.has(command)) return false;
  // git takes any beginning of an option's name.
  return args.every((arg) => {
    const option = /^--([a-z-]+)/.exec(arg)?.[1];
    return option === undefined || GIT_WRITES.every((written) => !written.startsWith(option));
  });
}

/** What a word may name as a path: itself, or what follows the option in it. */
export function pathsIn(text: string): string[] {
  if (!text.startsWith("-")) return [text];
  const value = /^-[^=]*=(.+)$/.exec(text)?.[1] ?? /^-[a-zA-Z](.+)$/.exec(text)?.[1];
  return value === undefined ? [] : [value];
}
