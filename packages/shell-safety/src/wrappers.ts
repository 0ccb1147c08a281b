// What is known of commands that run others: which those are, and what they run.
import { readOnlyUse } from "./read-only.ts";
import type { ShellCommand } from "./reader.ts";
import type { Word } from "./words.ts";

/** Commands that run what they are given, in a way that is not read here, or change what later commands mean. */
const LAUNCHERS = new Set(
  `. alias ash at batch bash bind builtin caller chroot chrt compgen complete coproc csh dash declare disown doas enable eval
  exec export fc fg fish flock getopts hash ionice jobs ksh let local mapfile nsenter parallel pkexec popd pushd rbash
  read readarray readonly runuser screen script set setarch setpriv setsid sh shopt source ssh strace su sudo systemd-run
  taskset tcsh tmux toybox trap typeset unset unshare wait watch zsh`.split(/\s+/),
);

/** Programs whose arguments are code, or name what they run or read. */
const INTERPRETERS = new Set(
  `awk gawk mawk nawk perl ed ex vi vim nvim emacs sed tar bsdtar cpio zip rsync scp sftp gdb lldb sqlite3 psql mysql less more man
  docker podman kubectl expect tclsh wish osascript m4 dc bc socat nc ncat split curl wget openssl gpg crontab`.split(
    /\s+/,
  ),
);
/** Programs that run code which stands behind an option, by what such an option looks like; - is their input. */
const CODE_OPTIONS: readonly (readonly [name: RegExp, option: RegExp])[] = [
  [/^python[\d.]*$/, /^-(?:$|[A-Za-z]*[cm])/],
  [
    /^(?:node|nodejs|deno|bun|tsx|ts-node)$/,
    /^-(?:$|[a-z]*[epr]|-(?:eval|print|require|import|loader|experimental-loader))/,
  ],
  [/^(?:ruby|php|lua|Rscript|R|julia)$/, /^-(?:$|[A-Za-z]*[erBRES])/],
  [
    /^(?:npm|npx|pnpm|pnpx|yarn|bunx)$/,
    /^(?:exec|x|dlx|-c|--call.*|--shell-mode|--node-options.*|--script-shell.*)$/,
  ],
  [/^g?make$/, /^(?:--eval.*|-f.*|--(?:make)?file.*|-E.*|SHELL=.*)$/],
];
/** Commands of git that print no contents and run nothing, unless an option says so. */
const QUIET_GIT =
  /^(?:add|branch|checkout|clean|clone|commit|fetch|init|merge|mv|pull|push|remote|reset|restore|rm|stash|switch|tag)$/;
const QUIET_GIT_OPTION =
  /^(?:-[Aabdfmnqsu]|-[am]{2}|--(?:all|amend|no-edit|no-verify|message|quiet|force|force-with-lease|set-upstream|tags|rebase|ff-only|no-ff|hard|soft|mixed|staged|cached|delete|prune|depth=\d+)|--)$/;
/** Without arguments these run what they are sent. */
const READS_CODE = /^(?:python[\d.]*|node|nodejs|ruby|php|lua|R)$/;

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
  xargs: afterOptionsOfXargs,
};

function afterOptionsOfXargs(args: readonly string[]): number {
  const start = args.findIndex((arg, index) => {
    const isCount = /^-[nLP]$/.test(args[index - 1] ?? "") && /^\d+$/.test(arg);
    return !/^-(?:[0rt]+|[nLP]\d*)$/.test(arg) && !isCount;
  });
  return start === -1 ? args.length : start;
}

