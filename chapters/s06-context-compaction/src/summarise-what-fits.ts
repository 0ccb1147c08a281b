// A conversation may be too long even for the request that asks for its summary. Then less of it is summarised.
import {
  isTooLong,
  withoutThinking,
  type Message,
  type ModelCall,
  type RequestParams,
  type Session,
} from "@course/runtime";
import { continueFrom } from "./continuation.ts";
import type { ContextWindow } from "./context-window.ts";
import { cutBefore, mayBegin } from "./cuts.ts";
import { askForSummary } from "./summary.ts";
import { shrinkable, shrunk } from "./tool-results.ts";

/** Share of the window that the reply with the summary may take, thinking included. */
const REPLY_SHARE = 1 / 8;
/** Of what does not fit, at least this much is tried. */
const SMALLEST_PART = 1 / 8;

/** Asks for the summary; where the request is refused as too long, for one of half as much, and again. */
export async function summariseWhatFits(
  session: Session,
  window: ContextWindow,
  {
    params,
    cut,
    focus,
    call,
    file,
  }: { params: RequestParams; cut: number; focus: string; call: ModelCall; file: string },
): Promise<string> {
  const maxTokens = Math.min(params.max_tokens, Math.floor(window.size * REPLY_SHARE));
  for (let share = 1; ; share /= 2) {
    const messages = fitting(window, session.messages, cut, share * (1 - REPLY_SHARE), file);
    try {
      return await askForSummary(session, params, messages, { focus, call, maxTokens });
    } catch (error) {
      if (share < SMALLEST_PART || session.signal.aborted || !isTooLong(error)) throw error;
    }
  }
}

/**
 * What the model is to summarise: the whole conversation, as the cache has it, where that fits into this share of the
 * window; else what will be left out, the messages before `cut`, and of those the newest. A round that is too long by
 * itself goes without its results, which are in `file`.
 */
export function fitting(
  window: ContextWindow,
  messages: readonly Message[],
  cut: number,
  share: number,
  file: string,
): readonly Message[] {
  const room = window.size * share - window.tokens([]);
  if (window.tokensOf(messages) <= room) return messages;
  const dropped = messages.slice(0, cut);
  if (window.tokensOf(dropped) <= room) return dropped;
  // A request that begins elsewhere unbinds all that was thought.
  const found = cutBefore(window, dropped, room, cut);
  const from = found < cut ? found : dropped.findLastIndex(mayBegin);
  const rest = dropped.slice(from).map(withoutThinking);
  const results = window.tokensOf(rest) > room ? shrinkable(rest) : [];
  return continueFrom(
    "<left-out>The beginning did not fit.</left-out>",
    undefined,
    rest.map((message) => shrunk(message, results, file)),
  );
}
