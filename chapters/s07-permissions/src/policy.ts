// The pipeline: deny, then mode, then ask and allow rules, then the question. A command line is as bad as the
// worst of its commands and redirects.
// Not covered: what programs do. A rule for node, make or npm allows whatever their scripts contain.
import type { ToolCall, Workspace } from "@course/runtime";
import { baseName, unfold } from "./commands.ts";
import { Paths } from "./paths.ts";
import { isReadOnly, pathsIn } from "./read-only.ts";
import { coversCommand, coversPath, meansCommand, namesTool, parseRule, type Rule } from "./rules.ts";
import type { Mode, Settings } from "./settings.ts";
import { readShell, type ShellCommand, type Word } from "./shell-reader.ts";

export type { Mode } from "./settings.ts";

export interface Verdict {
  decision: "allow" | "ask" | "deny";
  /** Which rule, mode or doubt decided. */
  reason: string;
  /** Rules that would allow it; none where no rule could be written. */
  rules: string[];
}

const ALLOW: Verdict = { decision: "allow", reason: "", rules: [] };
const ask = (reason: string, ...rules: string[]): Verdict => ({ decision: "ask", reason, rules });
const deny = (reason: string): Verdict => ({ decision: "deny", reason, rules: [] });
const UNDECIDED = "it cannot be decided";
const SEVERITY = { allow: 0, ask: 1, deny: 2 };

/** Tools of the course that touch nothing but the harness's own state. */
const HARNESS_TOOLS = new Set("todo task compact task_create task_update".split(" "));
const EDIT_TOOLS = new Set(["write_file", "edit_file"]);
const SHELL_TOOLS = new Set(["bash", "background_run"]);

export class Policy {
  readonly settings: Settings;
  readonly #root: string;
  readonly #paths: Paths;

  constructor(workspace: Workspace, settings: Settings) {
    this.#root = workspace.root;
    this.#paths = new Paths(workspace.root);
    this.settings = settings;
  }

  get mode(): Mode {
    return this.settings.mode;
  }

  /** What to do about a call. Rejects where the grammar cannot be loaded; the call must not run then. */
  async judge({ name, input, readOnly }: Pick<ToolCall, "name" | "input" | "readOnly">): Promise<Verdict> {
    const { command, path } = (input ?? {}) as { command?: unknown; path?: unknown };
    if (SHELL_TOOLS.has(name) && typeof command === "string") return this.#judgeShell(command);
    if (EDIT_TOOLS.has(name) && typeof path === "string") return this.#judgePath("Edit", path, this.#paths);
    if (name === "read_file" && typeof path === "string") return this.#judgePath("Read", path, this.#paths);
    return this.#judgeTool(name, readOnly);
  }

