// Everything that happens in a session, as data. The terminal, the trace and the tests listen.
import type Anthropic from "@anthropic-ai/sdk";
import type { TurnUsage } from "./usage.ts";

/** What a tool answers: text, or blocks of text, images and names of tools to load. */
export interface ToolResult {
  content:
    string | Array<Anthropic.TextBlockParam | Anthropic.ImageBlockParam | Anthropic.ToolReferenceBlockParam>;
  isError?: boolean;
  /** Why the call may not run, where a permission refused it (s07). The API is not sent it. */
  refused?: string;
  /** The file with all of the output, relative to the workspace, and its characters, where `content` is cut. The API is not sent it. */
  fullOutput?: { file: string; length: number } | undefined;
}

/**
 * A request as the trace holds it: its parameters in their order, where `{ from: "prefix" }` stands for what the
 * last `prefix` event holds (of tools, with those of the last `deferred_tools` behind them), and `messages` for the first `count` messages of the conversation and those in `added`.
 */
export interface TracedRequest {
  readonly [parameter: string]: unknown;
  readonly messages: { from: "conversation"; count: number; added: readonly Anthropic.MessageParam[] };
}

export type AgentEvent =
  | { type: "prompt"; text: string }
  /** A conversation's system prompt and tools were made: once, and again after an edit of its beginning. */
  | { type: "prefix"; system: string; tools: readonly Anthropic.Tool[] }
  /** The tools that stand behind the prefix's, and are loaded by a reference, are these from now on (s19). */
  | { type: "deferred_tools"; tools: readonly Anthropic.Tool[] }
  /** Blocks were added at the end: to the message of this number, which is new or the last one. */
  | {
      type: "appended";
      message: number;
      role: "user" | "assistant";
      blocks: readonly Anthropic.ContentBlockParam[];
    }
  /** From this message on, the conversation was replaced by these. */
  | { type: "edited"; from: number; messages: readonly Anthropic.MessageParam[] }
  | { type: "model_started"; request: TracedRequest }
  | { type: "text"; text: string }
  /** What the model thinks, as it is written; a model that shows nothing of it sends none. */
  | { type: "thinking"; text: string }
  | { type: "model_ended"; stopReason: Anthropic.StopReason | null; usage: TurnUsage; durationMs: number }
  | { type: "tool_started"; id: string; name: string; input: unknown }
  /** `durationMs` leaves out the time in which a person was asked. */
  | { type: "tool_ended"; id: string; name: string; result: ToolResult; durationMs: number }
  /** How far a call has come, where its tool says so (s19): of `total`, if that is known. */
  | {
      type: "tool_progress";
      id: string;
      name: string;
      done: number;
      total?: number | undefined;
      message?: string | undefined;
    }
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
  /** What happens in a fork, as a subagent's (s04) or a summary's (s06); `id` tells them apart, `label` names it for a person. */
  | { type: "subagent"; id: number; label: string; event: AgentEvent }
  /** What an extension wants traced; `kind` names it, as in overloaded. */
  | { type: "extension"; extension: string; kind: string; detail: Readonly<Record<string, unknown>> };

/**
 * One thing that happened in a session, with its time in milliseconds since the epoch.
 *
 * @record In memory; with `--trace` a line of `.traces/<time>.jsonl`, durable
 */
export type StampedEvent = AgentEvent & { at: number };
