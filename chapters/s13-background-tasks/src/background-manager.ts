// Background tasks: slow commands run while the loop goes on, and their results reach the model before
// its next turn. Commands run in parallel as processes; their events arrive here on one thread,
// so the queue needs no lock. Not covered: work that outlives the program (s14 stores intent; s13b has a lane for it).
import { join } from "node:path";
import { errorMessage, ToolError, type Workspace } from "@course/runtime";
import type { Lane, LaneTask, RunOptions } from "./lane.ts";
import { localLane } from "./local-lane.ts";
import { recover } from "./recovery.ts";
import {
  isActive,
  newRecord,
  RuntimeTaskStore,
  statusOf,
  type RuntimeTaskRecord,
  type RuntimeTaskStatus,
} from "./runtime-task.ts";
import { TaskLog } from "./task-log.ts";

interface Slot {
  readonly record: RuntimeTaskRecord;
  readonly log: TaskLog;
  task?: LaneTask;
  /** Resolves when the task has ended; undefined while it is queued. */
  ended?: Promise<void>;
}

export class BackgroundManager {
  readonly #workspace: Workspace;
  readonly #store: RuntimeTaskStore;
  readonly #onProblem: (problem: string) => void;
  /** Every task that this program started or found, oldest first. */
  readonly #slots = new Map<string, Slot>();
  readonly #waiting: Slot[] = [];
  readonly #ended: RuntimeTaskRecord[] = [];
  readonly #listeners = new Set<(record: RuntimeTaskRecord) => void>();
  #running = 0;
  /** How many of the ended ones an earlier program left. */
  #found = 0;

  /** Where commands run; may be set before the first. */
  lane: Lane;

  /** `onProblem` hears of records that could not be written; tasks go on without them. */
  constructor(workspace: Workspace, onProblem: (problem: string) => void = () => {}) {
    this.#workspace = workspace;
    this.#store = new RuntimeTaskStore(workspace.root);
    this.#onProblem = onProblem;
    this.lane = localLane(workspace);
  }

  /** Starts a command, or queues it behind those that the lane has, and returns at once. */
  run(command: string, { timeoutSeconds, taskId, retry }: RunOptions = {}): RuntimeTaskRecord {
    const id = this.#store.newId(this.#onProblem);
    const record = newRecord(id, command, timeoutSeconds, taskId, { ...this.lane.marks, retry });
    const slot = { record, log: new TaskLog() };
    this.#slots.set(record.id, slot);
    this.#waiting.push(slot);
    this.#startWaiting();
    if (record.status === "queued") this.#save(record);
    return record;
  }

  /** One task's record with its newest output. Throws ToolError if there is no such task. */
  check(id: string): RuntimeTaskRecord {
    const slot = this.#slots.get(id);
    if (slot) return refreshed(slot);
    throw new ToolError(
      `There is no background task ${id}. There are: ${[...this.#slots.keys()].join(", ") || "none"}.`,
    );
  }

  list(): RuntimeTaskRecord[] {
    return [...this.#slots.values()].map(refreshed);
  }

  /** Ends a task's processes; resolves when it has ended. Rejects with ToolError if there is no such task. */
  async stop(id: string): Promise<RuntimeTaskRecord> {
    const record = this.check(id);
    const slot = this.#slots.get(id);
    const index = this.#waiting.findIndex((waiting) => waiting === slot);
    if (slot && index >= 0) {
      this.#waiting.splice(index, 1);
      this.#end(slot, "killed");
    }
    slot?.task?.kill();
    await slot?.ended;
    return record;
  }

  /** Takes the notification queue: each ended task once, in the order in which they ended. */
  drain(): RuntimeTaskRecord[] {
    const ended = this.#ended.splice(0);
    this.#found = 0;
    for (const record of ended) this.#markTold(record);
    return ended;
  }

  /** Calls back after each task that ends. Returns the function that takes the listener away. */
  onEnded(listener: (record: RuntimeTaskRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tasks that are queued or running. */
  get activeCount(): number {
    return this.#running + this.#waiting.length;
  }

  /** Whether something will want a turn. What an earlier program left waits for the user's next one: nothing wakes for it. */
  get isBusy(): boolean {
    return this.activeCount > 0 || this.#ended.length > this.#found;
  }

  /** Lists what a program that was killed left behind, ends what still runs of it, and queues its end for the model. */
  recover(): void {
    for (const record of recover(this.#store, this.lane, (found) => this.#save(found))) {
      const slot = { record, log: new TaskLog() };
      this.#slots.set(record.id, slot);
      // What goes on in a lane's queue has its place there already.
      if (isActive(record)) this.#waiting.push(slot);
      else this.#found = this.#ended.push(record);
    }
    this.#startWaiting();
  }

  /** Ends everything that runs; resolves with what that ended, when no process is left. */
  async stopAll(): Promise<RuntimeTaskRecord[]> {
    const active = this.list().filter(isActive).reverse();
    // Newest first, so that no queued task starts in the place of one that was stopped.
    await Promise.all(active.map(({ id }) => this.stop(id)));
    // Who leaves knows what that ends: the next program has nothing to tell of it.
    const stopped = active.filter(({ status }) => status === "killed").reverse();
    for (const record of stopped) this.#markTold(record);
    return stopped;
  }

  #startWaiting(): void {
    while (this.#running < this.lane.atOnce) {
      const slot = this.#waiting.shift();
      if (!slot) return;
      this.#running += 1;
      slot.ended = this.#follow(slot);
    }
  }

  async #follow(slot: Slot): Promise<void> {
    const { record, log } = slot;
    const task = this.lane.start(record);
    slot.task = task;
    if (task.begins) await task.begins;
    Object.assign(record, task.running);
    this.#save(record);
    const copied = log.copy(task.output, join(this.#workspace.root, record.outputFile));
    const end = await task.ended;
    const problem = await copied;
    Object.assign(record, task.running, { exitCode: end.exitCode, signal: end.signal, preview: log.preview });
    if (problem) record.preview += `\n[the log could not be written: ${problem.message}]`;
    if (end.error) record.preview = `[did not start: ${end.error}]`;
    this.#running -= 1;
    this.#end(slot, statusOf(end), end.endedAt);
    task.forget?.();
    this.#startWaiting();
  }

  /** The one place where a task ends: it enters the queue once. */
  #end({ record }: Slot, status: RuntimeTaskStatus, endedAt = new Date().toISOString()): void {
    Object.assign(record, { status, endedAt });
    this.#ended.push(record);
    for (const listener of this.#listeners) listener(record);
    // A listener may have drained the queue, and saved the record by that.
    if (!record.notified) this.#save(record);
  }

  #markTold(record: RuntimeTaskRecord): void {
    record.notified = true;
    this.#save(record);
  }

  /** A full disk must not stop a task, nor lose its end: the record is for after a crash. */
  #save(record: RuntimeTaskRecord): void {
    try {
      this.#store.save(record);
    } catch (error) {
      this.#onProblem(`The record of ${record.id} was not written: ${errorMessage(error)}`);
    }
  }
}

function refreshed({ record, log }: Slot): RuntimeTaskRecord {
  if (isActive(record)) record.preview = log.preview;
  return record;
}
