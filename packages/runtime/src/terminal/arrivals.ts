// What comes to a session from a pipe: its lines, and between them the session's wakes.
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Session } from "../conversation/session.ts";

export const WAKE = Symbol("wake");

export class Arrivals {
  readonly #lines: string[] = [];
  #woken = false;
  #paused = false;
  #ended = false;
  #arrived = () => {};

  constructor(input: Readable, session: Session) {
    createInterface({ input })
      .on("line", (line) => {
        if (line.trim() !== "") this.#lines.push(line);
        this.#arrived();
      })
      .on("close", () => {
        this.#ended = true;
        this.#arrived();
      });
    session.on((event) => {
      if (event.type === "wake") this.#woken = true;
      // What woke us before its first request is told to the model by it.
      if (event.type === "model_started") this.#woken = false;
      // After a failure nothing runs by itself until the next line.
      if (event.type === "run_ended") this.#paused = event.stopReason === "failed";
      this.#arrived();
    });
  }

  /** The next line; without one, a wake since the last request to the model; undefined when the pipe has ended. */
  async next(): Promise<string | typeof WAKE | undefined> {
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) return line;
      if (this.#ended) return undefined;
      if (this.#woken && !this.#paused) {
        this.#woken = false;
        return WAKE;
      }
      await new Promise<void>((resolve) => (this.#arrived = resolve));
    }
  }
}
