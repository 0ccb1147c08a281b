// From the events of a session to frames: what the conversation is just after each of them. Frames are made when they
// are asked for; what is kept grows with the events and with what was said, not with their product. Events may be added
// while it is watched. Not covered: what a person typed and the session was not told.
import type { StampedEvent } from "@course/runtime";
import { kindOf, type Block, type BlockKind, type Message } from "./blocks.ts";
import { ConversationLog, lastAtOrBelow, type Moment } from "./conversation.ts";
import { happeningOf, type Happening } from "./happening.ts";
import { LaneLog, lanesUpTo, type Lane } from "./lanes.ts";
import { bodyNow, bodyOf } from "./request.ts";
import { isCompletedBy } from "./steps.ts";
import { MAIN, unwrapped } from "./unwrapped.ts";

/** A session just after one of its events. */
export interface Frame {
  readonly index: number;
  readonly event: StampedEvent;
  /** The key of the conversation that the event belongs to. */
  readonly owner: string;
  readonly happening: Happening;
  /** The main conversation. */
  readonly main: Moment;
  /** Any conversation, by its key. */
  conversation(key: string): Moment;
  /** The messages of the main conversation as they stand; made when asked for. */
  readonly messages: readonly (Message | undefined)[];
  /** What has run beside so far; made when asked for. */
  readonly lanes: readonly Lane[];
  /** What the reply has so far that is being written. */
  draft(key?: string): { readonly thinking: string; readonly text: string } | undefined;
}

/** The next request of a conversation, or what it would be. */
export interface NextRequest {
  readonly body: Record<string, unknown>;
  /** The event with which it was sent; undefined where it was not sent yet. */
  readonly sentAt: number | undefined;
}

export class Player {
  readonly #events: StampedEvent[] = [];
  readonly #steps: number[] = [];
  readonly #conversations = new Map<string, ConversationLog>([[MAIN, new ConversationLog("main loop")]]);
  readonly #lanes = new LaneLog();
  readonly #injected = new Set<string>();

  constructor(events: Iterable<StampedEvent> = []) {
    this.push(...events);
  }

  push(...events: readonly StampedEvent[]): void {
    for (const event of events) this.#add(event);
  }

  #add(stamped: StampedEvent): void {
    const index = this.#events.push(stamped) - 1;
    const { event, key, label } = unwrapped(stamped);
    const before = this.#events[index - 1];
    // The step before was not over yet.
    if (before && isCompletedBy(before, stamped)) this.#steps.pop();
    this.#steps.push(index);
    if (event.type === "injected") this.#injected.add(event.text);
    const log = this.#conversations.get(key) ?? new ConversationLog(label);
    this.#conversations.set(key, log);
    log.add(event, index, stamped.at);
    this.#lanes.add(event, { key, label, index, at: stamped.at });
  }

  /** How many events there are, and so frames. */
  get length(): number {
    return this.#events.length;
  }

  get events(): readonly StampedEvent[] {
    return this.#events;
  }

  /** The events at which it is worth to stop: of those that are one thing, as the pieces of a streamed text, the last. */
  get steps(): readonly number[] {
    return this.#steps;
  }

  /** The step that shows this event, counted from 0. */
  stepOf(index: number): number {
    return Math.min(lastAtOrBelow(this.#steps, index - 1) + 1, Math.max(0, this.#steps.length - 1));
  }

  /** The step at or before this time, counted from 0. */
  stepAtTime(at: number): number {
    const step = this.#steps.findLastIndex((index) => (this.#events[index]?.at ?? 0) <= at);
    return Math.max(0, step);
  }

  /** All that happened in the whole trace, with times. */
  get lanes(): readonly Lane[] {
    return this.#lanes.lanes;
  }

  /** The keys of the conversations, the main one first, and what they are called. */
  get conversations(): readonly { readonly key: string; readonly label: string }[] {
    return [...this.#conversations].map(([key, { label }]) => ({ key, label }));
  }

  /** The most tokens that a call of this conversation came to, in and out. */
  longest(key: string): number {
    return this.#conversations.get(key)?.longest ?? 0;
  }

  kindOf(block: Block, role: Message["role"]): BlockKind {
    return kindOf(block, role, this.#injected);
  }

  /** Throws a RangeError where there is no such event. */
  frame(index: number): Frame {
    const event = this.#events[index];
    if (!event)
      throw new RangeError(
        `There is no frame ${index}: the trace has ${this.#events.length} events, from 0.`,
      );
    const main = this.moment(MAIN, index);
    const lanes = () => lanesUpTo(this.#lanes.lanes, index);
    return {
      index,
      event,
      owner: unwrapped(event).key,
      happening: happeningOf(event),
      main,
      conversation: (key) => this.moment(key, index),
      get messages() {
        return main.extent.messages;
      },
      get lanes() {
        return lanes();
      },
      draft: (key = MAIN) => this.#draft(key, index),
    };
  }

  /** A conversation just after an event; empty where it has not begun. */
  moment(key: string, index: number): Moment {
    return (this.#conversations.get(key) ?? new ConversationLog(key)).at(index);
  }

  /** The request that is sent with this event or is the next one after it; where none was sent, what it would be. */
  nextRequest(index: number, key = MAIN): NextRequest | undefined {
    const requests = this.#conversations.get(key)?.requests ?? [];
    const sent = requests.find(({ event }) => event >= index);
    if (sent) return { body: bodyOf(sent), sentAt: sent.event };
    const last = requests.at(-1);
    return last && { body: bodyNow(last, this.moment(key, index)), sentAt: undefined };
  }

  /** The bodies of all requests, those of forks too, in the order in which they were sent. */
  *requests(): Generator<Record<string, unknown>> {
    const all = [...this.#conversations.values()].flatMap(({ requests }) => requests);
    for (const request of all.toSorted((a, b) => a.event - b.event)) yield bodyOf(request);
  }

  #draft(key: string, index: number): { thinking: string; text: string } | undefined {
    const { draftFrom } = this.moment(key, index);
    if (draftFrom === undefined) return undefined;
    const draft = { thinking: "", text: "" };
    for (const stamped of this.#events.slice(draftFrom, index + 1)) {
      const { event, key: owner } = unwrapped(stamped);
      if (owner === key && (event.type === "text" || event.type === "thinking"))
        draft[event.type] += event.text;
    }
    return draft;
  }
}

/** The frames of a whole trace, each made when it is asked for. */
export function framesOf(events: Iterable<StampedEvent>): {
  readonly length: number;
  at(index: number): Frame;
} {
  const player = new Player(events);
  return { length: player.length, at: (index) => player.frame(index) };
}
