// Time that a call spends waiting for a person: it is the person's, and not the tool's. Node carries the clock along
// with whatever the call starts, so a question counts for the call that asked it, and not for one that runs beside it.
import { AsyncLocalStorage } from "node:async_hooks";

const clocks = new AsyncLocalStorage<CallClock>();

class CallClock {
  /** The call within which this one is made, as a subagent's is (s04): it waits, too. */
  readonly #outer: CallClock | undefined;
  readonly #start = performance.now();
  #open = 0;
  #askedAt = 0;
  #waited = 0;

  constructor(outer: CallClock | undefined) {
    this.#outer = outer;
  }

  /** Questions that stand open at once are one wait. */
  ask(): void {
    if (this.#open++ === 0) this.#askedAt = performance.now();
    this.#outer?.ask();
  }

  answer(): void {
    if (--this.#open === 0) this.#waited += performance.now() - this.#askedAt;
    this.#outer?.answer();
  }

  get worked(): number {
    return performance.now() - this.#start - this.#waited;
  }
}

/** Makes a call. Resolves with what came of it, and with its time without the waits for a person. */
export async function timed<T>(call: () => Promise<T>): Promise<{ result: T; durationMs: number }> {
  const clock = new CallClock(clocks.getStore());
  const result = await clocks.run(clock, call);
  return { result, durationMs: clock.worked };
}

/** Waits for a person's answer. */
export async function waitForHuman<T>(ask: () => Promise<T>): Promise<T> {
  const clock = clocks.getStore();
  clock?.ask();
  try {
    return await ask();
  } finally {
    clock?.answer();
  }
}
