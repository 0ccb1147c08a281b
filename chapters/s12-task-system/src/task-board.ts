// The task board: a graph of durable goals, shared by all programs in one workspace. Every
// change happens under a lock, is checked as a whole and then written, or refused as a whole.
// Not covered: who works on a task and how they find it (s17), and what runs now (s13).
import { join } from "node:path";
import { ToolError, type Workspace } from "@course/runtime";
import { FileLock } from "./file-lock.ts";
import { pathBetween } from "./path-between.ts";
import { TaskStore, type Task, type TaskStatus } from "./task-store.ts";

export type { Task, TaskStatus };

/** What an update names; everything else stays as it is. */
export interface TaskChange {
  subject?: string | undefined;
  description?: string | undefined;
  status?: TaskStatus | undefined;
  owner?: string | undefined;
  addBlockedBy?: readonly number[] | undefined;
  removeBlockedBy?: readonly number[] | undefined;
}

/** Hears of an update before it is made, under the lock, so that a later chapter keeps its own fields true. */
export type BeforeUpdate = (task: Task, change: TaskChange) => void;

type Tasks = ReadonlyMap<number, Task>;

const FOLDER = ".tasks";

export class TaskBoard {
  readonly #workspace: Workspace;
  readonly #store: TaskStore;
  readonly #lock: FileLock;
  readonly #now: () => Date;
  readonly #onProblem: (problem: string) => void;
  readonly #beforeUpdate: BeforeUpdate;

  constructor(
    workspace: Workspace,
    options: {
      now?: () => Date;
      onProblem?: (problem: string) => void;
      beforeUpdate?: BeforeUpdate | undefined;
    } = {},
  ) {
    this.#workspace = workspace;
    const folder = join(workspace.root, FOLDER);
    this.#store = new TaskStore(folder);
    this.#lock = new FileLock(join(folder, ".lock"));
    this.#now = options.now ?? (() => new Date());
    this.#onProblem = options.onProblem ?? (() => {});
    this.#beforeUpdate = options.beforeUpdate ?? (() => {});
  }

  /** Rejects with ToolError, and changes nothing, if the new task waits for one that is not there. */
  create(
    subject: string,
    details: { description?: string | undefined; blockedBy?: readonly number[] | undefined } = {},
  ): Promise<Task> {
    return this.change((tasks) => {
      const at = this.#now().toISOString();
      const id = this.#store.nextId();
      const task: Task = {
        id,
        subject,
        description: details.description ?? "",
        status: "pending",
        owner: "",
        blockedBy: [],
        blocks: [],
        createdAt: at,
        updatedAt: at,
      };
      for (const blocker of details.blockedBy ?? []) addEdge(tasks, task, blocker);
      tasks.set(id, task);
      return task;
    });
  }

  /** Rejects with ToolError, and changes nothing, on an unknown task, a self-edge, a cycle, or if work would wait. */
  update(id: number, change: TaskChange): Promise<Task> {
    return this.change((tasks) => {
      const task = find(tasks, id);
      const before = waitingWork(tasks);
      this.#beforeUpdate(task, change);
      for (const blocker of change.removeBlockedBy ?? []) removeEdge(tasks, task, blocker);
      for (const blocker of change.addBlockedBy ?? []) addEdge(tasks, task, blocker);
      if (change.status === "deleted") cutOff(tasks, task);
      for (const field of ["subject", "description", "status", "owner"] as const) {
        const value = change[field];
        if (value !== undefined) Object.assign(task, { [field]: value });
      }
      refuseWaitingWork(tasks, before);
      task.updatedAt = this.#now().toISOString();
      return task;
    });
  }

