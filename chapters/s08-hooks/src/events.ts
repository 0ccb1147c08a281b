// The events at which hooks run, and what a hook can do at each.

/**
 * `blocks`: what exit code 2, or `decision: "block"`, does: it stops what was about to happen ("yes"), or it can only tell
 * the model ("tell") or the user ("no"). `context`: what a hook prints goes to the model as it is.
 */
interface EventTraits {
  blocks: "yes" | "tell" | "no";
  context?: true;
  /** The field of a hook's input that a matcher is compared with; without it, every hook of the event runs. */
  matches?: "tool_name" | "source" | "trigger" | "reason" | "agent_type";
  seconds?: number;
}

const EVENTS = {
  SessionStart: { blocks: "no", context: true, matches: "source" },
  UserPromptSubmit: { blocks: "yes", context: true, seconds: 30 },
  PreToolUse: { blocks: "yes", matches: "tool_name" },
  PostToolUse: { blocks: "tell", matches: "tool_name" },
  PostToolUseFailure: { blocks: "tell", matches: "tool_name" },
  Stop: { blocks: "yes" },
  SubagentStart: { blocks: "no", matches: "agent_type" },
  SubagentStop: { blocks: "yes", matches: "agent_type" },
  PreCompact: { blocks: "yes", matches: "trigger" },
  SessionEnd: { blocks: "no", matches: "reason", seconds: 1.5 },
} as const satisfies Record<string, EventTraits>;

export type HookEvent = keyof typeof EVENTS;

export const traitsOf = (event: HookEvent): EventTraits => EVENTS[event];

export const isHookEvent = (name: string): name is HookEvent => Object.hasOwn(EVENTS, name);

export const EVENT_NAMES = Object.keys(EVENTS);

/** Events of Claude Code that do not happen here, with names so close to ours that they would look like a typo. */
export const ELSEWHERE = new Set(["PostCompact", "PostToolBatch", "StopFailure", "UserPromptExpansion"]);
