// What a message is made of, and what a person calls its parts. Types alone are the API's: this runs in a browser.
import type { AgentEvent } from "@course/runtime";

export type Block = Extract<AgentEvent, { type: "appended" }>["blocks"][number];
export type Tool = Extract<AgentEvent, { type: "prefix" }>["tools"][number];

export interface Message {
  readonly role: "user" | "assistant" | "system";
  readonly content: string | readonly Block[];
}

/** What a block is to a reader; it has a colour of its own. */
export type BlockKind = "words" | "thinking" | "call" | "result" | "injected";

export function blocksOf({ content }: Message): readonly Block[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

export function isThinking({ type }: { readonly type: string }): boolean {
  return type === "thinking" || type === "redacted_thinking";
}

/** The message without its thinking blocks; itself where it has none. */
export function withoutThinking(message: Message): Message {
  if (message.role !== "assistant" || !blocksOf(message).some(isThinking)) return message;
  return { role: "assistant", content: blocksOf(message).filter((block) => !isThinking(block)) };
}

/** `injected` holds the texts that the harness has added, not a person. */
export function kindOf(block: Block, role: Message["role"], injected: ReadonlySet<string>): BlockKind {
  if (isThinking(block)) return "thinking";
  if (block.type.endsWith("tool_use")) return "call";
  if (block.type.endsWith("tool_result")) return "result";
  return role === "user" && block.type === "text" && injected.has(block.text) ? "injected" : "words";
}
