// What rules and mode say of a command line: it is as bad as the worst of its commands and redirects.
// Not covered: what programs do. A rule for node, make or npm allows whatever their scripts contain.
import {
  baseName,
  isLauncher,
  readShell,
  runsArguments,
  runsInput,
  unfold,
  withNames,
  type Reading,
  type ShellCommand,
  type Word,
} from "@course/shell-safety";
import { judgeFile, type Access } from "./judge-file.ts";
import { judgeWords, useHere } from "./judge-words.ts";
import { lineRule, pathsAfter } from "./line.ts";
import type { Paths } from "./paths.ts";
import { allow, decide, doubt, worst, type Verdict } from "./pipeline.ts";
import { coversCommand, meansCommand, type Rule } from "./rules.ts";
import type { Settings } from "./settings.ts";

/** The part that stands for what concerns all of a line. */
export const LINE = "the line as a whole";

/** A part of a line and its verdict; what a wrapper such as timeout runs is a part of that part. */
export interface Part {
  text: string;
  verdict: Verdict;
  parts: readonly Part[];
}

/** Judges a line and each of its parts, and runs nothing. Rejects where the grammar cannot be loaded. */
export async function judgeShell(settings: Settings, text: string, root: Paths): Promise<Part> {
  const { commands, reads, writes, unclear } = await readShell(text);
  const judge = new LineJudge(settings, { commands, writes }, root);
  const parts = [
    judge.line(unclear),
    ...commands.map((command) => judge.command(command)),
    ...writes.map((word) => judge.redirect("Edit", word)),
    ...reads.map((word) => judge.redirect("Read", word)),
  ];
  const verdict = worst(parts.map((part) => part.verdict));
  // A rule for exactly this text answers the question, whatever is in it, unless a rule asks it.
  const known = settings.allow.find((rule) => isForBash(rule) && isExactly(rule, text));
  if (known && verdict.decision === "ask" && verdict.due !== "rule")
    return { text, verdict: allow(`${known.text} (${known.source}) allows exactly this line`), parts };
  return { text, verdict: { ...verdict, rules: lineRule(text, verdict.rules, judge.isPlain) }, parts };
}

function isExactly({ specifier }: Rule, text: string): boolean {
  return specifier === text.trim() && !specifier.includes("*");
}

/** Judges the parts of one line. */
class LineJudge {
  readonly #settings: Settings;
  readonly #paths: Paths;
  readonly #doubts: string[] = [];
  /** A file that the line itself writes may be what a glob finds. */
  readonly #isFixed: boolean;
  /** Whether its commands stand by themselves: in the workspace's folder, and without a wrapper. */
  isPlain: boolean;

  constructor(settings: Settings, { commands, writes }: Pick<Reading, "commands" | "writes">, root: Paths) {
    this.#settings = settings;
    this.#paths = pathsAfter(commands, root, this.#doubts);
    this.#isFixed = writes.every(({ text: target }) => target === "/dev/null");
    this.isPlain = this.#paths.isCertain;
  }

  /** What concerns the line as a whole. Rules for all of bash hold for a line without a command, too. */
  line(unclear: readonly string[]): Part {
    const all = (rules: readonly Rule[]) =>
      rules.find((rule) => isForBash(rule) && rule.specifier === undefined);
    const { deny: denied, ask: asked } = this.#settings;
    const doubts = [...unclear, ...this.#doubts];
    return this.#part(LINE, doubts, () => [
      decide(this.#settings, { denied: all(denied), asked: all(asked), reads: true }),
    ]);
  }

