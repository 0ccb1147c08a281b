// The policy: which judge a call comes before. Rules, files and command lines are judged in files of their own.
import { resolve } from "node:path";
import type { Tool, ToolCall, Workspace } from "@course/runtime";
import { judgeFile } from "./judge-file.ts";
import { judgeShell } from "./judge-shell.ts";
import { Paths } from "./paths.ts";
import { decide, type Verdict } from "./pipeline.ts";
import { namesTool, parseRule, ruleName, type Rule } from "./rules.ts";
import type { Settings } from "./settings.ts";

/** A call, and the tool if there is one of that name. */
type Judged = Pick<ToolCall, "name" | "input" | "readOnly"> & { tool?: Pick<Tool, "harness"> | undefined };

export class Policy {
  readonly settings: Settings;
  readonly #root: string;

  constructor(workspace: Workspace, settings: Settings) {
    this.#root = workspace.root;
    this.settings = settings;
  }

  /** What to do about a call. Rejects where the shell's grammar cannot be loaded; the call must not run then. */
  async judge({ name, input, readOnly, tool }: Judged): Promise<Verdict> {
    const { command, file_path: path } = (input ?? {}) as { command?: unknown; file_path?: unknown };
    const paths = new Paths(this.#root, [this.#folderOf(name, input)]);
    const kind = ruleName(name);
    if (kind === "Bash" && typeof command === "string") return judgeShell(this.settings, command, paths);
    if ((kind === "Edit" || kind === "Read") && typeof path === "string")
      return judgeFile(this.settings, kind, path, paths);
    // A rule for all calls is only offered for a tool that a rule cannot tell the calls of.
    const canBeRule = tool !== undefined && kind === name;
    return this.#judgeTool(name, readOnly || tool?.harness === true, canBeRule ? name : undefined);
  }

  /** Where a command starts: the root, or the worktree that it is for (s18). */
  #folderOf(tool: string, input: unknown): string {
    const { name } = (input ?? {}) as { name?: unknown };
    const isInWorktree = tool === "worktree_run" && typeof name === "string";
    return isInWorktree ? resolve(this.#root, ".claude/worktrees", name) : this.#root;
  }

  #judgeTool(name: string, reads: boolean, rule: string | undefined): Verdict {
    const { deny, ask } = this.settings;
    // What a rule says of some calls is not said of this one.
    const allow = this.settings.allow.filter(({ specifier }) => specifier === undefined);
    const named = (rules: readonly Rule[]) => rules.find((candidate) => namesTool(candidate, name));
    const rules = { denied: named(deny), asked: named(ask), allowed: named(allow) };
    return decide(this.settings, { ...rules, reads, passes: reads, rule });
  }

  /** Adds allow rules for this session. */
  allow(texts: readonly string[]): void {
    for (const text of texts)
      this.settings.allow.push(parseRule(text, ".claude/settings.local.json", this.#root));
  }
}
