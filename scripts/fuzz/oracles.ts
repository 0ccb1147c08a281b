// What must be true of every line. A finding is a line with which it is not.
import { mkdirSync } from "node:fs";
import { Workspace } from "@course/runtime";
import { parseRule, Policy, type Mode } from "@course/s07-permissions";
import { expanded, readShell, unfold, type ShellCommand, type Word } from "@course/shell-safety";
import type { Box, Effects } from "./box.ts";

interface Rules {
  allow?: string[];
  ask?: string[];
  deny?: string[];
  mode?: Mode;
}

export interface Finding {
  line: string;
  what: string;
}

const FILE_RULES = ["Bash(touch:*)", "Read(.env)", "Read(./secrets/**)", "Edit(*.lock)"];
/** Rules under which each line is judged, and what may not happen with them. */
const SETTINGS: Readonly<Record<string, Rules>> = {
  "no rules": {},
  "edits accepted": { mode: "acceptEdits" },
  "files denied": { deny: FILE_RULES },
  "files denied, bypassing": { deny: FILE_RULES, mode: "bypassPermissions" },
  "files denied, allowing all of bash": { deny: FILE_RULES, allow: ["Bash"] },
};
const OUTSIDE = /OUTSIDESECRET|HOMESECRET|PASSWDSECRET/;
const DENIED = /ENVSECRET|KEYSECRET/;
const GUARDED = /^\/project\/(\.git|\.husky|\.vscode|\.envrc|\.claude)(\/|$)/;
/** git refreshes it where it only reads. */
const HARMLESS = new Set(["/project/.git/index"]);
const JUDGE_MICROSECONDS = 100_000;

export class Oracles {
  readonly #policies: Map<string, Policy>;
  readonly #box: Box | undefined;
  /** How many lines were run. */
  ran = 0;

  /** Without a box nothing is run. `files` as makeFiles returns them. */
  constructor(files: string, box: Box | undefined) {
    const root = `${files}/project`;
    mkdirSync(root, { recursive: true });
    this.#box = box;
    this.#policies = new Map(Object.entries(SETTINGS).map(([name, rules]) => [name, newPolicy(root, rules)]));
  }

  async check(line: string): Promise<Finding | undefined> {
    const allowed: string[] = [];
    for (const [name, policy] of this.#policies) {
      const slow = await this.#judge(policy, line, () => allowed.push(name));
      if (slow) return { line, what: `${slow} ms to judge, with ${name}` };
    }
    const seen = await commandsOf(line);
    if (!this.#box || (allowed.length === 0 && !seen)) return undefined;
    this.ran += 1;
    const effects = await this.#box.run(line);
    const what =
      (seen && unseen(seen, effects)) ?? allowed.map((name) => broken(name, effects)).find(Boolean);
    return what ? { line, what } : undefined;
  }

  /** How long it took, if that was too long twice. */
  async #judge(policy: Policy, line: string, onAllow: () => void): Promise<number | undefined> {
    let took = 0;
    for (let attempt = 0; attempt < 2; attempt++) {
      const begin = process.cpuUsage();
      const { decision } = await policy.judge({ name: "bash", input: { command: line }, readOnly: false });
      took = process.cpuUsage(begin).user;
      if (took <= JUDGE_MICROSECONDS) {
        if (decision === "allow") onAllow();
        return undefined;
      }
    }
    return Math.round(took / 1_000);
  }
}

function newPolicy(root: string, { allow = [], ask = [], deny = [], mode = "default" }: Rules): Policy {
  const parse = (rules: string[]) => rules.map((rule) => parseRule(rule, "fuzz", root));
  return new Policy(new Workspace(root), {
    allow: parse(allow),
    ask: parse(ask),
    deny: parse(deny),
    mode,
    notes: [],
  });
}

/** All commands of a line that the reader is certain of, with what they run; undefined where it is not certain. */
async function commandsOf(line: string): Promise<ShellCommand[] | undefined> {
  const { commands, unclear } = await readShell(line);
  const doubts = [...unclear];
  const unfolded = commands.flatMap((command) => unfold(command, doubts));
  return doubts.length === 0 ? unfolded : undefined;
}

/** A program that was started and that the reader did not see. */
function unseen(seen: readonly ShellCommand[], { started }: Effects): string | undefined {
  const runsAnything = seen.some(({ words }) => /^(awk|perl|sed|tar|git)$/.test(words[0]?.text ?? ""));
  const stranger = started.find((words) => !seen.some((command) => couldBe(expanded(command.words), words)));
  return stranger && !runsAnything ? `started unseen: ${JSON.stringify(stranger)}` : undefined;
}

/** Whether a command as it was read may have been started with these words. */
function couldBe(words: readonly Word[], started: readonly string[]): boolean {
  const [name, ...args] = words;
  const [first, ...rest] = started;
  return (
    name !== undefined && name.text.slice(name.text.lastIndexOf("/") + 1) === first && matches(args, rest)
  );
}

function matches(words: readonly Word[], started: readonly string[]): boolean {
  const [word, ...others] = words;
  if (!word) return started.length === 0;
  if (word.kind === "literal" && !word.text.includes("{}") && !/^~|[=:]~/.test(word.text))
    return started[0] === word.text && matches(others, started.slice(1));
  return Array.from({ length: started.length + 1 }, (_, count) => count).some((count) =>
    matches(others, started.slice(count)),
  );
}

/** What happened although the settings do not allow it. */
function broken(name: string, { output, changed, started }: Effects): string | undefined {
  const files = changed.filter((path) => !HARMLESS.has(path));
  const isBypassing = /bypassing|allowing/.test(name);
  const mayEdit = name === "edits accepted";
  if (!isBypassing && OUTSIDE.test(output)) return `with ${name}, it read outside`;
  if (!isBypassing && !mayEdit && files.length > 0) return `with ${name}, it changed ${files.join(", ")}`;
  const wrong = mayEdit && files.find((path) => !path.startsWith("/project/") || GUARDED.test(path));
  if (wrong) return `with ${name}, it changed ${wrong}`;
  if (!name.startsWith("files denied")) return undefined;
  if (DENIED.test(output)) return `with ${name}, it read what is denied`;
  if (started.some(([program]) => program === "touch")) return `with ${name}, it started what is denied`;
  const lock = files.find(
    (path) => path.endsWith(".lock") && path.startsWith("/project/") && !path.includes("/.git/"),
  );
  return lock && `with ${name}, it changed ${lock}`;
}
