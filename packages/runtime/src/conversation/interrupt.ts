// The signal that an interrupt aborts: one a run, and none that counts once the session is closed.
import { setMaxListeners } from "node:events";

export class Interrupt {
  #run = newRun();
  #closed = false;

  get signal(): AbortSignal {
    return this.#run.signal;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  interrupt(): void {
    this.#run.abort();
  }

  /** What was interrupted before no longer counts, unless this is closed. */
  renew(): void {
    if (this.signal.aborted && !this.#closed) this.#run = newRun();
  }

  close(): void {
    this.#closed = true;
    this.interrupt();
  }
}

/** Aborted as soon as one of the two is. */
export function anyOf(first: AbortSignal, second: AbortSignal | undefined): AbortSignal {
  return second ? AbortSignal.any([first, second]) : first;
}

function newRun(): AbortController {
  const controller = new AbortController();
  // A reply may ask for many tools at once, and each of them listens.
  setMaxListeners(0, controller.signal);
  return controller;
}

/** Closes a fork when the signal of what it was forked from is aborted; at once where that has happened. */
export function endWith(signal: AbortSignal, fork: { signal: AbortSignal; close(): void }): void {
  if (signal.aborted) fork.close();
  // Closing the fork aborts its own signal, which removes this listener.
  signal.addEventListener("abort", () => fork.close(), { once: true, signal: fork.signal });
}
