// Where a mechanism plugs into the loop. Every chapter from s03 on is one Extension; the loop
// itself never changes. Extensions wrap in the order of the agent's list: the first is outermost.
import type Anthropic from "@anthropic-ai/sdk";
import type { Session } from "./conversation/session.ts";
import type { Tool, ToolCall, ToolResult, ToolRunner } from "./tools/tool.ts";

export interface ModelRequest {
  readonly params: Anthropic.MessageStreamParams;
  readonly session: Session;
  /** The SDK's own attempts after a failure; its default is 2. */
  readonly maxRetries?: number;
  /** How long the server may take to begin to answer; the SDK's default is ten minutes. */
  readonly timeoutMs?: number;
}

/** Sends one request and resolves with the whole reply. Rejects with the SDK's errors. */
export type ModelCall = (request: ModelRequest) => Promise<Anthropic.Message>;

export interface Command {
  readonly description: string;
  /** What follows the command's name on its line. Returns what to print. */
  run(argument: string, session: Session): string | Promise<string>;
  /** Words that may follow the name, such as ids, for the Tab key. One that throws offers none. */
  complete?(): readonly string[] | Promise<readonly string[]>;
}

export interface Extension {
  readonly name: string;
  /** Tools this mechanism adds. A function where the list changes at run time (s19). */
  readonly tools?: readonly Tool[] | (() => readonly Tool[]);
  /** This mechanism's section of the system prompt. Must not change from turn to turn: it is cached. */
  systemPrompt?(session: Session): string | Promise<string>;
  /** Runs before every model call; may inject text or replace session.messages (s03, s06, s13, s15). */
  beforeModel?(session: Session): void | Promise<void>;
  /** Wraps the model call; calls next zero or more times (s06, s11). */
  wrapModelCall?(request: ModelRequest, next: ModelCall): Promise<Anthropic.Message>;
  /** Wraps one tool call; may refuse, change or annotate it (s06, s07, s08); it guards subagents, too (s04). A ToolError is a refusal. */
  wrapToolCall?(call: ToolCall, next: ToolRunner): Promise<ToolResult>;
  /** Slash commands for the terminal, by name, without the slash. */
  readonly commands?: Readonly<Record<string, Command>>;
  /** A word or two for the prompt line, such as "2 running"; undefined for nothing. */
  status?(): string | undefined;
  /** True while something is under way, or has ended unannounced, that will want another turn (s13, s15). */
  isBusy?(): boolean;
  /** Before the first prompt. May throw: the program then ends with the message. */
  start?(session: Session): void | Promise<void>;
  /** When the program ends, however it does. Must not throw. */
  stop?(): void | Promise<void>;
}
