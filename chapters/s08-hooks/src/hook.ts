// A hook as the program knows it, and what was configured and does not run here.
import type { Rule } from "@course/s07-permissions";
import type { HookEvent } from "./events.ts";

/**
 * A command of the user that runs at an event.
 *
 * @record `hooks` in `~/.claude/settings.json`, `.claude/settings.json` and `.claude/settings.local.json`, durable, written by people
 */
export interface Hook {
  event: HookEvent;
  /** As it was written. */
  matcher: string | undefined;
  matches(name: string): boolean;
  /** A line for the shell; with `args`, a program. */
  command: string;
  args: readonly string[] | undefined;
  timeoutSeconds: number | undefined;
  /** The hook runs only for calls that this rule means. */
  if: Rule | undefined;
  /** What happens if it fails (ours): the call runs all the same, as in Claude Code, or is blocked. */
  onFailure: "block" | "continue";
  /** Variables that it gets besides the user's, as a plugin's hooks do (s19). */
  env?: Readonly<Record<string, string>>;
  /** The file's name as it is shown. */
  source: string;
}

/** What is configured and does not run here. */
export interface NotRun {
  event: string;
  what: string;
  reason: string;
  source: string;
}

export interface HookFile {
  shown: string;
  hooks: Hook[];
  notRun: NotRun[];
  disablesAll: boolean;
}
