// Who works on what: claiming a task from the board of s12, under its lock, so that of several who want one task exactly
// one gets it, whatever programs they are in. A claim names the program that its owner lives in; if that is gone, the
// task goes back on the board. Not covered: an owner that lives, and does nothing.
import { ToolError } from "@course/runtime";
import { openBlockers, type Task, type TaskBoard } from "@course/s12-task-system";
import { describeOwner, isFree, isOrphan, isOwn, thisProgram } from "./claims.ts";

type Tasks = ReadonlyMap<number, Task>;

export interface Claimed {
  task: Task;
  /** Whether it was this owner's before: begun and not ended. */
  isResumed: boolean;
}

export class ClaimDesk {
  readonly #board: TaskBoard;
  readonly #onRelease: (task: Task, owner: string) => void;

  /** `onRelease` hears of tasks whose owner is gone. */
  constructor(board: TaskBoard, onRelease: (task: Task, owner: string) => void = () => {}) {
    this.#board = board;
    this.#onRelease = onRelease;
  }

  /**
   * The task that this owner should work on: its own that is in progress, one that is meant for it or was taken from
   * it, or the next free one, but none of `except`. Undefined if there is none. Rejects with ToolError for a task that
   * cannot be had.
   */
  async claim(owner: string, id?: number, except?: ReadonlySet<number>): Promise<Claimed | undefined> {
    const released: [Task, string][] = [];
    const claimed = await this.#board.change((tasks) => {
      released.push(...releaseDead(tasks));
      const own = ownTask(tasks, owner);
      if (own && (id === undefined || id === own.id)) return take(own, owner);
      if (own)
        throw new ToolError(
          `You have task ${own.id} in progress. Complete it, or put it back (status pending, an empty owner), before you claim another.`,
        );
      const task = id === undefined ? nextFor(owner, tasks, except) : wanted(id, owner, tasks);
      return task && take(task, owner);
    });
    for (const [task, from] of released) this.#onRelease(task, from);
    return claimed;
  }

  /** Puts what this owner has in progress back on the board. Returns those tasks. */
  release(owner: string): Promise<Task[]> {
    return this.#board.change((tasks) => {
      const own: Task[] = [];
      for (let task = ownTask(tasks, owner); task; task = ownTask(tasks, owner)) {
        putBack(task);
        own.push(task);
      }
      return own;
    });
  }

  /** Says for each owner which tasks it could claim, by id, as the board is now. Reads, and claims nothing. */
  async free(): Promise<(owner: string) => number[]> {
    const tasks = await this.#board.list();
    return (owner) =>
      tasks.filter((task) => isFree(task, tasks, owner) || isOrphan(task)).map(({ id }) => id);
  }
}

function ownTask(tasks: Tasks, owner: string): Task | undefined {
  return [...tasks.values()].find((task) => isOwn(task, owner));
}

/** What was meant for this owner first, then what was taken from it when its program died, then the oldest. */
function nextFor(owner: string, tasks: Tasks, except?: ReadonlySet<number>): Task | undefined {
  const all = [...tasks.values()];
  const free = all.filter((task) => isFree(task, all, owner) && !except?.has(task.id));
  return (
    free.find((task) => task.owner === owner) ??
    free.find((task) => task["releasedFrom"] === owner) ??
    free.find((task) => task.owner === "")
  );
}

function wanted(id: number, owner: string, tasks: Tasks): Task {
  const all = [...tasks.values()];
  const task = tasks.get(id);
  if (!task || task.status === "deleted") throw new ToolError(`There is no task ${id}.`);
  if (isFree(task, all, owner)) return task;
  if (task.status === "completed") throw new ToolError(`Task ${id} is completed already.`);
  if (task.status === "in_progress" || task.owner !== "")
    throw new ToolError(`Task ${id} is not yours: ${describeOwner(task)}. Claim another.`);
  throw new ToolError(`Task ${id} still waits for ${openBlockers(task, all).join(", ")}. Claim another.`);
}

function take(task: Task, owner: string): Claimed {
  const isResumed = task.status === "in_progress" || task["releasedFrom"] === owner;
  delete task["releasedFrom"];
  const updatedAt = new Date().toISOString();
  Object.assign(task, { status: "in_progress", owner, claim: thisProgram(), updatedAt });
  return { task, isResumed };
}

function releaseDead(tasks: Tasks): [Task, string][] {
  return [...tasks.values()].filter(isOrphan).map((task) => {
    const { owner } = task;
    putBack(task);
    return [task, owner];
  });
}

function putBack(task: Task): void {
  const updatedAt = new Date().toISOString();
  Object.assign(task, { status: "pending", owner: "", releasedFrom: task.owner, updatedAt });
  delete task["claim"];
}
