// Worktrees: each is a folder with a branch of its own, so that two agents who change the same file do not see each
// other until git merges them. A change is a list of steps, told to the event log before and after: what fails is taken
// back, and what a crash leaves is mended at the next start (reconcile.ts). What git knows, git is asked; the index
// holds the rest.
// Not covered: submodules, a folder of the user's choice, worktrees that somebody else made elsewhere.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { errorMessage, runBash, ToolError, type ToolContext, type ToolResult, type Workspace } from "@course/runtime";
import { TaskBoard } from "@course/s12-task-system";
import type { WorktreeEvent } from "./events.ts";
import { git } from "./git.ts";
import { copyIncluded } from "./include.ts";
import { mergeBranch } from "./merge.ts";
import { openPlace, type Place, type PlaceOptions } from "./place.ts";
import { reconcile } from "./reconcile.ts";
import { branchOf, checkName, commitOf, FOLDER, pathOf, prepareFolder, refuseTaken, tipOf, whatIsAt } from "./repository.ts";
import { occupy } from "./runs.ts";
import { takeAway, undoCreate } from "./take-away.ts";
import { readyRecord } from "./worktree-index.ts";
import type { WorktreeRecord } from "./worktree-record.ts";
import { refuseOtherBranch, refuseUncommitted, refuseUnmerged, stateOf, type WorktreeState } from "./worktree-state.ts";
import { leadOf, WorktreeWorkspace } from "./worktree-workspace.ts";

export interface CreateOptions {
  taskId?: number | undefined;
  /** A branch or commit to begin at; default: what the lead has checked out. */
  baseRef?: string | undefined;
}

export interface Created {
  name: string;
  branch: string;
  path: string;
  /** The commit at which the branch begins. */
  base: string;
  /** Files that .worktreeinclude brought along. */
  copied: string[];
}

export interface RemoveOptions {
  /** Removes it although work would be lost. */
  force?: boolean | undefined;
  /** Leaves folder and branch, and unbinds the task. */
  keep?: boolean | undefined;
  completeTask?: boolean | undefined;
}

export class Worktrees {
  readonly #workspace: Workspace;
  readonly #options: PlaceOptions;
  readonly #board: TaskBoard;
  #opened: Promise<Place> | undefined;

  /** `workspace` is the lead's. The repository is looked for at the first use. */
  constructor(workspace: Workspace, options: PlaceOptions = {}) {
    this.#workspace = workspace;
    this.#options = options;
    this.#board = new TaskBoard(leadOf(workspace));
  }

  /** Makes folder, branch and record, or leaves nothing. Rejects with ToolError. */
  async create(name: string, { taskId, baseRef = "HEAD" }: CreateOptions = {}): Promise<Created> {
    checkName(name);
    const { repository, index, events } = await this.#place();
    const base = await commitOf(this.#workspace.root, baseRef);
    if (taskId !== undefined) await this.#board.get(taskId);
    const [branch, path] = [branchOf(name), pathOf(repository, name)];
    await refuseTaken(repository, name);
    prepareFolder(repository);
    let isReserved = false;
    try {
      await events.step(name, "reserve", async () => {
        await index.reserve(name, base, taskId);
        isReserved = true;
      });
      const add = ["worktree", "add", "--quiet", "--no-track", "-b", branch, path, base];
      await events.step(name, "add", () => git(repository.root, add));
      const copied = await events.step(name, "include", () => copyIncluded(repository, name));
      await events.step(name, "ready", () => index.release(name));
      return { name, branch, path, base, copied };
    } catch (error) {
      throw isReserved ? await this.#undone(name, base, error) : error;
    }
  }

  /** Takes back what a failed creation left; the error to throw. */
  async #undone(name: string, base: string, error: unknown): Promise<ToolError> {
    const { repository, index, events } = await this.#place();
    const why = `Worktree ${name} was not made: ${errorMessage(error)}.`;
    try {
      await events.step(name, "undo", () => undoCreate(repository, name, base));
      await events.step(name, "forget", () => index.forget(name));
      return new ToolError(`${why} Nothing is left of it.`);
    } catch (second) {
      return new ToolError(`${why} A part of it is left (${errorMessage(second)}); the next start takes that away.`);
    }
  }

