// The model keeps no state: at each request an episode is run again from its beginning, on the outcomes that the
// conversation holds. It stops at the first call that was not made yet.
import { isDeepStrictEqual } from "node:util";
import type Anthropic from "@anthropic-ai/sdk";
import { wordsOfClosing, type Closing, type Episode, type Outcome } from "./episode.ts";
import { say, type Part, type Reply } from "./reply.ts";
import { exchangesOf, wordsOf, type Exchange } from "./words.ts";

export interface Replayed {
  reply: Reply;
  /** Whether the episode has ended: the reply is its closing words. */
  isDone: boolean;
  /** The outcomes that the reply follows; undefined where it is the first. */
  last?: Outcome[];
}

/** `since` begins with the prompt; `nameOf` is what the client calls a tool. */
export function replay(
  since: readonly Anthropic.MessageParam[],
  begin: (notes: () => string[]) => Episode,
  nameOf: (tool: string) => string,
): Replayed {
  const exchanges = exchangesOf(since);
  let notes = wordsOf(since[0]).notes;
  const isEdited =
    notes.some((note) => note.startsWith("<conversation-summary>")) ||
    exchanges.some(({ outcomes }) => outcomes.some(({ isLost }) => isLost));
  const episode = begin(() => notes);
  let step: IteratorResult<Part | Part[], Closing> = episode.next();
  let last: Outcome[] | undefined;
  for (let at = 0; !step.done;) {
    const found = place(exchanges, at, callsOf(step.value, nameOf), isEdited);
    if (found === -1) break;
    notes = [...notes, ...exchanges.slice(at, found + 1).flatMap((exchange) => exchange.notes)];
    last = exchanges[found]?.outcomes ?? [];
    at = found + 1;
    step = episode.next(last);
  }
  const parts = step.done ? [say(wordsOfClosing(step.value))] : [step.value].flat();
  return { reply: { parts }, isDone: step.done === true, ...(last && { last }) };
}

/**
 * Where these calls were made, from `at` on; -1 if they were not. In a conversation that was never edited they are
 * the next that were made, even where the client wrote down another input than it was sent (a path made absolute).
 * Compaction leaves exchanges out at the beginning: then only equal calls are the same, and the others are made again.
 */
function place(
  exchanges: readonly Exchange[],
  at: number,
  calls: Exchange["calls"],
  isEdited: boolean,
): number {
  const next = exchanges[at];
  const names = (made: Exchange["calls"]) => made.map(({ name }) => name);
  if (!isEdited && next && isDeepStrictEqual(names(next.calls), names(calls))) return at;
  return exchanges.findIndex((exchange, index) => index >= at && isDeepStrictEqual(exchange.calls, calls));
}

function callsOf(value: Part | Part[], nameOf: (tool: string) => string): Exchange["calls"] {
  return [value].flat().flatMap((part) => {
    if (part.type !== "call") return [];
    // As the wire leaves it: without fields that are undefined.
    return [{ name: nameOf(part.name), input: JSON.parse(JSON.stringify(part.input)) as unknown }];
  });
}
