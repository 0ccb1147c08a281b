// What recovery has done, and what it may still do: three attempts of each kind per model call.
import { KINDS, type TroubleKind } from "./classify.ts";

export const BUDGET = 3;

/**
 * Attempts by kind: in the last call that needed any, and in the session so far.
 *
 * @record In memory, gone with the session; each attempt is a line of the trace
 */
export class RecoveryState {
  #lastCall = new Map<TroubleKind, number>();
  readonly #session = new Map<TroubleKind, number>();
  #last = "nothing yet";

  /** For a new model call. Returns a function that takes one attempt of a kind: its number from 1, or undefined if none is left. */
  begin(): (kind: TroubleKind) => number | undefined {
    // Subagents call in parallel, so each call counts for itself.
    const spent = new Map<TroubleKind, number>();
    return (kind) => {
      const attempt = (spent.get(kind) ?? 0) + 1;
      this.#last = attempt > BUDGET ? `gave up on ${kind}` : `${kind}, attempt ${attempt}`;
      if (attempt > BUDGET) return undefined;
      spent.set(kind, attempt);
      this.#lastCall = spent;
      this.#session.set(kind, (this.#session.get(kind) ?? 0) + 1);
      return attempt;
    };
  }

  render(): string {
    const rows = KINDS.map((kind) => {
      const counts = [this.#lastCall, this.#session].map((count) =>
        String(count.get(kind) ?? 0).padStart(11),
      );
      return `  ${kind.padEnd(14)}${counts.join("")}`;
    });
    const head = `  ${"kind".padEnd(14)}${"last call".padStart(11)}${"session".padStart(11)}`;
    return [head, ...rows, `  at most ${BUDGET} per kind and call; last: ${this.#last}`].join("\n");
  }
}
