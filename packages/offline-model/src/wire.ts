// A reply as the Messages API sends it: one JSON message, or server-sent events
// (https://platform.claude.com/docs/en/build-with-claude/streaming).
import { randomBytes } from "node:crypto";
import type Anthropic from "@anthropic-ai/sdk";
import { thinkingOf } from "./models.ts";
import type { MessageRequest, Part, Reply } from "./reply.ts";
import { signer } from "./thinking.ts";
import { outputTokens, type InputUsage } from "./usage.ts";

const CHUNK_CHARACTERS = 24;

export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString("hex")}`;
}

/** The reply as a message; what is thought in it is signed over the request, and left out where its model does not think. */
export function toMessage(reply: Reply, request: MessageRequest, input: InputUsage): Anthropic.Message {
  const { thinks, shows } = thinkingOf(request);
  const parts = reply.parts.filter((part) => thinks || part.type !== "thinking");
  const thought = parts.filter((part) => part.type === "thinking");
  const signatures = thought.length > 0 ? signer(request) : undefined;
  const content = parts.map((part) => {
    const block = toBlock(part, shows, signatures?.sign);
    signatures?.add(block);
    return block;
  });
  const calls = reply.parts.some((part) => part.type === "call");
  return {
    id: newId("msg"),
    type: "message",
    role: "assistant",
    model: request.model,
    content,
    stop_reason: reply.stopReason ?? (calls ? "tool_use" : "end_turn"),
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
    usage: {
      ...input,
      output_tokens: outputTokens(parts),
      output_tokens_details: { thinking_tokens: thought.length > 0 ? outputTokens(thought) : 0 },
      cache_creation: {
        ephemeral_5m_input_tokens: input.cache_creation_input_tokens,
        ephemeral_1h_input_tokens: 0,
      },
      inference_geo: null,
      server_tool_use: null,
      service_tier: "standard",
      speed: null,
    },
  };
}

function toBlock(part: Part, shows: boolean, sign = (_text: string) => ""): Anthropic.ContentBlock {
  if (part.type === "thinking") {
    const thinking = shows ? part.text : "";
    return { type: "thinking", thinking, signature: sign(thinking) };
  }
  if (part.type === "raw") return part.block as unknown as Anthropic.ContentBlock;
  // Older clients refuse a null for citations, and the API leaves the field out where there are none.
  if (part.type === "text") return { type: "text", text: part.text } as Anthropic.TextBlock;
  return {
    type: "tool_use",
    id: newId("toolu"),
    name: part.name,
    input: part.input,
    caller: { type: "direct" },
  };
}

/** The events of one streamed message, in order; text and tool input in several deltas. */
export function* toEvents(
  message: Anthropic.Message,
): Generator<Anthropic.RawMessageStreamEvent | { type: "ping" }> {
  const { usage } = message;
  yield {
    type: "message_start",
    message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
  };
  yield { type: "ping" };
  for (const [index, block] of message.content.entries()) {
    yield* toBlockEvents(block, index);
    yield { type: "content_block_stop", index };
  }
  yield {
    type: "message_delta",
    delta: { stop_reason: message.stop_reason, stop_sequence: null, stop_details: null, container: null },
    usage,
  } as Anthropic.RawMessageDeltaEvent;
  yield { type: "message_stop" };
}

function* toBlockEvents(
  block: Anthropic.ContentBlock,
  index: number,
): Generator<Anthropic.RawMessageStreamEvent> {
  if (block.type === "thinking") {
    yield { type: "content_block_start", index, content_block: { ...block, thinking: "", signature: "" } };
    for (const thinking of chunks(block.thinking))
      yield { type: "content_block_delta", index, delta: { type: "thinking_delta", thinking } };
    const { signature } = block;
    yield { type: "content_block_delta", index, delta: { type: "signature_delta", signature } };
  } else if (block.type === "text") {
    yield { type: "content_block_start", index, content_block: { ...block, text: "" } };
    for (const text of chunks(block.text))
      yield { type: "content_block_delta", index, delta: { type: "text_delta", text } };
  } else if (block.type === "tool_use") {
    yield { type: "content_block_start", index, content_block: { ...block, input: {} } };
    yield { type: "content_block_delta", index, delta: { type: "input_json_delta", partial_json: "" } };
    const input = typeof block.input === "string" ? block.input : JSON.stringify(block.input);
    for (const partial_json of chunks(input))
      yield { type: "content_block_delta", index, delta: { type: "input_json_delta", partial_json } };
  } else {
    // Such as redacted_thinking: what has no deltas comes whole.
    yield { type: "content_block_start", index, content_block: block };
  }
}

/** Splits at character boundaries, so that no surrogate pair is torn. */
function chunks(text: string): string[] {
  const characters = Array.from(text);
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += CHUNK_CHARACTERS) {
    pieces.push(characters.slice(at, at + CHUNK_CHARACTERS).join(""));
  }
  return pieces;
}
