// An agent is data: instructions, tools and extensions. The loop gives it life.
import type Anthropic from "@anthropic-ai/sdk";
import type { Extension } from "./extension.ts";
import type { Session } from "./conversation/session.ts";
import { toolsOf, type Tool } from "./tools/tool.ts";

/** Why a run stopped: the API's reason, or ours. */
export type StopReason = Anthropic.StopReason | "max_turns" | "idle";

export type AgentLoop = (agent: Agent, session: Session) => Promise<StopReason>;

/**
 * Instructions, tools and extensions: everything that tells one chapter from another.
 *
 * @record In memory, made at the start
 */
export interface Agent {
  readonly name: string;
  /** The first part of the system prompt. */
  readonly instructions: string;
  readonly tools: readonly Tool[];
  readonly extensions: readonly Extension[];
  /** Model calls in one run, at most. */
  readonly maxTurns: number;
  /** Replaces runAgentLoop; only s01, which teaches the loop itself, sets it. */
  readonly loop?: AgentLoop;
}

export interface AgentDefinition extends Omit<Agent, "extensions" | "maxTurns"> {
  extensions?: readonly Extension[];
  maxTurns?: number;
}

/** Fills in defaults. Throws an Error if two tools or two extensions have one name. */
export function defineAgent(definition: AgentDefinition): Agent {
  const agent = { extensions: [], maxTurns: 100, ...definition };
  refuseTwins("tools", toolsOf(agent));
  refuseTwins("extensions", agent.extensions);
  return agent;
}

function refuseTwins(kind: string, items: readonly { name: string }[]): void {
  const names = items.map((item) => item.name);
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin !== undefined) throw new Error(`Two ${kind} are named "${twin}". Take one of them away.`);
}
