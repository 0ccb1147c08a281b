// The two ways in which a worktree ends: removed, if nothing is lost by it, or merged and then removed. Whoever ends one
// has claimed it first, so that nobody starts something in it meanwhile; if it cannot end, it is given back as it was.
import { errorMessage, ToolError } from "@course/runtime";
import { openBlockers, type TaskBoard } from "@course/s12-task-system";
import { mergeBranch } from "./merge.ts";
import type { Place } from "./place.ts";
import { branchOf, pathOf, tipOf } from "./repository.ts";
import { takeAway } from "./take-away.ts";
import { readyRecord } from "./worktree-index.ts";
import type { WorktreeRecord } from "./worktree-record.ts";
import { refuseOtherBranch, refuseUncommitted, refuseUnmerged } from "./worktree-state.ts";
import { isPlace } from "./worktree-workspace.ts";

export interface EndOptions {
  /** Sets the task that is bound to it to completed. */
  completeTask?: boolean | undefined;
}

export interface RemoveOptions extends EndOptions {
  /** Removes it although work is lost. */
  force?: boolean | undefined;
  /** Leaves folder and branch, and unbinds the task. */
  keep?: boolean | undefined;
}

export class WorktreeEnd {
  readonly #place: Place;
  readonly #board: TaskBoard;

  constructor(place: Place, board: TaskBoard) {
    this.#place = place;
    this.#board = board;
  }

  /** See Worktrees.remove. */
  async remove(name: string, force: boolean, completeTask: boolean): Promise<string> {
    const { repository, index } = this.#place;
    return this.#changing(await index.claim(name, "removing", force), async (record) => {
      const isThere = isPlace(pathOf(repository, name), name);
      if (!force && isThere) await refuseUncommitted(repository, name);
      if (!force) await refuseUnmerged(repository, name, isThere);
      const tip = await tipOf(repository, branchOf(name));
      const completed = await this.#complete(record, completeTask);
      await takeAway(this.#place, name, tip, force);
      return `Removed worktree ${name} and its branch ${branchOf(name)}.${completed}`;
    });
  }

  /** See Worktrees.finish. */
  async finish(name: string, completeTask: boolean): Promise<string> {
    const { repository, index, events } = this.#place;
    return this.#changing(await index.claimTurn(name), async (record) => {
      if (completeTask) await this.#refuseOpen(record);
      if (isPlace(pathOf(repository, name), name)) {
        await refuseUncommitted(repository, name);
        await refuseOtherBranch(repository, name);
      }
      const tip = await tipOf(repository, branchOf(name));
      const merged = await events.step(name, "merge", () => mergeBranch(repository, name));
      try {
        const completed = await this.#complete(record, completeTask);
        await takeAway(this.#place, name, tip, false);
        return `${merged}. Removed worktree ${name}.${completed}`;
      } catch (error) {
        throw new ToolError(`${merged}, and that stands. Then it failed: ${errorMessage(error)}`);
      }
    });
  }

  /** Leaves folder and branch. */
  async keep(name: string, completeTask: boolean): Promise<string> {
    const { repository, index } = this.#place;
    const completed = await this.#complete(readyRecord(await index.read(), name), completeTask);
    await index.change((records) => delete readyRecord(records, name).taskId);
    return `Kept ${pathOf(repository, name)} on branch ${branchOf(name)}; no task is bound to it now.${completed}`;
  }

  async #changing<T>(record: WorktreeRecord, work: (record: WorktreeRecord) => Promise<T>): Promise<T> {
    try {
      return await work(record);
    } catch (error) {
      await this.#place.index.release(record.name);
      throw error;
    }
  }

  /** Rejects with ToolError if the board would not let its task be completed: known before anything is merged. */
  async #refuseOpen(record: WorktreeRecord): Promise<void> {
    const task = await this.#board.get(taskOf(record));
    const open = openBlockers(task, await this.#board.list());
    if (open.length > 0 && task.status !== "completed")
      throw new ToolError(
        `Task ${task.id} still waits for ${open.join(", ")}. Complete that first, or remove the edge.`,
      );
  }

  /** What to add to what was done. Rejects with ToolError if the board refuses. */
  async #complete(record: WorktreeRecord, isWanted: boolean): Promise<string> {
    if (!isWanted) return "";
    const taskId = taskOf(record);
    await this.#place.events.step(record.name, "task", () =>
      this.#board.update(taskId, { status: "completed" }),
    );
    return ` Task ${taskId} is completed.`;
  }
}

/** Throws ToolError if none is bound. */
function taskOf({ name, taskId }: WorktreeRecord): number {
  if (taskId !== undefined) return taskId;
  throw new ToolError(`No task is bound to worktree ${name}. Leave complete_task out, or use task_update.`);
}
