// What rules and mode say of a command line: it is as bad as the worst of its commands and redirects.
// Not covered: what programs do. A rule for node, make or npm allows whatever their scripts contain.
import {
  baseName,
  isLauncher,
  readOnlyUse,
  readShell,
  runsArguments,
  runsInput,
  unfold,
  withNames,
  type ShellCommand,
  type Word,
} from "@course/shell-safety";
import { judgeFile, type Access } from "./judge-file.ts";
import { judgeWords } from "./judge-words.ts";
import type { Paths } from "./paths.ts";
import { ALLOW, decide, doubt, worst, type Verdict } from "./pipeline.ts";
import { coversCommand, meansCommand, type Rule } from "./rules.ts";
import type { Settings } from "./settings.ts";

/** Rejects where the grammar cannot be loaded. */
export async function judgeShell(settings: Settings, text: string, root: Paths): Promise<Verdict> {
  const { commands: read, reads, writes, unclear } = await readShell(text);
  const doubts = [...unclear];
  const paths = pathsAfter(read, root, doubts);
  // A file that the line itself writes may be what a glob finds.
  const isFixed = writes.every(({ text: target }) => target === "/dev/null");
  const commands = isFixed ? read.map((command) => withNames(command, paths.folders)) : read;
  const unfolded = commands.flatMap((command) => unfold(command, doubts));
  const judge = new ShellJudge(settings, paths, doubts);
  const verdicts = [
    judge.line(),
    ...unfolded.map((command) => judge.restricted(command) ?? judge.command(command)),
    ...unfolded.map((command) => judgeWords(settings, command, paths, doubts)),
    ...writes.map((word) => judge.redirect("Edit", word)),
    ...reads.map((word) => judge.redirect("Read", word)),
  ];
  if (doubts.length > 0) verdicts.push(doubt(settings, doubts));
  const verdict = worst(verdicts);
  // A rule for exactly this text answers the question, whatever is in it, unless a rule asks it.
  const isKnown = settings.allow.some(
    ({ tool, specifier }) => tool === "Bash" && specifier === text.trim() && !specifier.includes("*"),
  );
  return verdict.decision === "ask" && verdict.due !== "rule" && isKnown ? ALLOW : verdict;
}

/** One cd to a folder that is known only means that paths may begin there. */
function pathsAfter(commands: readonly ShellCommand[], root: Paths, doubts: string[]): Paths {
  const unfolded = commands.flatMap((command) => unfold(command, []));
  const moves = unfolded.filter(({ words }) => words[0]?.text === "cd");
  const [move] = moves;
  if (!move) return root;
  const [, folder, ...more] = move.words;
  // A folder can hold a repository of its own, whose settings git would run.
  if (unfolded.some(({ words }) => baseName(words[0]?.text ?? "") === "git"))
    doubts.push("git in another folder");
  const isPlain = moves.length === 1 && folder?.kind === "literal" && more.length === 0;
  if (isPlain && !/^-|^~./.test(folder.text) && root.isInside(folder.text)) return root.after(folder.text);
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
    // It passes with what it wraps; a rule that forbids it was asked before.
    if (command.isWrapper) return ALLOW;
    const reads = this.#onlyReads(command);
    const allowed = this.#settings.allow.find((rule) => isForBash(rule) && coversCommand(rule, command));
    // Whoever allows everything but what is denied has not thought of these.
    const isOpen = this.#settings.mode === "bypassPermissions" || allowed !== undefined;
    if (!reads && isOpen && allowed?.specifier === undefined && this.#mayHide(command))
      this.#doubts.push(`${command.words[0]?.text} may run or read what its words do not name`);
    const isPlain = command.words.every(
      ({ kind, text, raw }) => kind === "literal" && raw === text && /^[\w@%+=:,./-]+$/.test(text),
    );
    // Allowed once, node would run whatever is piped into it.
    const canBeRule = isPlain && !runsInput(command);
    return decide(this.#settings, {
      denied: undefined,
      asked: undefined,
      allowed,
      reads,
      passes: reads,
      rule: canBeRule ? `Bash(${command.words.map(({ text }) => text).join(" ")})` : undefined,
    });
  }

  #mayHide(command: ShellCommand): boolean {
    return (
      runsArguments(command) &&
      this.#settings.deny.some(({ tool }) => ["Bash", "Read", "Edit"].includes(tool))
    );
  }

  #onlyReads(command: ShellCommand): boolean {
    const use = readOnlyUse(command);
    if (!use) return false;
    const mayRead = (path: string) => this.#paths.isInside(path) && this.#paths.isClear(path);
    const opensFolder = use.opensFolders && use.files.some((path) => this.#paths.isFolder(path));
    return use.files.every(mayRead) && !opensFolder;
  }

  redirect(access: Access, { text, kind }: Word): Verdict {
    if (text === "/dev/null") return ALLOW;
    if (kind !== "literal")
      this.#doubts.push(`where it ${access === "Edit" ? "writes" : "reads"} is only known when it runs`);
    return judgeFile(this.#settings, access, text, this.#paths);
  }
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
