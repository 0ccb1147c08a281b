// The policy: which judge a call comes before. Rules, files and command lines are judged in files of their own.
import type { ToolCall, Workspace } from "@course/runtime";
import { judgeFile } from "./judge-file.ts";
import { judgeShell } from "./judge-shell.ts";
import { Paths } from "./paths.ts";
import { decide, type Verdict } from "./pipeline.ts";
import { namesTool, parseRule, type Rule } from "./rules.ts";
import type { Settings } from "./settings.ts";

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

  /** What to do about a call. Rejects where the shell's grammar cannot be loaded; the call must not run then. */
  async judge({ name, input, readOnly }: Pick<ToolCall, "name" | "input" | "readOnly">): Promise<Verdict> {
    const { command, file_path: path } = (input ?? {}) as { command?: unknown; file_path?: unknown };
    if (SHELL_TOOLS.has(name) && typeof command === "string")
      return judgeShell(this.settings, command, this.#paths);
    if (EDIT_TOOLS.has(name) && typeof path === "string")
      return judgeFile(this.settings, "Edit", path, this.#paths);
    if (name === "read_file" && typeof path === "string")
      return judgeFile(this.settings, "Read", path, this.#paths);
    return this.#judgeTool(name, readOnly || HARNESS_TOOLS.has(name));
  }

  #judgeTool(name: string, reads: boolean): Verdict {
    const named = (rules: readonly Rule[]) => rules.find((rule) => namesTool(rule, name));
    const { deny, ask, allow } = this.settings;
    const rules = { denied: named(deny), asked: named(ask), allowed: named(allow) };
    return decide(this.settings, { ...rules, reads, passes: reads, rule: name });
  }

  /** Adds allow rules for this session. */
  allow(texts: readonly string[]): void {
    for (const text of texts)
      this.settings.allow.push(parseRule(text, ".claude/settings.local.json", this.#root));
  }
}
