// How a stream becomes a message. The API sends a reply as events: message_start, then for each block its start,
// its deltas and its stop, then message_delta with the stop reason, then message_stop
// (https://platform.claude.com/docs/en/build-with-claude/streaming). They are folded here and not by the SDK's
// helper, which throws where the input of one call is no JSON, does not notice silence, and costs a quarter.
import type Anthropic from "@anthropic-ai/sdk";
import { errorMessage } from "../errors.ts";

/** A stream that broke off: it ended too early, held something else than events, or fell silent. */
export class StreamError extends Error {
  override readonly name = "StreamError";
}

export interface Hearing {
  onText(text: string): void;
  onThinking(text: string): void;
  /** After so many milliseconds without an event, the stream counts as lost. */
  silenceMs: number;
  /** Ends the request; called when the stream has fallen silent. */
  hangUp(): void;
}

type Events = AsyncIterable<Anthropic.RawMessageStreamEvent>;
type Block = Anthropic.ContentBlock;

/** Folds the events into a message. Rejects with StreamError, and with the errors of the stream itself. */
export async function readReply(events: Events, { onText, onThinking, silenceMs, hangUp }: Hearing) {
  const reply = new PartialReply(onText, onThinking);
  let isSilent = false;
  const timer = setTimeout(() => {
    isSilent = true;
    hangUp();
  }, silenceMs);
  try {
    for await (const event of events) {
      timer.refresh();
      reply.add(event);
    }
  } catch (error) {
    // A line that was torn is no JSON for the SDK.
    if (error instanceof SyntaxError) throw new StreamError(`the stream was torn: ${errorMessage(error)}`);
    if (!isSilent) throw error;
  } finally {
    clearTimeout(timer);
  }
  if (isSilent) throw new StreamError(`nothing came for ${silenceMs / 1000} s`);
  return reply.whole();
}

/** The reply so far. Tolerates what other servers of this API leave out. */
class PartialReply {
  readonly #onText: (text: string) => void;
  readonly #onThinking: (text: string) => void;
  #message: Anthropic.Message | undefined;
  readonly #blocks: Block[] = [];
  /** The input of each call, as far as it has come: pieces of JSON. */
  readonly #json = new Map<Block, string>();
  #isEnded = false;

  constructor(onText: (text: string) => void, onThinking: (text: string) => void) {
    this.#onText = onText;
    this.#onThinking = onThinking;
  }

  add(event: Anthropic.RawMessageStreamEvent): void {
    switch (event.type) {
      case "message_start":
        this.#message = { ...event.message, content: [] };
        return;
      case "content_block_start":
        this.#begin(event.index, { ...event.content_block });
        return;
      case "content_block_delta":
        this.#grow(this.#blocks[event.index], event.delta);
        return;
      case "message_delta":
        if (this.#message)
          Object.assign(this.#message, event.delta, { usage: merged(this.#message.usage, event.usage) });
        return;
      case "message_stop":
        this.#isEnded = true;
        return;
      default:
        return;
    }
  }

  #begin(index: number, block: Block): void {
    const hasText = this.#blocks.some((other) => other.type === "text" && other.text.trim() !== "");
    this.#blocks[index] = block;
    if (block.type !== "text") return;
    // Two blocks of text are two paragraphs.
    if (hasText) this.#onText("\n");
    if (block.text) this.#onText(block.text);
  }

  #grow(block: Block | undefined, delta: Anthropic.RawContentBlockDelta): void {
    if (block?.type === "text" && delta.type === "text_delta") {
      block.text += delta.text;
      this.#onText(delta.text);
    } else if (block?.type === "text" && delta.type === "citations_delta") {
      block.citations = [...(block.citations ?? []), delta.citation];
    } else if (block?.type === "thinking" && delta.type === "thinking_delta") {
      block.thinking += delta.thinking;
      this.#onThinking(delta.thinking);
    } else if (block?.type === "thinking" && delta.type === "signature_delta") {
      block.signature = delta.signature;
    } else if (block && delta.type === "input_json_delta") {
      this.#json.set(block, (this.#json.get(block) ?? "") + delta.partial_json);
    }
  }

  whole(): Anthropic.Message {
    if (!this.#message) throw new StreamError("the stream held no message");
    // Some servers leave out the last event; the stop reason says as well that nothing is missing.
    if (!this.#isEnded && !this.#message.stop_reason)
      throw new StreamError("the stream ended without its last event");
    for (const [block, json] of this.#json) if ("input" in block && json !== "") block.input = parsed(json);
    return { ...this.#message, content: this.#blocks.filter(Boolean) };
  }
}

/** The input of a call; where it is no JSON, the text itself, for the gate to answer. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

/** Counts in message_delta are the last word, but it does not repeat all of them. */
function merged(first: Anthropic.Usage, last: Anthropic.MessageDeltaUsage | undefined): Anthropic.Usage {
  const counts = Object.entries(last ?? {}).filter(([, value]) => value !== null && value !== undefined);
  return { ...first, ...Object.fromEntries(counts) };
}