/** A command and what it would run, and what that would run. Reasons for doubt are pushed to `unclear`. */
export function unfold({ words }: ShellCommand, unclear: string[]): ShellCommand[] {
  const [head, ...args] = words;
  const name = baseName(head?.text ?? "");
  if (isLauncher(name)) unclear.push(`${name} runs what it is given`);
  if (/^(?:test|\[|printf)$/.test(name) && !readOnlyUse({ words: [literal(name), ...args] }))
    unclear.push(`${name} may evaluate its words`);
  if (name === "git") return unfoldGit(words, unclear);
  // It only tells where a command is.
  if (name === "command" && args[0]?.text === "-v") return [{ words }];
  if (name === "find") return [{ words }, ...executedByFind(words, unclear)];
  const begin = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
  return begin && (args.length > 0 || name === "xargs") ? unwrap(words, begin, unclear) : [{ words }];
}

function unwrap(
  words: Word[],
  begin: (args: readonly string[]) => number,
  unclear: string[],
): ShellCommand[] {
  const [head, ...args] = words;
  const name = baseName(head?.text ?? "");
  // A program of that name that is not the system's is a program like any other.
  const outer: ShellCommand = head?.text === name ? { words, isWrapper: true } : { words };
  const start = begin(args.map(({ text }) => text));
  const inner = args.slice(Math.max(0, start));
  // What xargs reads becomes arguments, of echo if there is nothing else.
  if (name === "xargs") inner.push({ text: "", raw: "", kind: "unknown" });
  if (name === "xargs" && inner.length === 1) inner.unshift(literal("echo"));
  if (start === -1 || inner[0]?.kind !== "literal" || /^-|=|^!$/.test(inner[0].text)) {
    unclear.push(`${name} with options or variables`);
    return [outer, { words: inner }];
  }
  return [outer, ...unfold({ words: inner }, unclear)];
}

function literal(text: string): Word {
  return { text, raw: text, kind: "literal" };
}

function unfoldGit(words: Word[], unclear: string[]): ShellCommand[] {
  const [, first] = words;
  if (first?.text === "--no-pager")
    return [{ words, isWrapper: true }, ...unfoldGit(words.toSpliced(1, 1), unclear)];
  if (first?.text.startsWith("-") && first.text !== "--version")
    unclear.push("an option of git before its command can run others");
  return [{ words }];
}

function executedByFind(words: Word[], unclear: string[]): ShellCommand[] {
  const args = words.slice(1);
  const isReader = readOnlyUse({ words }) !== undefined;
  if (!isReader && args.some(({ kind }) => kind !== "literal"))
    unclear.push("find with words that are not known");
  return args.flatMap(({ text }, index) => {
    if (!/^-(exec|execdir|ok|okdir)$/.test(text)) return [];
    if (!isReader) unclear.push(`find ${text} runs commands`);
    const rest = args.slice(index + 1);
    const end = rest.findIndex((word) => word.text === ";" || word.text === "+");
    return unfold({ words: end === -1 ? rest : rest.slice(0, end) }, unclear);
  });
}

export function isLauncher(path: string): boolean {
  return LAUNCHERS.has(baseName(path));
}

/** Whether a program may run or read by its arguments what none of its words names. */
export function runsArguments({ words }: ShellCommand): boolean {
  const name = baseName(words[0]?.text ?? "");
  const args = words.slice(1);
  if (name === "git") return !isQuietGit(args.map(({ text }) => text));
  if (INTERPRETERS.has(name) || runsInput({ words })) return true;
  return CODE_OPTIONS.some(
    ([program, option]) => program.test(name) && args.some(({ text }) => option.test(text)),
  );
}

/** Whether a program runs whatever is piped into it. */
export function runsInput({ words }: ShellCommand): boolean {
  const [name, ...args] = words.map(({ text }) => text);
  return READS_CODE.test(baseName(name ?? "")) && args.every((arg) => arg === "-");
}

function isQuietGit([command = "", ...args]: readonly string[]): boolean {
  const isQuiet = (arg: string) => (arg.startsWith("-") ? QUIET_GIT_OPTION.test(arg) : !arg.includes("::"));
  return QUIET_GIT.test(command) && args.every(isQuiet);
}

/** The last part of a path, so that /bin/rm is rm. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
