// Which parts of a reply may go into the next request. The API refuses blank text, half of a call, and a message that
// ends with a thought. A thought goes back unchanged or not at all.
import type Anthropic from "@anthropic-ai/sdk";

/** After these, the last call may be half of one. */
const CUT_OFF = new Set<string | null>(["max_tokens", "model_context_window_exceeded", "refusal"]);

export function whatCanBeSentBack({ content, stop_reason }: Anthropic.Message): Anthropic.ContentBlock[] {
  const kept = content.filter((block) =>
    block.type === "text" ? block.text.trim() : block.type !== "tool_use" || !CUT_OFF.has(stop_reason),
  );
  while (kept.at(-1)?.type.endsWith("thinking")) kept.pop();
  return kept;
}
