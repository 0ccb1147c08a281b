// Going on where a reply stopped. What was written is sent back with a note that asks for the rest, and the pieces
// become one message again: the conversation never shows that it was cut.
import type Anthropic from "@anthropic-ai/sdk";
import type { ModelRequest } from "@course/runtime";

type Block = Anthropic.ContentBlock;

const GO_ON = `<continue-request>
Your reply was cut off. Go on exactly where it stops, in the middle of a word if need be. Repeat nothing, and do not mention it.
</continue-request>`;
const TOO_LARGE = `<continue-request>
Your reply was cut off before it was complete, and could not be used. Do the same in smaller steps.
</continue-request>`;

/** The request for the rest of a reply of which these blocks were written. */
export function continued(request: ModelRequest, written: readonly Block[], wasCut: boolean): ModelRequest {
  if (!wasCut) return request;
  const note: Anthropic.TextBlockParam = { type: "text", text: written.length > 0 ? GO_ON : TOO_LARGE };
  const { messages } = request.params;
  if (written.length > 0)
    return withMessages(request, [
      ...messages,
      { role: "assistant", content: [...written] },
      { role: "user", content: [note] },
    ]);
  const last = messages.at(-1);
  const before =
    typeof last?.content === "string"
      ? [{ type: "text" as const, text: last.content }]
      : (last?.content ?? []);
  return withMessages(request, [...messages.slice(0, -1), { role: "user", content: [...before, note] }]);
}

function withMessages(request: ModelRequest, messages: Anthropic.MessageParam[]): ModelRequest {
  return { ...request, params: { ...request.params, messages } };
}

/** What of a reply can be sent back: blocks that are whole, and text, which may stop anywhere. */
export function usable(content: readonly Block[], isWhole: boolean): Block[] {
  return content.filter((block) => (block.type === "text" ? block.text.trim() !== "" : isWhole));
}

/** The pieces as the content of one message: text that was cut in two is one text again. */
export function joined(pieces: readonly Block[]): Block[] {
  const blocks: Block[] = [];
  for (const piece of pieces) {
    const last = blocks.at(-1);
    if (piece.type === "text" && last?.type === "text")
      blocks[blocks.length - 1] = { ...last, text: last.text + piece.text };
    else blocks.push(piece);
  }
  return blocks;
}
