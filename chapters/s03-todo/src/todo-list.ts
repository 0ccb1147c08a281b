// The plan: a short list that the model writes whole each time, so that what it reads is what it
// wrote. Not covered: it lives in the session; goals that outlive it are tasks (s12).
import { ToolError } from "@course/runtime";

const MAXIMUM_ITEMS = 20;
/** Rounds of tool calls without an update after which the model is reminded. */
const REMIND_AFTER = 3;

/**
 * One step of the plan.
 *
 * @record In memory, gone with the session
 */
export interface TodoItem {
  content: string;
  status: "pending" | "in_progress" | "completed";
  /** How the step reads while it is under way, as in "Running the tests". */
  activeForm?: string | undefined;
}

const MARKS = { pending: "○", in_progress: "◐", completed: "●" } as const;

export class TodoList {
  #items: readonly TodoItem[] = [];
  #roundsSinceUpdate = 0;
  #updatedThisRound = false;

  get items(): readonly TodoItem[] {
    return this.#items;
  }

  /** Replaces the list. Throws ToolError on a bad one, and the old list stays. */
  replace(items: readonly TodoItem[]): void {
    if (items.length > MAXIMUM_ITEMS) {
      throw new ToolError(
        `The list has ${items.length} items; at most ${MAXIMUM_ITEMS} fit. Merge some steps.`,
      );
    }
    const blank = items.findIndex((item) => item.content.trim() === "");
    if (blank !== -1) throw new ToolError(`Item ${blank + 1} has no content. Say what is to be done.`);
    const active = items.filter((item) => item.status === "in_progress");
    if (active.length > 1) {
      const names = active.map((item) => `"${item.content}"`).join(" and ");
      throw new ToolError(`Only one item may be in_progress, not ${names}. Set the others to pending.`);
    }
    this.#items = items;
    this.#updatedThisRound = true;
  }

  /** Counts a round of tool calls. True if the model should be reminded now: open items, and three rounds without an update. */
  endRound(): boolean {
    this.#roundsSinceUpdate = this.#updatedThisRound ? 0 : this.#roundsSinceUpdate + 1;
    this.#updatedThisRound = false;
    const isOpen = this.#items.some((item) => item.status !== "completed");
    return isOpen && this.#roundsSinceUpdate > 0 && this.#roundsSinceUpdate % REMIND_AFTER === 0;
  }

  render(): string {
    if (this.#items.length === 0) return "No plan yet.";
    const lines = this.#items.map(({ content, status, activeForm }) => {
      return `${MARKS[status]} ${status === "in_progress" ? activeForm || content : content}`;
    });
    const done = this.#items.filter((item) => item.status === "completed").length;
    return [...lines, `${done} of ${this.#items.length} done`].join("\n");
  }
}
