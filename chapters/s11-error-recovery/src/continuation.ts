// Continuing a reply where it stopped: what was written goes back to the model as its own words, with a note that asks
// for the rest, and the pieces become one message. The conversation never holds the note, nor shows that it was cut.
import type Anthropic from "@anthropic-ai/sdk";
import { blocksOf, isThinking, type ModelRequest } from "@course/runtime";
import { asOne } from "./one-usage.ts";
import { sendable, type Piece } from "./sendable.ts";

type Block = Anthropic.ContentBlock;

const GO_ON =
  "Your reply was cut off. Go on exactly where it stops, in the middle of a word if need be. Repeat nothing, and do not mention it.";
const SMALLER =
  "Your reply was cut off in a tool call, which was not run. Repeat nothing that you wrote, and do the same in smaller steps.";

/** A reply that arrives in pieces. */
export class PiecedReply {
  readonly #request: ModelRequest;
  /** What is written so far, and what the model is told about it; no note as long as nothing was cut. */
  #written: Block[] = [];
  #note: string | undefined;
  #firstUsage: Anthropic.Usage | undefined;

  constructor(request: ModelRequest) {
    this.#request = request;
  }

  /** The request as it was, or the one for the rest. */
  request(): ModelRequest {
    if (this.#note === undefined) return this.#request;
    const { params } = this.#request;
    const messages = withNote(params.messages, this.#written, this.#note);
    return { ...this.#request, params: { ...params, messages } };
  }

  add(piece: Piece): void {
    const pieces = sendable(piece, { isFirst: this.#note === undefined });
    this.#note = noteFor(piece, this.#written.length + pieces.length > 0) ?? this.#note;
    this.#written = joined([...this.#written, ...pieces]);
    this.#firstUsage ??= piece.usage;
  }

  /** One message of all pieces. Later pieces were thought behind the note, which is gone, so their thoughts go, too. */
  whole(last: Anthropic.Message): Anthropic.Message {
    if (this.#note === undefined) return last;
    const rest = last.content.filter((block) => !isThinking(block));
    const resent = JSON.stringify(this.#written).length + this.#note.length;
    return {
      ...last,
      content: joined([...this.#written, ...rest]),
      usage: asOne(this.#firstUsage, last.usage, resent),
    };
  }

  /** The conversation before the reply was shortened: what was counted and thought behind it no longer holds. */
  forgetPrefix(): void {
    this.#firstUsage = undefined;
    this.#written = this.#written.filter((block) => !isThinking(block));
  }
}

/** The API refuses a conversation that ends with the model's words, so the note comes last, as the user's. */
function withNote(
  messages: readonly Anthropic.MessageParam[],
  written: readonly Block[],
  note: string,
): Anthropic.MessageParam[] {
  const text = `<continue-request>\n${note}\n</continue-request>`;
  const asked: Anthropic.TextBlockParam = { type: "text", text };
  if (written.length > 0)
    return [...messages, { role: "assistant", content: [...written] }, { role: "user", content: [asked] }];
  // Nothing to send back, as after a thought that was cut off: the note joins the user's last message.
  const last = messages.at(-1);
  return [...messages.slice(0, -1), { role: "user", content: [...(last ? blocksOf(last) : []), asked] }];
}

/** Undefined where nothing had arrived: then the request goes out again as it was. */
function noteFor({ content, isPause, usage }: Piece, hasWritten: boolean): string | undefined {
  if (!isPause && content.some(({ type }) => type === "tool_use")) return SMALLER;
  if (content.length === 0 && usage === undefined) return undefined;
  return hasWritten ? GO_ON : SMALLER;
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
