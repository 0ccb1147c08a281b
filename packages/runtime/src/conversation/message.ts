// What a conversation is made of: messages, and what stands before them in every request.
import type Anthropic from "@anthropic-ai/sdk";

export type Message = Readonly<Anthropic.MessageParam>;
export type Block = Anthropic.ContentBlockParam;

/** A request of the Messages API. Its messages are read, never written. */
export type RequestParams = Omit<Anthropic.MessageCreateParamsStreaming, "messages"> & {
  readonly messages: readonly Message[];
};

/** What stands before the messages of every request of a conversation. */
export interface Prefix {
  readonly system: string;
  readonly tools: Anthropic.Tool[];
}

/** A message's content as blocks. */
export function blocksOf({ content }: Message): Block[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

/** The text of a message's text blocks. */
export function textOf(content: Message["content"]): string {
  if (typeof content === "string") return content;
  return content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n");
}

export function isThinking({ type }: { type: string }): boolean {
  return type === "thinking" || type === "redacted_thinking";
}

/** The message without its thinking blocks; itself where it has none. */
export function withoutThinking(message: Message): Message {
  if (message.role !== "assistant" || !blocksOf(message).some(isThinking)) return message;
  return { role: "assistant", content: blocksOf(message).filter((block) => !isThinking(block)) };
}
