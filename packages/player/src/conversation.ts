// One conversation of a trace, the main one or a fork, at each of its events: what is in it, what the cache holds of
// it, what a thought is bound to, and what it has cost.
import type { AgentEvent, TurnUsage } from "@course/runtime";
import { isThinking, blocksOf, type Tool } from "./blocks.ts";
import { earlier, Extent, START, type Position } from "./extent.ts";

/** A cache entry lives for five minutes from its last use. */
const CACHE_MS = 300_000;

type Request = Extract<AgentEvent, { type: "model_started" }>["request"];

/** A request that was sent, by the number of its event. */
export interface SentRequest {
  readonly event: number;
  readonly request: Request;
  readonly moment: Moment;
}

/** A conversation just after an event. */
export interface Moment {
  readonly extent: Extent;
  readonly system: string | undefined;
  readonly tools: readonly Tool[];
  readonly deferred: readonly Tool[];
  /** Up to where the next request is the same as one that the cache holds; until when it holds that. */
  readonly cached: { readonly to: Position; readonly prefix: boolean; readonly until: number };
  /** Behind the last block of thinking: what is before it cannot change while that thought is kept. */
  readonly boundTo: Position;
  /** Where the request that is under way ends; undefined while the model is not asked. */
  readonly asked: Position | undefined;
  /** The events from which on the reply that is being written is streamed; undefined while none is. */
  readonly draftFrom: number | undefined;
  readonly calls: number;
  readonly total: TurnUsage;
  readonly last: TurnUsage | undefined;
}

const NO_TOKENS: TurnUsage = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, thinking: 0 };
const COLD = { to: START, prefix: false, until: 0 };

const nothingSaid = (): Moment => ({
  extent: Extent.empty(),
  system: undefined,
  tools: [],
  deferred: [],
  cached: COLD,
  boundTo: START,
  asked: undefined,
  draftFrom: undefined,
  calls: 0,
  total: NO_TOKENS,
  last: undefined,
});

export class ConversationLog {
  /** What the trace calls it. */
  readonly label: string;
  readonly requests: SentRequest[] = [];
  /** The most tokens that a call came to, in and out. */
  longest = 0;
  /** Events that changed something, and what was then. */
  readonly #events: number[] = [];
  readonly #moments: Moment[] = [];
  readonly #start = nothingSaid();

  constructor(label: string) {
    this.label = label;
  }

  /** Takes in an event of this conversation: the number is its place in the whole trace, and only grows. */
  add(event: AgentEvent, index: number, at: number): void {
    const before = this.#moments.at(-1) ?? this.#start;
    const after = next(before, event, index, at);
    if (event.type === "model_started")
      this.requests.push({ event: index, request: event.request, moment: after });
    if (event.type === "model_ended") this.longest = Math.max(this.longest, contextTokens(event.usage));
    if (after === before) return;
    this.#events.push(index);
    this.#moments.push(after);
  }

  /** As it was just after the event of this number. */
  at(index: number): Moment {
    const place = lastAtOrBelow(this.#events, index);
    return this.#moments[place] ?? this.#start;
  }
}

/** The place of the last number that is not above this one, in numbers that grow; -1 where there is none. */
export function lastAtOrBelow(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? Infinity) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function next(moment: Moment, event: AgentEvent, index: number, at: number): Moment {
  switch (event.type) {
    case "prefix":
      return {
        ...withExtent(moment, moment.system === undefined ? moment.extent : moment.extent.withoutThinking()),
        system: event.system,
        tools: event.tools,
        cached: COLD,
      };
    case "deferred_tools":
      return { ...moment, deferred: event.tools };
    case "appended":
      return {
        ...withExtent(moment, moment.extent.appended(event.message, event.role, event.blocks)),
        ...(event.role === "assistant" && { draftFrom: undefined }),
      };
    case "edited":
      return withExtent(moment, moment.extent.edited(event.from, event.messages));
    case "cleared":
      return { ...nothingSaid(), calls: moment.calls, total: moment.total, last: moment.last };
    case "model_started":
      return { ...moment, asked: endOf(event.request, moment.extent), draftFrom: undefined };
    case "text":
    case "thinking":
      return moment.draftFrom === undefined ? { ...moment, draftFrom: index } : moment;
    case "model_ended":
      return answered(moment, event.usage, at);
    case "run_ended":
      return { ...moment, asked: undefined, draftFrom: undefined };
    default:
      return moment;
  }
}

function withExtent(moment: Moment, extent: Extent): Moment {
  const { to, prefix, until } = moment.cached;
  const cached = { to: extent.behind(earlier(to, extent.newFrom)), prefix, until };
  const isSame = extent === moment.extent;
  return isSame ? moment : { ...moment, extent, cached, boundTo: behindLastThought(extent, moment) };
}

/** Behind the last block of thinking; what is before the change is only searched where the change took that away. */
function behindLastThought(extent: Extent, { boundTo }: Moment): Position {
  const { message: first } = extent.newFrom;
  for (let index = extent.count - 1; index >= 0; index--) {
    if (index < first && boundTo.message < first) return boundTo;
    const message = extent.message(index);
    const block = message ? blocksOf(message).findLastIndex(isThinking) : -1;
    if (block !== -1) return { message: index, block: block + 1 };
  }
  return START;
}

/** The request is in the cache from here on, if the endpoint says that it caches at all. */
function answered(moment: Moment, usage: TurnUsage, at: number): Moment {
  const { asked, calls, total } = moment;
  const isCached = asked !== undefined && usage.cacheRead + usage.cacheWrite > 0;
  return {
    ...moment,
    asked: undefined,
    cached: isCached ? { to: earlier(asked, moment.extent.end), prefix: true, until: at + CACHE_MS } : COLD,
    calls: calls + 1,
    total: {
      input: total.input + usage.input,
      cacheRead: total.cacheRead + usage.cacheRead,
      cacheWrite: total.cacheWrite + usage.cacheWrite,
      output: total.output + usage.output,
      thinking: total.thinking + usage.thinking,
    },
    last: usage,
  };
}

/** Where the messages of a request end in the conversation that it names. */
function endOf({ messages }: Request, extent: Extent): Position {
  const { count } = messages;
  if (count >= extent.count) return extent.end;
  const last = extent.message(count - 1);
  return last ? { message: count - 1, block: blocksOf(last).length } : START;
}

/** All that went in, however it is billed, and what came out. */
function contextTokens({ input, cacheRead, cacheWrite, output }: TurnUsage): number {
  return input + cacheRead + cacheWrite + output;
}
