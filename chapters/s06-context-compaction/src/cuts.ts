// Where a conversation may be cut: a tool call and its result stay together, and what the model has not seen stays.
import { blocksOf, withoutThinking, type Message } from "@course/runtime";
import type { ContextWindow } from "./context-window.ts";
import { continueFrom } from "./summary.ts";

/** Where the last turns may begin: at a reply, whose results follow it, or at a message of the user without results. */
function mayBegin(message: Message | undefined): boolean {
  if (!message) return false;
  return message.role === "assistant" || blocksOf(message).every((block) => block.type !== "tool_result");
}

/** The last place that leaves what the model has not seen yet, with the calls that it answers. */
export function lastCut(messages: readonly Message[]): number {
  const last = messages.at(-1);
  if (last?.role !== "user") return messages.length;
  return mayBegin(last) ? messages.length - 1 : messages.length - 2;
}

/** Like lastCut, but with as many of the turns before it as fit into so many tokens. */
export function cutBefore(window: ContextWindow, messages: readonly Message[], room: number): number {
  return beginning(window, messages, lastCut(messages), room);
}

/**
 * What the model is to summarise: the whole conversation, as the cache has it, where that fits into this share of the
 * window; else what will be left out, the messages before `cut`, and of those the newest.
 */
export function fitting(
  window: ContextWindow,
  messages: readonly Message[],
  cut: number,
  share: number,
): readonly Message[] {
  const room = window.size * share - window.tokens([]);
  if (window.tokensOf(messages) <= room) return messages;
  const dropped = messages.slice(0, cut);
  if (window.tokensOf(dropped) <= room) return dropped;
  // A request that begins elsewhere unbinds all that was thought.
  const from = Math.min(beginning(window, dropped, cut, room), cut - 1);
  const rest = dropped.slice(from).map(withoutThinking);
  return continueFrom("<left-out>The beginning did not fit.</left-out>", undefined, rest);
}

/** The earliest place before `last` where the rest may begin and has at most so many tokens; else `last`. */
function beginning(window: ContextWindow, messages: readonly Message[], last: number, room: number): number {
  let tokens = window.tokensOf(messages.slice(last));
  let found = last;
  for (let index = last - 1; index > 0; index--) {
    tokens += window.tokensOf(messages.slice(index, index + 1));
    if (tokens > room) break;
    if (mayBegin(messages[index])) found = index;
  }
  return found;
}