  allow(texts: readonly string[]): void {
    for (const text of texts)
      this.settings.allow.push(parseRule(text, ".claude/settings.local.json", this.#root));
  }

  #judgeTool(name: string, readOnly: boolean): Verdict {
    const named = (rules: readonly Rule[]) => rules.find((rule) => namesTool(rule, name));
    const passes = readOnly || HARNESS_TOOLS.has(name);
    return this.#pipeline({
      denied: named(this.settings.deny),
      asked: named(this.settings.ask),
      allowed: named(this.settings.allow),
      passes,
      rule: name,
      reads: passes,
    });
  }

  /** The one order in which everything is decided. */
  #pipeline(facts: {
    denied: Rule | undefined;
    asked: Rule | undefined;
    allowed: Rule | undefined;
    passes: boolean;
    reads: boolean;
    rule: string | undefined;
  }): Verdict {
    const { denied, asked, allowed, passes, reads, rule } = facts;
    if (denied) return deny(`denied by ${denied.text} (${denied.source})`);
    if (this.mode === "plan" && !reads) return deny("not in plan mode, which only reads");
    if (this.mode === "bypassPermissions") return ALLOW;
    const rules = rule === undefined ? [] : [rule];
    if (asked) return ask(`asked for by ${asked.text} (${asked.source})`);
    return passes || allowed ? ALLOW : ask(`no rule allows ${rule ?? "it"}`, ...rules);
  }

  // Files

  #judgePath(kind: "Read" | "Edit", path: string, paths: Paths): Verdict {
    const places = paths.places(path);
    // The tool itself refuses what leads out of the workspace.
    const inside = paths.isInside(path);
    const guarded = kind === "Edit" && paths.isGuarded(path);
    // A pattern, or a path that may mean several places, is no rule for one file.
    const canBeRule = !/[*?[\]\\!#]|^\s|\s$/.test(path) && paths === this.#paths;
    const { deny: denied, ask: asked, allow: allowed } = this.settings;
    const reads = kind === "Read" && inside;
    const accepts = kind === "Edit" && inside && !guarded && this.mode === "acceptEdits";
    return this.#pipeline({
      denied: this.#pathRule(denied, kind, places, true),
      asked: this.#pathRule(asked, kind, places, true),
      allowed: guarded ? undefined : this.#pathRule(allowed, kind, places, false),
      passes: reads || accepts,
      reads,
      rule: guarded || !inside || !canBeRule ? undefined : `${kind}(/${paths.fromRoot(places[0] ?? "")})`,
    });
  }

  /** A rule that speaks of the path: by any of its spellings where it restricts, by all where it allows. */
  #pathRule(
    rules: readonly Rule[],
    kind: "Read" | "Edit",
    places: readonly string[],
    restricts: boolean,
  ): Rule | undefined {
    return rules.find((rule) => {
      if (rule.tool !== kind && rule.tool !== "*") return false;
      const covers = (place: string) => coversPath(rule, place, restricts);
      return restricts ? places.some(covers) : places.every(covers);
    });
  }

  // Commands

  async #judgeShell(text: string): Promise<Verdict> {
    const { commands, reads, writes, unclear } = await readShell(text);
    const doubts = [...unclear];
    const paths = this.#pathsOf(commands, doubts);
    const unfolded = commands.flatMap((command) => unfold(command, doubts));
    const verdicts = [
      this.#judgeBash(),
      // A wrapper (timeout, xargs) passes with what it wraps, but a rule may still forbid it.
      ...commands.map((command) => this.#restrict(command, doubts) ?? ALLOW),
      ...unfolded.map((command) => this.#restrict(command, doubts) ?? this.#judgeCommand(command, paths)),
      ...writes.map((word) => this.#judgeRedirect("Edit", word, paths, doubts)),
      ...reads.map((word) => this.#judgeRedirect("Read", word, paths, doubts)),
      ...unfolded.map((command) => this.#judgeWords(command, paths, doubts)),
    ];
    if (doubts.length > 0) verdicts.push(this.#judgeDoubt(doubts));
    const verdict = worst(verdicts);
    return verdict.decision === "ask" && this.#isAllowedAsItIs(text) ? ALLOW : verdict;
  }

  /** Rules for all of bash hold for a line without a command, too. */
  #judgeBash(): Verdict {
    const all = (rules: readonly Rule[]) =>
      rules.find(({ tool, specifier }) => (tool === "Bash" || tool === "*") && specifier === undefined);
    return this.#pipeline({
      denied: all(this.settings.deny),
      asked: all(this.settings.ask),
      allowed: undefined,
      passes: true,
      reads: true,
      rule: undefined,
    });
  }

  /** One cd to a folder that is known only means that paths may begin there. */
  #pathsOf(commands: readonly ShellCommand[], doubts: string[]): Paths {
    const moves = commands.filter(({ words }) => words[0]?.text === "cd");
    const [move] = moves;
    if (!move) return this.#paths;
    const [, folder, ...more] = move.words;
    const isPlain =
      moves.length === 1 && folder?.kind === "literal" && more.length === 0 && !folder.text.startsWith("-");
    if (isPlain && this.#paths.isInside(folder.text)) return this.#paths.after(folder.text);
    doubts.push("cd leads where paths are not known");
    return this.#paths;
  }

  /** A rule for exactly this text answers the question, whatever is in it. */
  #isAllowedAsItIs(text: string): boolean {
    return this.settings.allow.some(({ tool, specifier }) => tool === "Bash" && specifier === text.trim());
  }

  /** What deny and ask rules say of a command; undefined if nothing. */
  #restrict(command: ShellCommand, doubts: string[]): Verdict | undefined {
    const find = (rules: readonly Rule[]) =>
      rules.find((rule) => {
        if (rule.tool !== "Bash" && rule.tool !== "*") return false;
        const means = meansCommand(rule, command);
        if (
          means === "maybe" ||
          (means === "no" && this.mode === "bypassPermissions" && isArgument(rule, command))
        )
          doubts.push(`${rule.text} may be meant`);
        return means === "yes";
      });
    const denied = find(this.settings.deny);
    const asked = find(this.settings.ask);
    return denied || asked
      ? this.#pipeline({ denied, asked, allowed: undefined, passes: true, reads: true, rule: undefined })
      : undefined;
  }

  #judgeCommand(command: ShellCommand, paths: Paths): Verdict {
    const reads = isReadOnly(command, (path) => paths.isInside(path));
    const canBeRule = command.words.every(({ kind, text }) => kind === "literal" && /^[^\s*()]+$/.test(text));
    return this.#pipeline({
      denied: undefined,
      asked: undefined,
      allowed: this.settings.allow.find(
        (rule) => (rule.tool === "Bash" || rule.tool === "*") && coversCommand(rule, command),
      ),
      passes: reads,
      reads,
      rule: canBeRule ? `Bash(${command.words.map(({ text }) => text).join(" ")})` : undefined,
    });
  }

  #judgeRedirect(
    kind: "Read" | "Edit",
    { text, kind: known }: Word,
    paths: Paths,
    doubts: string[],
  ): Verdict {
    if (text === "/dev/null") return ALLOW;
    if (known !== "literal")
      doubts.push(`where it ${kind === "Edit" ? "writes" : "reads"} is only known when it runs`);
    return known === "literal" ? this.#judgePath(kind, text, paths) : ask("a redirect");
  }

  /** Deny rules for files hold for the words of commands, too: cat .env reads it as read_file does. */
  #judgeWords({ words }: ShellCommand, paths: Paths, doubts: string[]): Verdict {
    const restricting = this.settings.deny.filter(
      ({ tool, specifier }) => specifier !== undefined && (tool === "Read" || tool === "Edit"),
    );
    if (restricting.length === 0) return ALLOW;
    if (words.some(({ kind }) => kind !== "literal"))
      doubts.push("its words may name a file that a rule denies");
    const texts = words.map(({ text }) => text);
    if (readsFolders(texts)) doubts.push(`${texts[0]} may read files that a rule denies`);
    const places = texts
      .slice(1)
      .flatMap(pathsIn)
      .flatMap((path) => paths.places(path));
    // A folder stands for what is in it.
    const rule = restricting.find((one) =>
      places.some((place) => [place, `${place}/x`].some((path) => coversPath(one, path, true))),
    );
    return rule ? deny(`denied by ${rule.text} (${rule.source})`) : ALLOW;
  }

  /** What cannot be decided is asked, where modes are bypassed too, unless there is nothing that it could break. */
  #judgeDoubt(doubts: readonly string[]): Verdict {
    if (this.mode === "plan") return deny("not in plan mode, which only reads");
    const couldBeDenied = this.settings.deny.some(({ tool }) => ["Bash", "Read", "Edit", "*"].includes(tool));
    if (this.mode === "bypassPermissions" && !couldBeDenied) return ALLOW;
    return ask(`${UNDECIDED}: ${[...new Set(doubts)].join("; ")}`);
  }
}

