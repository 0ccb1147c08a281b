// What is known of commands that run others: which those are, and what they run.
import type { ShellCommand, Word } from "./shell-reader.ts";

/** Commands that run what they are given, in a way that is not read here, or change what later commands mean. */
const LAUNCHERS = new Set(
  `. alias ash at batch bash bind builtin chroot chrt compgen complete coproc csh dash doas enable eval exec fc fish flock
  hash ionice jobs ksh let mapfile nsenter parallel pkexec popd pushd rbash read readarray runuser screen script set setarch
  setsid sh shopt source ssh strace su sudo systemd-run taskset tcsh tmux toybox trap unshare watch zsh`.split(
    /\s+/,
  ),
);

/** Commands that run their arguments and nothing else; what they return is where these begin, -1 if that is unknown. */
const WRAPPERS: Readonly<Record<string, (args: readonly string[]) => number>> = {
  busybox: () => 0,
  command: () => 0,
  env: () => 0,
  nice: ([first, value = ""]) => (first === "-n" ? (/^-?\d+$/.test(value) ? 2 : -1) : 0),
  nohup: () => 0,
  stdbuf: () => 0,
  time: () => 0,
  timeout: ([first = ""]) => (/^[\d.]+[smhd]?$/.test(first) ? 1 : -1),
  xargs: () => 0,
};

/** The commands that one command amounts to: itself, or what it would run. Reasons are pushed to `unclear`. */
export function unfold({ words }: ShellCommand, unclear: string[]): ShellCommand[] {
  const [head, ...args] = words;
  const name = baseName(head?.text ?? "");
  if (isLauncher(name)) unclear.push(`${name} runs what it is given`);
  if (name === "git" && args[0]?.text.startsWith("-") && args[0].text !== "--no-pager")
    unclear.push("an option of git before its command can run others");
  // The same command to a rule, which does not speak of the pager.
  if (name === "git" && args[0]?.text === "--no-pager")
    return [{ words }, ...unfold({ words: words.toSpliced(1, 1) }, unclear)];
  // It only tells where a command is.
  if (name === "command" && args[0]?.text === "-v") return [{ words }];
  if (name === "find") return [{ words }, ...executedByFind(args, unclear)];
  const wrapper = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
  if (!wrapper || args.length === 0) return [{ words }];
  const start = wrapper(args.map(({ text }) => text));
  const inner = args.slice(Math.max(0, start));
  if (start === -1 || inner[0]?.kind !== "literal" || /^-|=|^!$/.test(inner[0].text)) {
    unclear.push(`${name} with options or variables`);
    return [{ words }, { words: inner }];
  }
  // What xargs reads becomes arguments.
  const extra: Word[] = name === "xargs" ? [{ text: "", kind: "unknown" }] : [];
  const run = unfold({ words: [...inner, ...extra] }, unclear);
  // A program of that name that is not the system's is a program like any other.
  return head?.text === name ? run : [{ words }, ...run];
}

function executedByFind(args: readonly Word[], unclear: string[]): ShellCommand[] {
  const mayBeOption = ({ kind, text }: Word) =>
    kind === "unknown" || (kind === "glob" && /^[-*?[]/.test(text));
  if (
    args.some(
      (word, index) => mayBeOption(word) && !/^-i?(name|path|regex)$/.test(args[index - 1]?.text ?? ""),
    )
  )
    unclear.push("find with words that are not known");
  return args.flatMap(({ text }, index) => {
    if (!/^-(exec|execdir|ok|okdir)$/.test(text)) return [];
    unclear.push(`find ${text} runs commands`);
    const rest = args.slice(index + 1);
    const end = rest.findIndex((word) => word.text === ";" || word.text === "+");
    return unfold({ words: end === -1 ? rest : rest.slice(0, end) }, unclear);
  });
}

export function isLauncher(path: string): boolean {
  return LAUNCHERS.has(baseName(path));
}

/** The last part of a path, so that /bin/rm is rm. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
