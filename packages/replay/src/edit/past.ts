// The past of another future: the events up to a result, with another text in its place. The result is the newest thing
// that was said, so no thought stands behind it, and those before it are still bound to what they were bound to.
// Thoughts go where that cannot hold: with another model, and where a path had to be changed before them.
import type Anthropic from "@anthropic-ai/sdk";
import { isThinking, withoutThinking, type AgentEvent, type StampedEvent } from "@course/runtime";
import type { FoundResult } from "./find-result.ts";

type Block = Anthropic.ContentBlockParam;

/** The events up to the result, which says `text` from now on. */
export function pastWith(
  events: readonly StampedEvent[],
  { id, end }: FoundResult,
  text: string,
): StampedEvent[] {
  return events.slice(0, end).map((event): StampedEvent => {
    if (event.type === "tool_ended" && event.id === id) return { ...event, result: { content: text } };
    if (event.type !== "appended" || event.role !== "user") return event;
    return {
      ...event,
      blocks: event.blocks.map((block) => (isResult(block, id) ? edited(block, text) : block)),
    };
  });
}

const isResult = (block: Block, id: string): block is Anthropic.ToolResultBlockParam =>
  block.type === "tool_result" && block.tool_use_id === id;

function edited({ tool_use_id }: Anthropic.ToolResultBlockParam, content: string): Block {
  return { type: "tool_result", tool_use_id, content: content.toWellFormed() };
}

/** The same events, without what was thought. */
export function withoutThoughts(events: readonly StampedEvent[]): StampedEvent[] {
  return events.map((event): StampedEvent => {
    if (event.type === "appended" && event.role === "assistant")
      return { ...event, blocks: event.blocks.filter((block) => !isThinking(block)) };
    if (event.type !== "edited") return event;
    return { ...event, messages: event.messages.map(withoutThinking) };
  });
}

export const hasThoughts = (events: readonly AgentEvent[]): boolean =>
  events.some((event) => event.type === "appended" && event.blocks.some(isThinking));

/** The same events, as if they had happened in another folder; the same ones where they do not name it. */
export function movedTo(events: readonly StampedEvent[], from: string, to: string): readonly StampedEvent[] {
  const inJson = (path: string) => JSON.stringify(path).slice(1, -1);
  const text = JSON.stringify(events);
  if (from === "" || from === "/" || !text.includes(inJson(from))) return events;
  return JSON.parse(text.replaceAll(inJson(from), inJson(to))) as StampedEvent[];
}
