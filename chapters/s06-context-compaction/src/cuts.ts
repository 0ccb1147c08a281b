// Where a conversation may be cut: a tool call and its result stay together, and what the model has not seen stays.
import { blocksOf, type Message } from "@course/runtime";
import type { ContextWindow } from "./context-window.ts";

/** Where the last turns may begin: at a reply, whose results follow it, or at a message of the user without results. */
export function mayBegin(message: Message | undefined): boolean {
  if (!message) return false;
  return message.role === "assistant" || blocksOf(message).every((block) => block.type !== "tool_result");
}

/** The last place that leaves what the model has not seen yet, with the calls that it answers. */
export function lastCut(messages: readonly Message[]): number {
  const last = messages.at(-1);
  if (last?.role !== "user") return messages.length;
  return mayBegin(last) ? messages.length - 1 : messages.length - 2;
}

/** The earliest place, at most `last`, where the rest may begin and has at most so many tokens; else `last`. */
export function cutBefore(
  window: ContextWindow,
  messages: readonly Message[],
  room: number,
  last = lastCut(messages),
): number {
  let tokens = window.tokensOf(messages.slice(last));
  let found = last;
  for (let index = last - 1; index > 0; index--) {
    tokens += window.tokensOf(messages.slice(index, index + 1));
    if (tokens > room) break;
    if (mayBegin(messages[index])) found = index;
  }
  return found;
}
