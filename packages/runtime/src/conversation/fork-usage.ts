// What the conversations used that were forked from one.
import type { AgentEvent, StampedEvent } from "./events.ts";
import { UsageTotals } from "./usage.ts";

/** What the forks of a conversation used: in all, and each. */
export class ForkUsage extends UsageTotals {
  readonly #forks: { name: string; usage: UsageTotals }[] = [];
  #followed = 0;

  /** For a new fork: the listener that counts its turns, and passes on what happens in it with its number and name. */
  follow(name: string, emit: (event: AgentEvent) => void): (event: StampedEvent) => void {
    const id = ++this.#followed;
    const usage = new UsageTotals();
    return (event) => {
      if (event.type === "model_ended") {
        if (usage.turns === 0) this.#forks.push({ name, usage });
        usage.add(event.usage);
        this.add(event.usage);
      }
      emit({ type: "subagent", id, label: name, event });
    };
  }

  /** Those that have called the model. */
  get forks(): readonly { name: string; usage: UsageTotals }[] {
    return this.#forks;
  }
}
