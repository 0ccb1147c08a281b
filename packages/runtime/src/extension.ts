// What an agent is made of: instructions, tools, and extensions, which are where a mechanism plugs into the loop.
// Every chapter from s03 on is one Extension; the loop itself never changes. Extensions wrap in the order of the
// agent's list: the first is outermost. What one throws is told under its name, and the conversation goes on.
import type Anthropic from "@anthropic-ai/sdk";
import type { RequestParams } from "./conversation/message.ts";
import type { ToolResult } from "./conversation/events.ts";
import type { Session } from "./conversation/session.ts";
import type { Tool, ToolCall, ToolRunner } from "./tools/tool.ts";

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

export interface ModelRequest {
  readonly params: RequestParams;
  readonly session: Session;
  /** The SDK's own attempts after a failure; its default is 2. */
  readonly maxRetries?: number;
  /** How long the server may be silent, before its answer and between two events; default five minutes. */
  readonly timeoutMs?: number;
}

/** Sends one request and resolves with the whole reply. Rejects with the SDK's errors, or StreamError. */
export type ModelCall = (request: ModelRequest) => Promise<Anthropic.Message>;

export interface Command {
  readonly description: string;
  /**
   * What follows the command's name on its line; refused where run has no parameter, or the command is alone. Returns what
   * to print; a table or a picture keeps to these columns, or its rows are folded.
   */
  run(argument: string, session: Session, columns?: number): string | Promise<string>;
  /** Whether nothing may follow the name, though run has parameters. */
  readonly isAlone?: boolean;
  /** Where the line stands for a prompt (s19): its text, which is run as if it had been typed; `run` then only shows it. */
  prompt?(argument: string, session: Session): string | Promise<string>;
  /** Words that may follow the name, such as ids, for the Tab key. One that throws offers none. */
  complete?(): readonly string[] | Promise<readonly string[]>;
}

/**
 * Where an extension stands, whatever order chapters are named in: a lower one is further out, so it sees a call
 * first and its result last. Hooks change an input before permissions judge it; what is judged is what runs.
 */
export const ORDER = { hooks: 10, permissions: 20, window: 30, recovery: 40, others: 50 } as const;

/** A part of the system prompt and its owner: the agent, or an extension, by name. */
export interface PromptSection {
  readonly owner: string;
  readonly text: string;
}

export interface Extension {
  readonly name: string;
  /** A line for the banner, where a flag changes what the user sees (s14). */
  readonly banner?: string;
  /** One of ORDER; others of the same place keep the order of the agent's list. */
  readonly order?: number;
  /** Tools this mechanism adds. A function where the list changes at run time (s19). */
  readonly tools?: readonly Tool[] | (() => readonly Tool[]);
  /** This mechanism's section of the system prompt: asked for once a conversation. If it throws, the run fails. */
  systemPrompt?(session: Session): string | Promise<string>;
  /** Puts the sections in order before they are joined to the system prompt (s10). If it throws, the run fails. */
  arrangeSections?(sections: readonly PromptSection[], session: Session): readonly PromptSection[];
  /**
   * Before the user's words enter the conversation; what it returns is the prompt's refusal, shown to the user (s08).
   * If it throws, the run fails and the prompt is not kept.
   */
  beforePrompt?(
    prompt: string,
    session: Session,
  ): string | undefined | void | Promise<string | undefined | void>;
  /** Runs before every model call; may inject text or edit the conversation (s03, s06, s13, s15). If it throws, the run fails. */
  beforeModel?(session: Session): void | Promise<void>;
  /** Wraps the model call; calls next zero or more times (s06, s11). If it throws, or returns nothing, the run fails. */
  wrapModelCall?(request: ModelRequest, next: ModelCall): Promise<Anthropic.Message>;
  /**
   * Wraps one tool call; may refuse, change or annotate it (s06, s07, s08); it guards subagents, too (s04). A ToolError
   * is a refusal. If it throws anything else, or returns nothing, that is the call's result, as an error.
   */
  wrapToolCall?(call: ToolCall, next: ToolRunner): Promise<ToolResult>;
  /** When the model asks for nothing more; what it injects keeps the run going (s08). If it throws, the run fails. */
  beforeStop?(session: Session): void | Promise<void>;
  /** Before a summary takes the conversation's place; a ToolError refuses it (s08). */
  beforeCompaction?(session: Session, trigger: "manual" | "auto"): void | Promise<void>;
  /**
   * Slash commands for the terminal, by name, without the slash. If one throws, its message is shown. They are looked up
   * at each line, so a getter may add some at run time (s19).
   */
  readonly commands?: Readonly<Record<string, Command>>;
  /** A word or two for the prompt line, such as "2 running"; undefined for nothing, and where it throws. */
  status?(): string | undefined;
  /** True while something is under way, or has ended unannounced, that will want another turn (s13, s15). False if it throws. */
  isBusy?(): boolean;
  /** Before the first prompt. May throw: the program then ends with the message. */
  start?(session: Session, agent: Agent): void | Promise<void>;
  /** When the program ends, however it does. If it throws, the program ends all the same. */
  stop?(): void | Promise<void>;
}
