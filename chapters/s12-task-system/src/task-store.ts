// Tasks as files: .tasks/task_<id>.json, one a task. What bears such a name and cannot be read as a task
// is set aside, and the others load.
import { readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import {
  describeIssues,
  errorCode,
  NotPlainFileError,
  readPlainFile,
  schema,
  ToolError,
  writeFileAtomic,
  type Zod,
} from "@course/runtime";
import type { z } from "zod";
import { removeLeftovers } from "./leftovers.ts";
import { nextNumber } from "./next-number.ts";

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

/** Not more digits than an id can have: any other file is none of ours. */
const FILE = /^task_\d{1,16}\.json$/;
const FILE_OR_SET_ASIDE = /^task_(\d{1,16})\.json/;
const LARGEST_BYTES = 1_000_000;
const LONGEST_REASON = 300;

export class TaskStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** All tasks by id, with both ends of every edge made to agree; and what was set aside. Only under the lock. */
  load(): { tasks: Map<number, Task>; problems: string[] } {
    const tasks = new Map<number, Task>();
    const problems: string[] = [];
    const names = readdirSync(this.#folder);
    removeLeftovers(this.#folder, names);
    for (const name of names) {
      if (!FILE.test(name)) continue;
      const task = this.#read(name);
      if (typeof task === "string") problems.push(task);
      else if (task) tasks.set(task.id, task);
    }
    agree(tasks);
    return { tasks: new Map([...tasks].sort(([a], [b]) => a - b)), problems };
  }

  /** Throws ToolError for a task that could not be read again, and the file system's errors. */
  save(task: Task): void {
    const text = `${JSON.stringify(task, null, 2)}\n`;
    if (Buffer.byteLength(text) > LARGEST_BYTES)
      throw new ToolError(`Task ${task.id} is too large. Put the details into a file, and name that.`);
    writeFileAtomic(join(this.#folder, `task_${task.id}.json`), text);
  }

  /** One above the highest id that a name here bears, deleted tasks and set-aside files included. */
  nextId(): number {
    const taken = new Set(
      readdirSync(this.#folder).map((name) => Number(FILE_OR_SET_ASIDE.exec(name)?.[1] ?? 0)),
    );
    return nextNumber(taken, Number.MAX_SAFE_INTEGER);
  }

  /** The task; undefined if its file has just gone; or, if it was set aside, why. */
  #read(name: string): Task | string | undefined {
    const path = join(this.#folder, name);
    const task = readTask(path);
    if (task === undefined) return undefined;
    if (typeof task !== "string" && name === `task_${task.id}.json`) return task;
    const reason = typeof task === "string" ? task : `its id is ${task.id}`;
    const aside = `${name}.broken-${Date.now()}`;
    renameSync(path, join(this.#folder, aside));
    return `.tasks/${name} is not a task (${reason.slice(0, LONGEST_REASON)}). It was set aside as ${aside}.`;
  }
}

/**
 * The task; undefined if its file has just gone; or why it is none. A file that cannot be read for another
 * reason, such as too many open files, may well be a task: that throws.
 */
function readTask(path: string): Task | string | undefined {
  try {
    return parseTask(readPlainFile(path, LARGEST_BYTES).toString("utf8"));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    if (error instanceof NotPlainFileError) return `it ${error.message}`;
    throw error;
  }
}

/** The task, or why the text is none. */
function parseTask(text: string): Task | string {
  try {
    const parsed = taskSchema().safeParse(JSON.parse(text));
    if (!parsed.success) return describeIssues(parsed.error);
    // What is nested so deeply that it cannot be written again would stop every later change of the board.
    JSON.stringify(parsed.data);
    return { ...parsed.data, blockedBy: [...new Set(parsed.data.blockedBy)] };
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