  /** A command, and what it runs where it is a wrapper. */
  command(read: ShellCommand): Part {
    const doubts: string[] = [];
    const found = this.#isFixed ? withNames(read, this.#paths.folders) : read;
    const [command = found, ...inner] = unfold(found, doubts);
    const parts = inner.map((one) => this.#part(textOf(one), [], (own) => this.#verdicts(one, own)));
    if (inner.length > 0) this.isPlain = false;
    const judge = (own: string[]) => [
      ...this.#verdicts(command, own),
      ...parts.map(({ verdict }) => verdict),
    ];
    return { ...this.#part(textOf(command), doubts, judge), parts };
  }

  redirect(access: Access, { text, raw, kind }: Word): Part {
    const judge = (doubts: string[]) => {
      if (text === "/dev/null") return [allow("it keeps nothing")];
      if (kind !== "literal")
        doubts.push(`where it ${access === "Edit" ? "writes" : "reads"} is only known when it runs`);
      return [judgeFile(this.#settings, access, text, this.#paths)];
    };
    return this.#part(`${access === "Edit" ? ">" : "<"} ${raw}`, [], judge);
  }

  /** What `judge` cannot decide, it adds to the doubts, and any doubt is asked. */
  #part(text: string, doubts: string[], judge: (doubts: string[]) => Verdict[]): Part {
    const verdicts = judge(doubts);
    if (doubts.length > 0) verdicts.push(doubt(this.#settings, doubts));
    return { text, verdict: worst(verdicts), parts: [] };
  }

  #verdicts(command: ShellCommand, doubts: string[]): Verdict[] {
    const words = judgeWords(this.#settings, command, this.#paths, doubts);
    const itself = this.#restricted(command, doubts) ?? this.#allowed(command, doubts);
    return words ? [itself, words] : [itself];
  }

  /** What deny and ask rules say of a command; undefined if nothing. */
  #restricted(command: ShellCommand, doubts: string[]): Verdict | undefined {
    const denied = this.#settings.deny.find((rule) => this.#isMeant(rule, command, doubts));
    const asked = this.#settings.ask.find((rule) => this.#isMeant(rule, command, doubts));
    if (!denied && !asked) return undefined;
    // A wrapper does nothing itself; what it runs is judged beside it.
    const reads = command.isWrapper || this.#onlyReads(command);
    return decide(this.#settings, { denied, asked, reads });
  }

  #isMeant(rule: Rule, command: ShellCommand, doubts: string[]): boolean {
    if (!isForBash(rule)) return false;
    const means = meansCommand(rule, command);
    const isNear = this.#settings.mode === "bypassPermissions" && isArgument(rule, command);
    if (means === "maybe" || (means === "no" && isNear)) doubts.push(`${rule.text} may be meant`);
    return means === "yes";
  }

  #allowed(command: ShellCommand, doubts: string[]): Verdict {
    // A rule that forbids the wrapper itself was asked before.
    if (command.isWrapper) return allow("it only runs what follows");
    const reads = this.#onlyReads(command);
    const allowed = this.#settings.allow.find((rule) => isForBash(rule) && coversCommand(rule, command));
    // Whoever allows everything but what is denied has not thought of these.
    const isOpen = this.#settings.mode === "bypassPermissions" || allowed !== undefined;
    if (!reads && isOpen && allowed?.specifier === undefined && this.#mayHide(command))
      doubts.push(`${command.words[0]?.text} may run or read what its words do not name`);
    const rule = ruleFor(command);
    return decide(this.#settings, { denied: undefined, asked: undefined, allowed, reads, rule });
  }

  #mayHide(command: ShellCommand): boolean {
    return (
      runsArguments(command) &&
      this.#settings.deny.some(({ tool }) => ["Bash", "Read", "Edit"].includes(tool))
    );
  }

  /** False, or which row of the table says so. */
  #onlyReads(command: ShellCommand): false | string {
    const use = useHere(command, this.#paths);
    if (!use) return false;
    const mayRead = (path: string) => this.#paths.isInside(path) && this.#paths.isClear(path);
    const opensFolder = use.opensFolders && use.files.some((path) => this.#paths.isFolder(path));
    const [name, first] = command.words.map(({ text }) => text);
    return (
      use.files.every(mayRead) && !opensFolder && `${name === "git" ? `git ${first}` : name} only reads here`
    );
  }
}

function textOf({ words }: ShellCommand): string {
  return words.map(({ raw }) => raw).join(" ");
}

/** The rule for exactly this command; undefined where its words do not say all of it. */
function ruleFor(command: ShellCommand): string | undefined {
  const isPlain = command.words.every(
    ({ kind, text, raw }) => kind === "literal" && raw === text && /^[\w@%+=:,./-]+$/.test(text),
  );
  // Allowed once, node would run whatever is piped into it.
  return isPlain && !runsInput(command) ? `Bash(${textOf(command)})` : undefined;
}

function isForBash({ tool }: Rule): boolean {
  return tool === "Bash" || tool === "*";
}

/** Whether what a rule forbids, or what runs anything, stands among the words of another command, which may run it. */
function isArgument({ specifier = "" }: Rule, { words }: ShellCommand): boolean {
  const [forbidden] = specifier.split(/[ :*]/, 1);
  const parts = words.slice(1).flatMap(({ text }) => text.split(/[^\w./-]+/));
  return parts.some((part) => baseName(part) === forbidden || isLauncher(part));
}