  /**
   * Takes folder and branch away, and returns what was done. Rejects with ToolError, and changes nothing, if work
   * would be lost and `force` is not set: what was not committed, and commits that no other branch has.
   */
  async remove(name: string, { force = false, keep = false, completeTask = false }: RemoveOptions = {}): Promise<string> {
    const place = await this.#place();
    if (keep) return this.#keep(place, name, completeTask);
    return this.#changing(name, await place.index.claim(name, "removing", force), async (record) => {
      const isThere = whatIsAt(pathOf(place.repository, name)) === "folder";
      if (!force && isThere) await refuseUncommitted(place.repository, name);
      if (!force) await refuseUnmerged(place.repository, name, isThere);
      const tip = await tipOf(place.repository, branchOf(name));
      const completed = await this.#complete(place, record, completeTask);
      await takeAway(place, name, tip, force);
      return `Removed worktree ${name} and its branch ${branchOf(name)}.${completed}`;
    });
  }

  async #keep(place: Place, name: string, completeTask: boolean): Promise<string> {
    const record = readyRecord(await place.index.read(), name);
    const completed = await this.#complete(place, record, completeTask);
    await place.index.change((records) => delete readyRecord(records, name).taskId);
    return `Kept ${pathOf(place.repository, name)} on branch ${branchOf(name)}; no task is bound to it now.${completed}`;
  }

  /**
   * Merges its branch into the branch that the main checkout has, and takes it away. Rejects with ToolError, and the
   * main checkout is as it was, if something is not committed, conflicts, or git refuses. Several take turns.
   */
  async finish(name: string, { completeTask = false }: Pick<RemoveOptions, "completeTask"> = {}): Promise<string> {
    const place = await this.#place();
    return this.#changing(name, await place.index.claimTurn(name), async (record) => {
      await refuseUncommitted(place.repository, name);
      await refuseOtherBranch(place.repository, name);
      const tip = await tipOf(place.repository, branchOf(name));
      const merged = await place.events.step(name, "merge", () => mergeBranch(place.repository, name));
      const completed = await this.#complete(place, record, completeTask);
      await takeAway(place, name, tip, false);
      return `${merged}. Removed worktree ${name}.${completed}`;
    });
  }

  /** Works on a claimed worktree, and gives it back if that fails. */
  async #changing<T>(name: string, record: WorktreeRecord, work: (record: WorktreeRecord) => Promise<T>): Promise<T> {
    try {
      return await work(record);
    } catch (error) {
      await (await this.#place()).index.release(name);
      throw error;
    }
  }

  async #complete({ events }: Place, { name, taskId }: WorktreeRecord, wanted: boolean): Promise<string> {
    if (!wanted) return "";
    if (taskId === undefined)
      throw new ToolError(`No task is bound to worktree ${name}. Leave complete_task out, or use task_update.`);
    await events.step(name, "task", () => this.#board.update(taskId, { status: "completed" }));
    return ` Task ${taskId} is completed.`;
  }

  /** The worktree as a place to work in: baseTools(place) stays inside it. Rejects with ToolError if it is not there. */
  async workspaceOf(name: string): Promise<WorktreeWorkspace> {
    const { repository, index } = await this.#place();
    readyRecord(await index.read(), name);
    return new WorktreeWorkspace(pathOf(repository, name), name, leadOf(this.#workspace));
  }

  /** Says that somebody works in it: until the returned function is called, nobody removes or merges it. */
  async occupy(name: string, what: string): Promise<() => Promise<void>> {
    return occupy(await this.#place(), name, what, this.#options.onProblem);
  }

  /** Runs a command in it, as bash does. Rejects with ToolError if the worktree is not there. */
  async run(name: string, command: string, context: Pick<ToolContext, "signal" | "toolUseId">): Promise<ToolResult> {
    const { root } = await this.workspaceOf(name);
    const leave = await this.occupy(name, command);
    try {
      // What is cut from its output is kept where the lead can read it.
      return await runBash(command, this.#workspace, context, root);
    } finally {
      await leave();
    }
  }

  /** All worktrees, with what git says of each. */
  async list(): Promise<WorktreeState[]> {
    const { repository, index } = await this.#place();
    if (!existsSync(join(repository.root, FOLDER))) return [];
    return Promise.all([...(await index.read()).values()].map((record) => stateOf(repository, record)));
  }

  /** Mends what a crash or a hand left. Returns what the user should know, a sentence each. */
  async reconcile(): Promise<string[]> {
    return reconcile(await this.#place());
  }

  async lastEvents(count: number): Promise<WorktreeEvent[]> {
    return (await this.#place()).events.last(count);
  }

  async #place(): Promise<Place> {
    // A folder that is no repository may become one.
    this.#opened ??= openPlace(this.#workspace, this.#options).catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }
}
