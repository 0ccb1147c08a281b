// Flags of Claude Code that this program does not have, and what comes nearest. A flag that is silently ignored is worse
// than one that is refused: --max-budget-usd 1 would be believed. As of November 2026
// (https://code.claude.com/docs/en/cli-reference). Not covered: its subcommands, as in "claude mcp".
import type { ChapterFlag } from "@course/runtime";

const NEAREST: Readonly<Record<string, string>> = {
  "add-dir": "the file tools stay in one folder. Start in a folder that holds both, or with --dir.",
  agent: "there is one kind of subagent. Say in your prompt what it is to do.",
  agents: "there is one kind of subagent. Say in your prompt what it is to do.",
  "allow-dangerously-skip-permissions":
    "allow what you need: --allow RULES, or --permission-mode acceptEdits.",
  "dangerously-skip-permissions": "allow what you need: --allow RULES, or --permission-mode acceptEdits.",
  debug: "write --trace: every event goes to .traces/.",
  effort: "the model decides how long it thinks. --model names another.",
  "fallback-model": "s11 waits and tries again. --model names another model.",
  ide: "an editor starts this program itself: --acp speaks the Agent Client Protocol.",
  "include-partial-messages": "--output-format stream-json always holds the pieces, as text events.",
  "json-schema": "--output-format json holds the answer as text. Ask for JSON in your prompt.",
  "max-budget-usd": "there are no prices here. --max-turns limits the model calls; /cost counts tokens.",
  "no-session-persistence": "sessions are always kept, in .sessions/. Delete the file.",
  "permission-prompt-tool": "--allow and --deny decide where nobody can be asked.",
  "replay-user-messages": "--output-format stream-json always holds them, as prompt events.",
  "session-id": "ids are made here. --output-format json tells them as session_id.",
  "setting-sources": "all three settings files count. --deny holds in spite of them.",
  settings: "write the file .claude/settings.local.json, or use --allow and --deny.",
  "strict-mcp-config":
    "the project's .mcp.json counts as well; its servers start only after you have trusted them.",
  "system-prompt": "--append-system-prompt adds to it; it is not replaced.",
  "system-prompt-file": "--append-system-prompt adds to it; it is not replaced.",
  "append-system-prompt-file": 'write --append-system-prompt "$(cat FILE)".',
  tools: '--deny takes tools away, as in --deny "Bash".',
  verbose: "tool calls are always shown. --trace writes every event to .traces/.",
};

/** As flags, with the one that other chapters have: each is refused with its sentence, under its short name, too. */
export const ELSEWHERE: Readonly<Record<string, ChapterFlag>> = {
  ...Object.fromEntries(
    Object.entries(NEAREST).map(([name, refusal]) => [name, { description: "", refusal }]),
  ),
  with: { description: "", refusal: "all mechanisms are here already. --without leaves some out." },
  version: { short: "v", description: "", refusal: "the banner says which edition this is." },
};
