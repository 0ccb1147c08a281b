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
