// What was done to worktrees: a line before and a line after each step, so that after a crash one can see where it
// stopped. Not covered: the file is never shortened; a thousand worktrees make about a megabyte.
import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { errorMessage } from "@course/runtime";

export type Step =
  "reserve" | "add" | "include" | "ready" | "merge" | "task" | "remove" | "branch" | "forget" | "undo";

/**
 * One line of the log: a step of a change, before or after it.
 *
 * @record `.claude/worktrees/events.jsonl`, durable, appended to by all programs in the repository
 */
export interface WorktreeEvent {
  /** ISO 8601. */
  at: string;
  worktree: string;
  step: Step;
  phase: "begin" | "end" | "failed";
  pid: number;
  /** Why it failed, in one line. */
  reason?: string;
}

type Noted = Omit<WorktreeEvent, "at" | "pid">;

/** Not through a link, which would have us write elsewhere. */
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
const TAIL_BYTES = 16_384;
const LONGEST_REASON = 200;

export class EventLog {
  readonly #file: string;
  readonly #onProblem: (problem: string) => void;
  readonly #onEvent: (event: Noted) => void;

  /** `onEvent` hears of each step before and after it; if it throws, the step fails (for tests: a full disk, a kill). */
  constructor(folder: string, onProblem: (problem: string) => void, onEvent: (event: Noted) => void) {
    this.#file = join(folder, "events.jsonl");
    this.#onProblem = onProblem;
    this.#onEvent = onEvent;
  }

  /** Does one step. Rejects with what `work` throws. */
  async step<T>(worktree: string, step: Step, work: () => T | Promise<T>): Promise<T> {
    try {
      this.#note({ worktree, step, phase: "begin" });
      const result = await work();
      this.#note({ worktree, step, phase: "end" });
      return result;
    } catch (error) {
      const reason = (errorMessage(error).split("\n")[0] ?? "").slice(0, LONGEST_REASON);
      this.#append({ worktree, step, phase: "failed", reason });
      throw error;
    }
  }

  /** The last ones, oldest first. What a crash cut short is left out. */
  last(count: number): WorktreeEvent[] {
    try {
      return tailOf(this.#file).split("\n").flatMap(parseEvent).slice(-count);
    } catch {
      return [];
    }
  }

  #note(event: Noted): void {
    this.#append(event);
    this.#onEvent(event);
  }

  /** A log that cannot be written does not stop what it tells of. */
  #append({ worktree, step, phase, reason }: Noted): void {
    const event = { at: new Date().toISOString(), worktree, step, phase, pid: process.pid, reason };
    try {
      const file = openSync(this.#file, APPEND);
      try {
        writeSync(file, `${JSON.stringify(event)}\n`);
      } finally {
        closeSync(file);
      }
    } catch (error) {
      this.#onProblem(`The events of the worktrees are not written: ${errorMessage(error)}`);
    }
  }
}

function tailOf(path: string): string {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(file, tail, 0, tail.length, size - tail.length);
    return tail.toString("utf8");
  } finally {
    closeSync(file);
  }
}

function parseEvent(line: string): WorktreeEvent[] {
  try {
    const event = JSON.parse(line) as Partial<WorktreeEvent>;
    const isWhole = [event.at, event.worktree, event.step, event.phase].every(
      (text) => typeof text === "string",
    );
    return isWhole ? [event as WorktreeEvent] : [];
  } catch {
    return [];
  }
}
