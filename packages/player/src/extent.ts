// The messages of a conversation at every moment of it, in memory that grows with what was said. Between two edits a
// conversation only grows at its end, so a moment is nothing but a length; an edit begins a new stretch, which shares
// the messages before it with the one that it replaces.
import type { Block, Message } from "./blocks.ts";
import { blocksOf, withoutThinking } from "./blocks.ts";

/** A place between two blocks: `block` blocks of the message of this number stand before it. */
export interface Position {
  readonly message: number;
  readonly block: number;
}

export const START: Position = { message: 0, block: 0 };

export function isBefore(a: Position, b: Position): boolean {
  return a.message < b.message || (a.message === b.message && a.block < b.block);
}

export function earlier(a: Position, b: Position): Position {
  return isBefore(b, a) ? b : a;
}

/** From one edit to the next. What is before `from` is in `before`, which does not grow any more. */
interface Stretch {
  readonly before: Stretch | undefined;
  readonly from: number;
  readonly own: (Message | undefined)[];
}

/** A conversation at one moment. Later events do not change it. */
export class Extent {
  readonly #stretch: Stretch;
  /** How many messages there are. */
  readonly count: number;
  /** How many blocks the last of them has. */
  readonly blocks: number;
  /** Up to where it is what it was the moment before. */
  readonly newFrom: Position;

  constructor(stretch: Stretch, count: number, blocks: number, newFrom: Position) {
    this.#stretch = stretch;
    this.count = count;
    this.blocks = blocks;
    this.newFrom = newFrom;
  }

  /** Of a conversation in which nothing was said yet. */
  static empty(): Extent {
    return new Extent({ before: undefined, from: 0, own: [] }, 0, 0, START);
  }

  /** The place behind the last block. */
  get end(): Position {
    return this.count === 0 ? START : { message: this.count - 1, block: this.blocks };
  }

  /** The same place, told as behind a block where there is one before it. */
  behind(place: Position): Position {
    const before = place.block === 0 ? this.message(place.message - 1) : undefined;
    return before ? { message: place.message - 1, block: blocksOf(before).length } : place;
  }

  /** The message of this number; undefined where the trace began later. */
  message(index: number): Message | undefined {
    if (index < 0 || index >= this.count) return undefined;
    const message = inStretch(this.#stretch, index);
    if (!message || index < this.count - 1 || typeof message.content === "string") return message;
    if (message.content.length === this.blocks) return message;
    return { role: message.role, content: message.content.slice(0, this.blocks) };
  }

  /** All of them, made when it is asked for. */
  get messages(): (Message | undefined)[] {
    return Array.from({ length: this.count }, (_, index) => this.message(index));
  }

  appended(index: number, role: Message["role"], blocks: readonly Block[]): Extent {
    const last = this.count - 1;
    if (index > last) {
      const own = this.#grown(index, { role, content: [...blocks] });
      return new Extent(own, index + 1, blocks.length, { message: index, block: 0 });
    }
    const known = this.message(index);
    const before = known ? blocksOf(known) : [];
    const newFrom = { message: index, block: before.length };
    const joined: Message = { role, content: [...before, ...blocks] };
    if (index < last) return this.#replaced(index, [joined], newFrom);
    return new Extent(this.#grown(index, joined), this.count, before.length + blocks.length, newFrom);
  }

  /** As after an edit: from the message of this number on, these took the place of what was there. */
  edited(from: number, messages: readonly Message[]): Extent {
    const first = Math.min(from, this.count);
    return this.#replaced(first, messages, { message: first, block: 0 });
  }

  /** Without all that was thought. */
  withoutThinking(): Extent {
    const messages = this.messages;
    const first = messages.findIndex((message) => message && withoutThinking(message) !== message);
    if (first === -1) return this;
    const rest = messages.slice(first).map((message) => message && withoutThinking(message));
    return this.#replaced(first, rest, { message: first, block: 0 });
  }

  /** The stretch with a message at this place, which is its end or its last. A copy, if a later moment has that place already. */
  #grown(index: number, message: Message): Stretch {
    const { own, from } = this.#stretch;
    const last = own.at(-1);
    const isLatest = own.length + from === this.count && (!last || blocksOf(last).length === this.blocks);
    // A message that is one text would be blocks for the moments before, too.
    const isTip = isLatest && (index === this.count || typeof last?.content !== "string");
    if (!isTip || index < from) {
      const kept = Array.from({ length: Math.max(0, index - from) }, (_, at) => this.message(from + at));
      return { before: this.#stretch, from: Math.min(from, index), own: [...kept, message] };
    }
    own[index - from] = message;
    return this.#stretch;
  }

  #replaced(from: number, messages: readonly (Message | undefined)[], newFrom: Position): Extent {
    // What contributes nothing below `from` is not kept alive for it.
    let before: Stretch | undefined = this.#stretch;
    while (before && before.from >= from) before = before.before;
    const last = messages.at(-1) ?? this.message(from - 1);
    const count = from + messages.length;
    const stretch = { before, from, own: [...messages] };
    const blocks = last ? blocksOf(last).length : 0;
    const end = count === 0 ? START : { message: count - 1, block: blocks };
    return new Extent(stretch, count, blocks, messages.length === 0 ? end : newFrom);
  }
}

function inStretch(stretch: Stretch, index: number): Message | undefined {
  let at: Stretch | undefined = stretch;
  while (at && index < at.from) at = at.before;
  return at?.own[index - at.from];
}