/** Readers that walk folders, or a history, without naming each file. */
function readsFolders([name = "", ...args]: readonly string[]): boolean {
  if (baseName(name) === "git")
    return /^(log|show|diff|grep|blame|cat-file|archive)$/.test(
      args.find((arg) => !arg.startsWith("-")) ?? "",
    );
  return args.some((arg) => /^(-[a-zA-Z]*[rR]|--(recursive|dereference-recursive)$)/.test(arg));
}

/** Whether the command that a rule forbids stands among the words of another, which may run it. */
function isArgument({ specifier = "" }: Rule, { words }: ShellCommand): boolean {
  const [forbidden] = specifier.split(/[ :*]/, 1);
  return words.slice(1).some(({ text }) => text.split(/\s+/).some((word) => baseName(word) === forbidden));
}

/** The worst of them; where questions meet, their reasons and rules are joined. */
function worst(verdicts: readonly Verdict[]): Verdict {
  const level = Math.max(0, ...verdicts.map(({ decision }) => SEVERITY[decision]));
  const [first, ...rest] = verdicts.filter(({ decision }) => SEVERITY[decision] === level);
  if (!first || first.decision !== "ask") return first ?? ALLOW;
  const all = [first, ...rest];
  const hasRules = all.every(({ rules }) => rules.length > 0);
  // Where something cannot be decided, that is the reason, not that no rule speaks of it.
  const doubt = all.find(({ reason }) => reason.startsWith(UNDECIDED));
  const reasons = doubt ? [doubt.reason] : new Set(all.map(({ reason }) => reason));
  return ask([...reasons].join("; "), ...(hasRules ? new Set(all.flatMap(({ rules }) => rules)) : []));
}
