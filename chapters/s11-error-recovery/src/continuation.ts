// Going on where a reply stopped. What was written is sent back with a note that asks for the rest, and the pieces
// become one message again: the conversation never shows that it was cut. A thought in a later piece is bound to a request
// that the conversation does not hold, so it is left out.
import type Anthropic from "@anthropic-ai/sdk";
import { blocksOf, isThinking, type ModelRequest } from "@course/runtime";

type Block = Anthropic.ContentBlock;

const GO_ON =
  "Your reply was cut off. Go on exactly where it stops, in the middle of a word if need be. Repeat nothing, and do not mention it.";
const SMALLER =
  "Your reply was cut off in a tool call, which was not run. Repeat nothing that you wrote, and do the same in smaller steps.";

/** A reply that arrives in pieces. */
export class PiecedReply {
  readonly #request: ModelRequest;
  #written: Block[] = [];
  #note: string | undefined;
  /** What the request without pieces was counted as. */
  #usage: Anthropic.Usage | undefined;

  constructor(request: ModelRequest) {
    this.#request = request;
  }

  /** The request as it was, or for the rest of what is written. */
  request(): ModelRequest {
    if (this.#note === undefined) return this.#request;
    const { messages } = this.#request.params;
    const note: Anthropic.TextBlockParam = {
      type: "text",
      text: `<continue-request>\n${this.#note}\n</continue-request>`,
    };
    const last = messages.at(-1);
    const rest: Anthropic.MessageParam[] =
      this.#written.length > 0
        ? [...messages, { role: "assistant", content: [...this.#written] }, { role: "user", content: [note] }]
        : [...messages.slice(0, -1), { role: "user", content: [...(last ? blocksOf(last) : []), note] }];
    return { ...this.#request, params: { ...this.#request.params, messages: rest } };
  }

  /** Keeps what of a reply can be sent back: text, which may stop anywhere, and of a pause the other blocks, too. */
  add(
    content: readonly Block[],
    { isWhole, usage }: { isWhole: boolean; usage?: Anthropic.Usage | undefined },
  ): void {
    this.#usage ??= usage;
    const mayThink = this.#note === undefined;
    const pieces = content.filter((block) => {
      if (isThinking(block)) return mayThink;
      return block.type === "text" ? block.text.trim() !== "" : isWhole;
    });
    // The API takes no message back that ends in a thought.
    while (pieces.at(-1)?.type.endsWith("thinking")) pieces.pop();
    const wasInCall = !isWhole && content.some((block) => block.type === "tool_use");
    if (wasInCall) this.#note = SMALLER;
    else if (pieces.length > 0 || usage)
      this.#note = pieces.length > 0 || this.#written.length > 0 ? GO_ON : SMALLER;
    this.#written = joined([...this.#written, ...pieces]);
  }

  /** The conversation before it was shortened: what it was counted as no longer holds, nor what was thought. */
  forgetPrefix(): void {
    this.#usage = undefined;
    this.#written = this.#written.filter((block) => !isThinking(block));
  }

  /** One message of all pieces, counted as if it had come at once. */
  whole(last: Anthropic.Message): Anthropic.Message {
    if (this.#note === undefined) return last;
    const { usage } = last;
    const sent = Math.ceil(JSON.stringify(this.#written).length / 4) + Math.ceil(this.#note.length / 4);
    const input = this.#usage ?? without(usage, sent);
    return {
      ...last,
      content: joined([...this.#written, ...last.content.filter((block) => !isThinking(block))]),
      usage: { ...input, output_tokens: usage.output_tokens },
    };
  }
}

/** The usage of a request that would have had so many tokens less at its end. */
function without(usage: Anthropic.Usage, tokens: number): Anthropic.Usage {
  const fresh = Math.min(tokens, usage.input_tokens);
  const stored = Math.min(tokens - fresh, usage.cache_creation_input_tokens ?? 0);
  return {
    ...usage,
    input_tokens: usage.input_tokens - fresh,
    cache_creation_input_tokens: (usage.cache_creation_input_tokens ?? 0) - stored,
  };
}

/** Text that was cut in two is one text again. */
function joined(pieces: readonly Block[]): Block[] {
  const blocks: Block[] = [];
  for (const piece of pieces) {
    const last = blocks.at(-1);
    if (piece.type === "text" && last?.type === "text")
      blocks[blocks.length - 1] = { ...last, text: last.text + piece.text };
    else blocks.push(piece);
  }
  return blocks;
}