  /** Rejects with ToolError if there is no such task. */
  async get(id: number): Promise<Task> {
    return find(await this.#load(), id);
  }

  /** All tasks that are not deleted, by id. */
  async list(): Promise<Task[]> {
    return [...(await this.#load()).values()].filter((task) => task.status !== "deleted");
  }

  #load(): Promise<Map<number, Task>> {
    // Under the lock, because loading may set a torn file aside.
    return this.#hold(() => this.#read());
  }

  #read(): Map<number, Task> {
    const { tasks, problems } = this.#store.load();
    problems.forEach(this.#onProblem);
    return tasks;
  }

  /** Runs `edit` under the lock and writes every task that it changed. If `edit` throws, nothing was written. */
  change<T>(edit: (tasks: Map<number, Task>) => T): Promise<T> {
    return this.#hold(() => {
      const tasks = this.#read();
      const before = new Map([...tasks].map(([id, task]) => [id, JSON.stringify(task)]));
      const changed = edit(tasks);
      for (const [id, task] of tasks) if (before.get(id) !== JSON.stringify(task)) this.#store.save(task);
      return changed;
    });
  }

  /** A clone may bring a link in the folder's place: it must not lead what is written here to the user's files elsewhere. */
  async #hold<T>(act: () => T): Promise<T> {
    this.#workspace.resolve(FOLDER);
    return this.#lock.hold(act);
  }
}

/** The tasks that this one still waits for. One that is missing, because its file was torn, counts as open. */
export function openBlockers(task: Task, tasks: readonly Task[]): number[] {
  return task.blockedBy.filter((id) => tasks.find((other) => other.id === id)?.status !== "completed");
}

function find(tasks: Tasks, id: number): Task {
  const task = tasks.get(id);
  if (task && task.status !== "deleted") return task;
  const known = [...tasks.values()].filter((other) => other.status !== "deleted").map((other) => other.id);
  throw new ToolError(`There is no task ${id}. There are: ${known.join(", ") || "none"}.`);
}

function addEdge(tasks: Tasks, task: Task, blocker: number): void {
  const other = find(tasks, blocker);
  if (other === task) throw new ToolError(`Task ${task.id} cannot wait for itself.`);
  if (task.blockedBy.includes(blocker)) return;
  const way = pathBetween(tasks, task.id, blocker);
  if (way)
    throw new ToolError(
      `Task ${task.id} cannot wait for task ${blocker}: that would be a cycle (${[...way, task.id].join(" before ")}).`,
    );
  task.blockedBy.push(blocker);
  other.blocks.push(task.id);
}

function removeEdge(tasks: Tasks, task: Task, blocker: number): void {
  if (!task.blockedBy.includes(blocker)) {
    throw new ToolError(`Task ${task.id} does not wait for task ${blocker}.`);
  }
  task.blockedBy = task.blockedBy.filter((id) => id !== blocker);
  const other = tasks.get(blocker);
  if (other) other.blocks = other.blocks.filter((id) => id !== task.id);
}

/** Open blockers of what is done or under way, by `<id> <status>`. A merge or a torn file can leave some. */
function waitingWork(tasks: Tasks): Map<string, number[]> {
  const all = [...tasks.values()];
  const work = all.filter(({ status }) => status === "in_progress" || status === "completed");
  return new Map(work.map((task) => [`${task.id} ${task.status}`, openBlockers(task, all)]));
}

function refuseWaitingWork(tasks: Tasks, before: Map<string, number[]>): void {
  for (const [work, open] of waitingWork(tasks)) {
    const added = open.filter((id) => !before.get(work)?.includes(id)).join(", ");
    if (added === "") continue;
    throw new ToolError(
      `That would leave task ${work} although it still waits for ${added}. Complete that first, remove the edge, or set the task to pending.`,
    );
  }
}

/** A deleted task waits for nothing, and nothing waits for it. */
function cutOff(tasks: Tasks, task: Task): void {
  for (const blocker of task.blockedBy) removeEdge(tasks, task, blocker);
  for (const follower of task.blocks.flatMap((id) => tasks.get(id) ?? []))
    removeEdge(tasks, follower, task.id);
}
