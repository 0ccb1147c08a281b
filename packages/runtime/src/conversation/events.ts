// Everything that happens in a session, as data. The terminal, the trace and the tests listen.
import type Anthropic from "@anthropic-ai/sdk";
import type { ToolResult } from "../tools/tool.ts";
import type { TurnUsage } from "./usage.ts";

export type AgentEvent =
  | { type: "prompt"; text: string }
  | { type: "model_started" }
  | { type: "text"; text: string }
  /** What the model thinks, as it is written; a model that shows nothing of it sends none. */
  | { type: "thinking"; text: string }
  | { type: "model_ended"; stopReason: Anthropic.StopReason | null; usage: TurnUsage; durationMs: number }
  | { type: "tool_started"; id: string; name: string; input: unknown }
  | { type: "tool_ended"; id: string; name: string; result: ToolResult; durationMs: number }
  | { type: "injected"; text: string }
  | { type: "wake"; reason: string }
  | { type: "notice"; message: string }
  /** A wait of so many milliseconds that an interrupt ends, and what for. */
  | { type: "waiting"; reason: string; ms: number }
  /** What an extension shows the user, such as a plan; the model does not read it. */
  | { type: "display"; text: string }
  | { type: "error"; message: string; stack?: string | undefined }
  /** The conversation is about to be forgotten. */
  | { type: "cleared" }
  | { type: "prompt_taken_back"; text: string }
  | { type: "run_ended"; stopReason: string; answer: string }
  /** What happens in a subagent (s04); `label` names it for a person. */
  | { type: "subagent"; label: string; event: AgentEvent }
  /** What an extension wants traced; `kind` names it, as in overloaded. */
  | { type: "extension"; extension: string; kind: string; detail: Readonly<Record<string, unknown>> };

/**
 * One thing that happened in a session, with its time in milliseconds since the epoch.
 *
 * @record In memory; with `--trace` a line of `.traces/<time>.jsonl`, durable
 */
export type StampedEvent = AgentEvent & { at: number };
