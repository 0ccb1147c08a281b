// The policy: which judge a call comes before. Rules, files and command lines are judged in files of their own.
import { resolve } from "node:path";
import type { Tool, ToolCall, Workspace } from "@course/runtime";
import { judgeFile } from "./judge-file.ts";
import { judgeShell, type Part } from "./judge-shell.ts";
import { Paths } from "./paths.ts";
import { decide, type Verdict } from "./pipeline.ts";
import { namesTool, parseRule, ruleName, type Rule } from "./rules.ts";
import type { Settings } from "./settings.ts";

/** A call, and the tool if there is one of that name. */
type Judged = Pick<ToolCall, "name" | "input" | "readOnly"> & { tool?: Pick<Tool, "harness"> | undefined };

export class Policy {
  readonly settings: Settings;
  readonly #root: string;

  constructor({ root }: Pick<Workspace, "root">, settings: Settings) {
    this.#root = root;
    this.settings = settings;
  }

  /**
   * What to do about a call. `root` is the folder that its paths begin in, where that is not the workspace (s18). Rejects
   * where the shell's grammar cannot be loaded; the call must not run then.
   */
  async judge({ name, input, readOnly, tool }: Judged, root = this.#root): Promise<Verdict> {
    const { command, file_path: path } = (input ?? {}) as { command?: unknown; file_path?: unknown };
    const settings = this.#settingsIn(root);
    const paths = new Paths(root, [folderOf(root, name, input)]);
    const kind = ruleName(name);
    if (kind === "Bash" && typeof command === "string")
      return this.#offer((await judgeShell(settings, command, paths)).verdict, root);
    if ((kind === "Edit" || kind === "Read") && typeof path === "string")
      return this.#offer(judgeFile(settings, kind, path, paths), root);
    // A rule for all calls is only offered for a tool that a rule cannot tell the calls of.
    const canBeRule = tool !== undefined && kind === name;
    return this.#judgeTool(name, readOnly || tool?.harness === true, canBeRule ? name : undefined);
  }

  /** A command line's verdict with those of its parts (/why). It is not run, and nobody is asked. */
  explain(command: string): Promise<Part> {
    return judgeShell(this.settings, command, new Paths(this.#root));
  }

  #judgeTool(name: string, reads: boolean, rule: string | undefined): Verdict {
    const { deny, ask } = this.settings;
    // What a rule says of some calls is not said of this one.
    const allow = this.settings.allow.filter(({ specifier }) => specifier === undefined);
    const named = (rules: readonly Rule[]) => rules.find((candidate) => namesTool(candidate, name));
    return decide(this.settings, {
      denied: named(deny),
      asked: named(ask),
      allowed: named(allow),
      reads,
      rule,
    });
  }

  /** In a copy of the workspace, what a rule says of ./src it says of the copy's; what restricts holds for the original, too. */
  #settingsIn(root: string): Settings {
    if (root === this.#root) return this.settings;
    const { deny, ask, allow } = this.settings;
    const there = (rules: readonly Rule[]) =>
      rules.map((rule) => (rule.root === this.#root ? { ...rule, root } : rule));
    return {
      ...this.settings,
      deny: [...deny, ...there(deny)],
      ask: [...ask, ...there(ask)],
      allow: there(allow),
    };
  }

  /** Kept in the workspace's settings, a rule for a file of a copy would be one for the original's, too. */
  #offer(verdict: Verdict, root: string): Verdict {
    const isForFile = verdict.rules.some((rule) => !rule.startsWith("Bash"));
    return root !== this.#root && isForFile ? { ...verdict, rules: [] } : verdict;
  }

  /** Adds allow rules for this session. */
  allow(texts: readonly string[]): void {
    for (const text of texts)
      this.settings.allow.push(parseRule(text, ".claude/settings.local.json", this.#root));
  }
}

/** Where a command starts: the root, or the worktree that it is for (s18). */
function folderOf(root: string, tool: string, input: unknown): string {
  const { name } = (input ?? {}) as { name?: unknown };
  const isInWorktree = tool === "worktree_run" && typeof name === "string";
  return isInWorktree ? resolve(root, ".claude/worktrees", name) : root;
}
