// The flags of the capstone: those of the chapters, its own, and other names for some. What a user of Claude Code types
// works here, or is refused by name with the nearest thing that there is (elsewhere.ts).
import type { ChapterFlag, FlagValues } from "@course/runtime";
import { compactionFlags } from "@course/s06-context-compaction";
import { permissionFlags } from "@course/s07-permissions";
import { hookFlags } from "@course/s08-hooks";
import { memoryFlags } from "@course/s09-memory";
import { projectInstructionsFlags, promptFlags } from "@course/s10-system-prompt";
import { schedulerFlags } from "@course/s14-cron-scheduler";
import { autonomyFlags } from "@course/s17-autonomous-agents";
import { worktreeFlags } from "@course/s18-worktree-isolation";
import { mcpFlags } from "@course/s19-mcp-plugin";
import { acpFlag, serveAcp } from "./acp.ts";
import { ELSEWHERE } from "./elsewhere.ts";
import { sessionFlags } from "./sessions.ts";

const chapterFlags = {
  ...compactionFlags,
  ...permissionFlags,
  ...hookFlags,
  ...memoryFlags,
  ...projectInstructionsFlags,
  ...promptFlags,
  ...schedulerFlags,
  ...autonomyFlags,
  ...worktreeFlags,
  ...mcpFlags,
} as const;

/** Other names, and the flag that each stands for. */
const ALIASES = {
  allowedTools: "allow",
  "allowed-tools": "allow",
  disallowedTools: "deny",
  "disallowed-tools": "deny",
} as const;

const programFlags: Readonly<Record<string, ChapterFlag>> = {
  ...sessionFlags,
  ...acpFlag,
  "append-system-prompt": { value: "TEXT", description: "Words of yours at the end of the system prompt" },
  without: { value: "CHAPTERS", description: "Leave mechanisms out, as in s06,s13" },
  ...Object.fromEntries(
    Object.entries(ALIASES).map(([alias, flag]) => [
      alias,
      { value: "RULES", description: `The same as --${flag}` },
    ]),
  ),
  ...ELSEWHERE,
};

export const flags = { ...chapterFlags, ...programFlags };

/** Flags that start something else than the terminal. */
export const modes = { acp: serveAcp };

/** The values, each under the name of the flag that it is for. */
export function readFlags(values: FlagValues): FlagValues {
  const read: Record<string, string | boolean | undefined> = { ...values };
  for (const [alias, flag] of Object.entries(ALIASES)) {
    const rules = [read[flag], values[alias]].filter((value) => typeof value === "string");
    if (rules.length > 0) read[flag] = rules.join(",");
  }
  return read;
}
