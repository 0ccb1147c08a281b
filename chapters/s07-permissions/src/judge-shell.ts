// What rules and mode say of a command line: it is as bad as the worst of its commands and redirects.
// Not covered: what programs do. A rule for node, make or npm allows whatever their scripts contain.
import { baseName, isLauncher, unfold } from "./commands.ts";
import { judgeFile, type Access } from "./judge-file.ts";
import type { Paths } from "./paths.ts";
import { ALLOW, decide, deny, doubt, worst, type Verdict } from "./pipeline.ts";
import { isReadOnly, pathsIn } from "./read-only.ts";
import { coversCommand, coversPath, meansCommand, type Rule } from "./rules.ts";
import type { Settings } from "./settings.ts";
import { readShell, type ShellCommand, type Word } from "./shell-reader.ts";

/** Rejects where the grammar cannot be loaded. */
export async function judgeShell(settings: Settings, text: string, root: Paths): Promise<Verdict> {
  const { commands, reads, writes, unclear } = await readShell(text);
  const doubts = [...unclear];
  const unfolded = commands.flatMap((command) => unfold(command, doubts));
  const paths = pathsAfter(unfolded, root, doubts);
  const judge = new ShellJudge(settings, paths, doubts);
  const verdicts = [
    judge.line(),
    // A wrapper (timeout, xargs) passes with what it wraps, but a rule may still forbid it.
    ...commands.map((command) => judge.restricted(command) ?? ALLOW),
    ...unfolded.map((command) => judge.restricted(command) ?? judge.command(command)),
    ...unfolded.map((command) => judge.words(command)),
    ...writes.map((word) => judge.redirect("Edit", word)),
    ...reads.map((word) => judge.redirect("Read", word)),
  ];
  if (doubts.length > 0) verdicts.push(doubt(settings, doubts));
  const verdict = worst(verdicts);
  // A rule for exactly this text answers the question, whatever is in it, unless a rule asks it.
  const isKnown = settings.allow.some(({ tool, specifier }) => tool === "Bash" && specifier === text.trim());
  return verdict.decision === "ask" && verdict.due !== "rule" && isKnown ? ALLOW : verdict;
}

/** One cd to a folder that is known only means that paths may begin there. */
function pathsAfter(commands: readonly ShellCommand[], root: Paths, doubts: string[]): Paths {
  const moves = commands.filter(({ words }) => words[0]?.text === "cd");
  const [move] = moves;
  if (!move) return root;
  const [, folder, ...more] = move.words;
  // A folder can hold a repository of its own, whose settings git would run.
  if (commands.some(({ words }) => baseName(words[0]?.text ?? "") === "git"))
    doubts.push("git in another folder");
  const isPlain = moves.length === 1 && folder?.kind === "literal" && more.length === 0;
  if (isPlain && !folder.text.startsWith("-") && root.isInside(folder.text)) return root.after(folder.text);
  doubts.push("cd leads where paths are not known");
  return root;
}

/** Judges the parts of one line. What it cannot decide, it adds to the doubts. */
class ShellJudge {
  readonly #settings: Settings;
  readonly #paths: Paths;
  readonly #doubts: string[];

  constructor(settings: Settings, paths: Paths, doubts: string[]) {
    this.#settings = settings;
    this.#paths = paths;
    this.#doubts = doubts;
  }

  /** Rules for all of bash hold for a line without a command, too. */
  line(): Verdict {
    const all = (rules: readonly Rule[]) =>
      rules.find((rule) => isForBash(rule) && rule.specifier === undefined);
    const { deny: denied, ask: asked } = this.#settings;
    return decide(this.#settings, { denied: all(denied), asked: all(asked), reads: true, passes: true });
  }

  /** What deny and ask rules say of a command; undefined if nothing. */
  restricted(command: ShellCommand): Verdict | undefined {
    const denied = this.#settings.deny.find((rule) => this.#isMeant(rule, command));
    const asked = this.#settings.ask.find((rule) => this.#isMeant(rule, command));
    return denied || asked ? decide(this.#settings, { denied, asked, reads: true, passes: true }) : undefined;
  }

  #isMeant(rule: Rule, command: ShellCommand): boolean {
    if (!isForBash(rule)) return false;
    const means = meansCommand(rule, command);
    const isNear = this.#settings.mode === "bypassPermissions" && isArgument(rule, command);
    if (means === "maybe" || (means === "no" && isNear)) this.#doubts.push(`${rule.text} may be meant`);
    return means === "yes";
  }

  command(command: ShellCommand): Verdict {
    const reads = isReadOnly(command, (path) => this.#paths.isInside(path));
    const canBeRule = command.words.every(({ kind, text }) => kind === "literal" && /^[^\s*()]+$/.test(text));
    return decide(this.#settings, {
      denied: undefined,
      asked: undefined,
      allowed: this.#settings.allow.find((rule) => isForBash(rule) && coversCommand(rule, command)),
      reads,
      passes: reads,
      rule: canBeRule ? `Bash(${command.words.map(({ text }) => text).join(" ")})` : undefined,
    });
  }

  redirect(access: Access, { text, kind }: Word): Verdict {
    if (text === "/dev/null") return ALLOW;
    if (kind !== "literal")
      this.#doubts.push(`where it ${access === "Edit" ? "writes" : "reads"} is only known when it runs`);
    return judgeFile(this.#settings, access, text, this.#paths);
  }

  /** Deny rules for files hold for the words of commands, too: cat .env reads it as read_file does. */
  words({ words }: ShellCommand): Verdict {
    const rules = this.#settings.deny.filter(
      ({ tool, specifier }) => specifier !== undefined && (tool === "Read" || tool === "Edit"),
    );
    if (rules.length === 0) return ALLOW;
    if (words.some(({ kind }) => kind !== "literal"))
      this.#doubts.push("its words may name a file that a rule denies");
    const [name = "", ...args] = words.map(({ text }) => text);
    if (readsFolders(name, args)) this.#doubts.push(`${name} may read files that a rule denies`);
    // A folder stands for what is in it.
    const places = args.flatMap(pathsIn).flatMap((path) => this.#paths.places(path));
    const spellings = places.flatMap((place) => [place, `${place}/x`]);
    const denied = rules.find((rule) => spellings.some((place) => coversPath(rule, place, true)));
    return denied ? deny(denied) : ALLOW;
  }
}

function isForBash({ tool }: Rule): boolean {
  return tool === "Bash" || tool === "*";
}

/** Readers that walk folders, or a history, without naming each file. */
function readsFolders(name: string, args: readonly string[]): boolean {
  const reader = baseName(name);
  if (reader === "git")
    return args.some((arg) => /^(log|show|diff|grep|blame|cat-file|archive|stash|-v+|--v.*)$/.test(arg));
  return reader === "diff" || args.some((arg) => /^(-[^-]*[rRd]|--(r|d))/.test(arg));
}

/** Whether what a rule forbids, or what runs anything, stands among the words of another command, which may run it. */
function isArgument({ specifier = "" }: Rule, { words }: ShellCommand): boolean {
  const [forbidden] = specifier.split(/[ :*]/, 1);
  const parts = words.slice(1).flatMap(({ text }) => text.split(/\s+/));
  return parts.some((part) => baseName(part) === forbidden || isLauncher(part));
}
