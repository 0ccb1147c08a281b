// Wakes: how work that ended elsewhere (a background task, a schedule, mail) asks an idle program for a run.
import type { AgentEvent } from "./events.ts";

/** Wakes that come this close together ask for one run: what was started together ends together, give or take a start. */
const WAKE_MS = 250;

export class Wakes {
  readonly #emit: (event: AgentEvent) => void;
  readonly #reasons: string[] = [];
  readonly #waiting = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #isAwake = false;

  constructor(emit: (event: AgentEvent) => void) {
    this.#emit = emit;
  }

  wake(reason: string): void {
    this.#reasons.push(reason);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#isAwake = true;
      this.#emit({ type: "wake", reason: this.#reasons.splice(0).join(", ") });
      for (const resolve of this.#waiting) resolve();
    }, WAKE_MS);
  }

  /** A run begins: what woke us is told in it. */
  served(): void {
    this.#isAwake = false;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Resolves at the next wake, at once if there was one since the last run began, or when the signal is aborted. */
  async next(signal: AbortSignal): Promise<void> {
    if (this.#isAwake || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#waiting.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener("abort", done);
    });
  }
}
