// Tasks as files: .tasks/task_<id>.json, one a task. A file that cannot be read as a task is
// set aside, and the others load.
import { readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { describeIssues, errorCode, schema, writeFileAtomic, type Zod } from "@course/runtime";
import type { z } from "zod";

export const taskStatus = (z: Zod) => z.enum(["pending", "in_progress", "completed", "deleted"]);
export type TaskStatus = Task["status"];

const taskSchema = schema((z) =>
  z.looseObject({
    id: z.int().min(1),
    /** The goal in a few words. */
    subject: z.string().min(1),
    description: z.string(),
    status: taskStatus(z),
    /** Tasks that must be completed before this one is ready. */
    blockedBy: z.array(z.int().min(1)),
    /** The same edges from the other end. */
    blocks: z.array(z.int().min(1)),
    owner: z.string(),
    /** ISO 8601, as is updatedAt. */
    createdAt: z.string(),
    updatedAt: z.string(),
  }),
);

/**
 * A durable goal. It says what should be done, not what runs now (that is s13's record).
 *
 * @record `.tasks/task_<id>.json`, durable, shared by all programs in the workspace
 */
export type Task = z.infer<ReturnType<typeof taskSchema>>;

const FILE = /^task_(\d+)\.json/;

export class TaskStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** All tasks by id, with both ends of every edge made to agree; and what was set aside. */
  load(): { tasks: Map<number, Task>; problems: string[] } {
    const tasks = new Map<number, Task>();
    const problems: string[] = [];
    for (const name of readdirSync(this.#folder)) {
      if (!/^task_\d+\.json$/.test(name)) continue;
      const task = this.#read(name);
      if (typeof task === "string") problems.push(task);
      else if (task) tasks.set(task.id, task);
    }
    agree(tasks);
    return { tasks: new Map([...tasks].sort(([a], [b]) => a - b)), problems };
  }

  save(task: Task): void {
    writeFileAtomic(join(this.#folder, `task_${task.id}.json`), `${JSON.stringify(task, null, 2)}\n`);
  }

  /** One above the highest id that a file here bears, deleted tasks and set-aside files included. */
  nextId(): number {
    const ids = readdirSync(this.#folder).map((name) => Number(FILE.exec(name)?.[1] ?? 0));
    return Math.max(0, ...ids) + 1;
  }

  /** The task; undefined if its file has just gone; or, if it was set aside, why. */
  #read(name: string): Task | string | undefined {
    const path = join(this.#folder, name);
    const text = readIfThere(path);
    if (text === undefined) return undefined;
    const task = parseTask(text);
    const reason =
      typeof task === "string" ? task : name === `task_${task.id}.json` ? undefined : `its id is ${task.id}`;
    if (typeof task !== "string" && reason === undefined) return task;
    const aside = `${name}.broken-${Date.now()}`;
    renameSync(path, join(this.#folder, aside));
    return `.tasks/${name} is not a task (${reason}). It was set aside as ${aside}.`;
  }
}

/** A file that cannot be read for another reason than its absence is not torn: that throws. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** The task, or why the text is none. */
function parseTask(text: string): Task | string {
  try {
    const parsed = taskSchema().safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : describeIssues(parsed.error);
  } catch (error) {
    return String(error);
  }
}

/**
 * blockedBy is what counts; blocks is derived from it. An edge lies in two files, which cannot be
 * replaced at one moment, so a program that was killed between them leaves only a stale mirror.
 */
function agree(tasks: Map<number, Task>): void {
  const isDeleted = (id: number) => tasks.get(id)?.status === "deleted";
  for (const task of tasks.values()) {
    task.blocks = [];
    task.blockedBy = isDeleted(task.id) ? [] : task.blockedBy.filter((id) => !isDeleted(id));
  }
  for (const task of tasks.values()) for (const id of task.blockedBy) tasks.get(id)?.blocks.push(task.id);
}
