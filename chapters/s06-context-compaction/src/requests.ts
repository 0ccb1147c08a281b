// What the user asked, word for word. The harness has it, so a summary of it could only lose something.
import type { Session } from "@course/runtime";

export class Requests {
  #all: string[] = [];
  #isRunning = false;

  watch(session: Session): void {
    session.follow((event) => {
      if (event.type === "prompt") {
        this.#all.push(event.text);
        this.#isRunning = true;
      } else if (event.type === "prompt_taken_back") this.#all.pop();
      else if (event.type === "run_ended") this.#isRunning = false;
      else if (event.type === "cleared") this.#all = [];
    });
  }

  /** The one whose run is under way; undefined where the harness woke an idle model, or nothing runs. */
  get current(): string | undefined {
    return this.#isRunning ? this.#all.at(-1) : undefined;
  }

  /** All others, oldest first. */
  get earlier(): readonly string[] {
    return this.#isRunning ? this.#all.slice(0, -1) : this.#all;
  }
}
