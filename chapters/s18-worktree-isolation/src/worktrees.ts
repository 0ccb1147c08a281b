// Worktrees: each is a folder with a branch of its own, so that two agents who change the same file do not see each
// other until git merges them. A change is a list of steps, told to the event log before and after: what fails is taken
// back, and what a crash leaves is mended at the next start. What git knows, git is asked; the index holds the rest.
// Not covered: submodules, a folder of the user's choice, worktrees that somebody made elsewhere.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { runBash, type ToolContext, type ToolResult, type Workspace } from "@course/runtime";
import { TaskBoard } from "@course/s12-task-system";
import { createWorktree, type Created } from "./create-worktree.ts";
import { WorktreeEnd, type EndOptions, type RemoveOptions } from "./end-worktree.ts";
import type { WorktreeEvent } from "./events.ts";
import { openPlace, type Place, type PlaceOptions } from "./place.ts";
import { reconcile } from "./reconcile.ts";
import { checkName, commitOf, FOLDER, pathOf, prepareFolder } from "./repository.ts";
import { occupy } from "./runs.ts";
import { readyRecord } from "./worktree-index.ts";
import { stateOf, type WorktreeState } from "./worktree-state.ts";
import { leadOf, WorktreeWorkspace } from "./worktree-workspace.ts";

export interface CreateOptions {
  /** The task of s12 that is worked on in it. */
  taskId?: number | undefined;
  /** A branch or commit to begin at; default: what the lead has checked out. */
  baseRef?: string | undefined;
}

export class Worktrees {
  readonly #workspace: Workspace;
  readonly #options: PlaceOptions;
  readonly #board: TaskBoard;
  #opened: Promise<Place> | undefined;

  /** `workspace` is the lead's. The repository is looked for at the first use: every method rejects where there is none. */
  constructor(workspace: Workspace, options: PlaceOptions = {}) {
    this.#workspace = workspace;
    this.#options = options;
    this.#board = new TaskBoard(leadOf(workspace));
  }

  /** Makes folder and branch. Rejects with ToolError, and leaves nothing, if the name or the task is taken or a step fails. */
  async create(name: string, { taskId, baseRef = "HEAD" }: CreateOptions = {}): Promise<Created> {
    checkName(name);
    const place = await this.#place();
    const base = await commitOf(this.#workspace.root, baseRef);
    if (taskId !== undefined) await this.#board.get(taskId);
    return createWorktree(place, { name, base, taskId });
  }

  /**
   * Takes folder and branch away, and returns what was done, in a sentence. Rejects with ToolError, and changes nothing,
   * if work would be lost and `force` is not set: what was not committed, and commits that no other branch has.
   */
  async remove(
    name: string,
    { force = false, keep = false, completeTask = false }: RemoveOptions = {},
  ): Promise<string> {
    const end = new WorktreeEnd(await this.#place(), this.#board);
    return keep ? end.keep(name, completeTask) : end.remove(name, force, completeTask);
  }

  /**
   * Merges the branch into the one that the main checkout has, and then removes it. Rejects with ToolError, and the main
   * checkout is as it was, if something is not committed, conflicts, or git refuses. Several take turns.
   */
  async finish(name: string, { completeTask = false }: EndOptions = {}): Promise<string> {
    return new WorktreeEnd(await this.#place(), this.#board).finish(name, completeTask);
  }

  /**
   * The name of the worktree that the task is worked on in, which create() makes if it is not there yet. One that is there
   * and is no other task's is bound to it.
   */
  async bind(wanted: string, taskId: number): Promise<string> {
    const { repository, index } = await this.#place();
    prepareFolder(repository);
    return index.bind(wanted, taskId);
  }

  /** The worktree as an agent's place: baseTools(place) stay inside it. Rejects with ToolError if it is not there. */
  async workspaceOf(name: string): Promise<WorktreeWorkspace> {
    const { repository, index } = await this.#place();
    readyRecord(await index.read(), name);
    return new WorktreeWorkspace(pathOf(repository, name), name, leadOf(this.#workspace));
  }

  /** Says that somebody is at work in it: until the returned function is called, nobody removes or merges it. */
  async occupy(name: string, what: string): Promise<() => Promise<void>> {
    return occupy(await this.#place(), name, what, this.#options.onProblem);
  }

  /** Runs a command in it, as bash does in the workspace. Rejects with ToolError if the worktree is not there. */
  async run(
    name: string,
    command: string,
    context: Pick<ToolContext, "signal" | "toolUseId">,
  ): Promise<ToolResult> {
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

  /** At the start: mends what a crash or a hand left. Returns what the user should know, a sentence each. */
  async reconcile(): Promise<string[]> {
    return reconcile(await this.#place());
  }

  async lastEvents(count: number): Promise<WorktreeEvent[]> {
    return (await this.#place()).events.last(count);
  }

  #place(): Promise<Place> {
    // A folder that is no repository yet may become one.
    this.#opened ??= openPlace(this.#workspace, this.#options).catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }
}
