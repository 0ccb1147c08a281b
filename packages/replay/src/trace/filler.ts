// A trace that begins in the middle of a conversation, or lost lines of it, names messages that are not in it. A note takes
// the place of each, so that what follows can be played.
import type { AgentEvent, StampedEvent } from "@course/runtime";

const MISSING = "(not in this trace)";

export class Filler {
  isPartial = false;
  /** Messages so far. */
  #count = 0;
  readonly #forks = new Map<number, Filler>();

  /** The event, behind one that makes up for what is missing before it. */
  fill(event: StampedEvent): StampedEvent[] {
    return this.#filled(event).map((one) => ({ ...one, at: event.at }));
  }

  #filled(event: AgentEvent): AgentEvent[] {
    switch (event.type) {
      case "appended": {
        const before = this.#upTo(event.message);
        this.#count = Math.max(this.#count, event.message + 1);
        return [...before, event];
      }
      case "edited": {
        const before = this.#upTo(event.from);
        this.#count = event.from + event.messages.length;
        return [...before, event];
      }
      case "cleared":
        this.#count = 0;
        return [event];
      case "subagent": {
        const fork = this.#forks.get(event.id) ?? new Filler();
        this.#forks.set(event.id, fork);
        const inner = fork.#filled(event.event);
        this.isPartial ||= fork.isPartial;
        return inner.map((one) => ({ ...event, event: one }));
      }
      default:
        return [event];
    }
  }

  #upTo(count: number): AgentEvent[] {
    const missing = count - this.#count;
    if (missing <= 0) return [];
    this.isPartial = true;
    const messages = Array.from({ length: missing }, () => ({ role: "user" as const, content: MISSING }));
    const from = this.#count;
    this.#count = count;
    return [{ type: "edited", from, messages }];
  }
}
