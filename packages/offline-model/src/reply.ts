// What the offline model answers with, before it is put on the wire.
import type Anthropic from "@anthropic-ai/sdk";

export interface TextPart {
  type: "text";
  text: string;
}

export interface CallPart {
  type: "call";
  name: string;
  input: Record<string, unknown>;
}

/** What the model thinks before it goes on; signed when it is put on the wire. */
export interface ThinkingPart {
  type: "thinking";
  text: string;
}

/** A block as it is, however wrong, to try a client; the input of a call that is a string is sent as its JSON. */
export interface RawPart {
  type: "raw";
  block: Record<string, unknown>;
}

export type Part = TextPart | CallPart | ThinkingPart | RawPart;

/** One assistant message. `stopReason` follows from the parts unless given. */
export interface Reply {
  parts: Part[];
  stopReason?: Anthropic.StopReason;
}

/** Answers a valid request. Throws `ApiError` to answer with an error instead. */
export type Responder = (request: MessageRequest) => Reply | Promise<Reply>;

/** The part of a Messages request that this server reads. */
export interface MessageRequest extends Omit<Anthropic.MessageCreateParamsNonStreaming, "tools" | "stream"> {
  tools?: Anthropic.Tool[];
  stream?: boolean;
}

/** One tool call of the assistant. */
export function call(name: string, input: Record<string, unknown> = {}): CallPart {
  return { type: "call", name, input };
}

/** One thinking block of the assistant. Left out where the model does not think. */
export function think(text: string): ThinkingPart {
  return { type: "thinking", text };
}

/** A block as it is, however wrong. */
export function raw(block: Record<string, unknown>): RawPart {
  return { type: "raw", block };
}

/** One text block of the assistant. */
export function say(text: string): TextPart {
  return { type: "text", text };
}
