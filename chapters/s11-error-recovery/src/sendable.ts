// What of a cut reply the API takes back. It refuses half a tool call, an empty text, a message that ends in a thought,
// and a thought behind another request than the one it was thought behind.
import type Anthropic from "@anthropic-ai/sdk";
import { isThinking } from "@course/runtime";

type Block = Anthropic.ContentBlock;

export interface Piece {
  content: readonly Block[];
  /** Whether the model itself paused: then its blocks are complete. */
  isPause: boolean;
  /** How the API counted it; undefined where the connection was lost and only text had arrived. */
  usage?: Anthropic.Usage | undefined;
}

/** `isFirst`: the piece answered the request itself, and not one with a note. */
export function sendable({ content, isPause }: Piece, { isFirst }: { isFirst: boolean }): Block[] {
  const pieces = content.filter((block) => {
    if (isThinking(block)) return isFirst;
    return block.type === "text" ? block.text.trim() !== "" : isPause;
  });
  const last = pieces.findLastIndex((block) => !isThinking(block));
  return pieces.slice(0, last + 1);
}
