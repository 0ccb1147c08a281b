// Who hears what happens in a session. One that fails is reported to the others, and harms nobody.
import { errorMessage } from "../errors.ts";
import type { AgentEvent, StampedEvent } from "./events.ts";

export type Listener = (event: StampedEvent) => unknown;

export class Listeners {
  readonly #all = new Set<Listener>();

  /** Returns the function that takes the listener away. */
  add(listener: Listener): () => void {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  /** Tells all of them. Never throws. */
  emit(event: AgentEvent): void {
    const stamped = { ...event, at: Date.now() };
    for (const listener of this.#all) {
      try {
        const result = listener(stamped);
        if (result instanceof Promise) result.catch((error: unknown) => this.#report(listener, error));
      } catch (error) {
        this.#report(listener, error);
      }
    }
  }

  #report(failed: Listener, error: unknown): void {
    const stack = error instanceof Error ? error.stack : undefined;
    const message = `A listener failed: ${errorMessage(error)}`;
    for (const listener of this.#all) {
      if (listener === failed) continue;
      try {
        listener({ type: "error", message, stack, at: Date.now() });
      } catch {
        // It has been told by its own failures.
      }
    }
  }
}
