// The index: one file for all programs in the repository, changed under s12's lock and written whole. A record's status
// is also a claim: while it is not "ready", it belongs to one program, and everybody else is refused. So the lock is
// held for an instant, and not for as long as git takes.
import { lstatSync, renameSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { errorCode, errorMessage, readPlainFile, ToolError, writeFileAtomic } from "@course/runtime";
import { FileLock } from "@course/s12-task-system";
import { isName } from "./repository.ts";
import {
  isOwned,
  recordSchema,
  runsIn,
  thisProgram,
  type WorktreeRecord,
  type WorktreeStatus,
} from "./worktree-record.ts";

export type Records = Map<string, WorktreeRecord>;

const LARGEST_BYTES = 1_000_000;
const TURN_MS = 60_000;

export class WorktreeIndex {
  readonly #file: string;
  readonly #lock: FileLock;
  readonly #onProblem: (problem: string) => void;

  constructor(folder: string, onProblem: (problem: string) => void) {
    this.#file = join(folder, "index.json");
    this.#lock = new FileLock(join(folder, ".lock"));
    this.#onProblem = onProblem;
  }

  /** Edits the records under the lock and writes them. If `edit` throws, nothing is written. */
  change<T>(edit: (records: Records) => T): Promise<T> {
    return this.#lock.hold(() => {
      const records = this.#read();
      const result = edit(records);
      const worktrees = [...records.values()].sort((a, b) => a.name.localeCompare(b.name));
      writeFileAtomic(this.#file, `${JSON.stringify({ worktrees }, null, 2)}\n`);
      return result;
    });
  }

  /** All records, by name. */
  read(): Promise<Records> {
    return this.#lock.hold(() => this.#read());
  }

  /** Takes the name, for a worktree that is about to be made. Rejects with ToolError if it, or the task, is taken. */
  reserve(name: string, base: string, taskId: number | undefined): Promise<void> {
    return this.change((records) => {
      if (records.has(name)) throw new ToolError(`There is a worktree ${name} already. Choose another name.`);
      const other = [...records.values()].find((record) => taskId !== undefined && record.taskId === taskId);
      if (other)
        throw new ToolError(`Task ${taskId} is worked on in worktree ${other.name} already. Go on there.`);
      const binding = taskId === undefined ? {} : { taskId };
      const createdAt = new Date().toISOString();
      const owner = thisProgram();
      records.set(name, { name, status: "creating", base, ...binding, createdAt, owner, runs: [] });
    });
  }

  /**
   * The name of the task's worktree: the one that is bound to it; or the wanted one, which is bound to it from now on if it
   * is there. The name has a number at its end where it is another task's. Rejects with ToolError where a change is under way.
   */
  bind(wanted: string, taskId: number): Promise<string> {
    return this.change((records) => {
      const bound = [...records.values()].find((record) => record.taskId === taskId);
      if (bound) return bound.name;
      let name = wanted;
      for (let number = 2; records.get(name)?.taskId !== undefined; number++) name = `${wanted}-${number}`;
      if (records.has(name)) readyRecord(records, name).taskId = taskId;
      return name;
    });
  }

  /** Claims a worktree for a change. Rejects with ToolError if something runs in it or another change is under way. */
  claim(name: string, status: WorktreeStatus, force = false): Promise<WorktreeRecord> {
    return this.change((records) => claimIn(records, name, status, force));
  }

  /** The same for finishing, one at a time in the repository: all of them merge into one checkout. Waits for a minute. */
  async claimTurn(name: string): Promise<WorktreeRecord> {
    const deadline = performance.now() + TURN_MS;
    for (;;) {
      const claimed = await this.change((records) => {
        const other = [...records.values()].find(
          (record) => record.status === "finishing" && isOwned(record),
        );
        return other && other.name !== name ? other.name : claimIn(records, name, "finishing", false);
      });
      if (typeof claimed !== "string") return claimed;
      if (performance.now() > deadline)
        throw new ToolError(
          `Worktree ${claimed} is being merged, since a minute. Try again when that is done.`,
        );
      await delay(20 + Math.random() * 50);
    }
  }

  /** Gives it back, as it is now. */
  release(name: string): Promise<void> {
    return this.change((records) => {
      const record = records.get(name);
      if (!record) return;
      record.status = "ready";
      delete record.owner;
      delete record.force;
    });
  }

  forget(name: string): Promise<boolean> {
    return this.change((records) => records.delete(name));
  }

  #read(): Records {
    try {
      // A link would have us write elsewhere.
      if (lstatSync(this.#file).isSymbolicLink()) throw new Error("it is a symbolic link");
      const index = JSON.parse(readPlainFile(this.#file, LARGEST_BYTES).toString("utf8")) as {
        worktrees?: unknown;
      };
      const records = recordSchema().array().parse(index.worktrees);
      // Folders are made of names: one that somebody else wrote here must not lead out.
      return new Map(records.filter(({ name }) => isName(name)).map((record) => [record.name, record]));
    } catch (error) {
      if (errorCode(error) === "ENOENT") return new Map();
      if (errorCode(error) !== "unknown") throw error;
      const aside = `${this.#file}.broken-${Date.now()}`;
      renameSync(this.#file, aside);
      this.#onProblem(
        `The worktrees' index.json cannot be read (${errorMessage(error).slice(0, 200)}), and was set aside as ${aside}. What git knows is taken in again when the program starts; which task belongs to which is lost.`,
      );
      return new Map();
    }
  }
}

function claimIn(records: Records, name: string, status: WorktreeStatus, force: boolean): WorktreeRecord {
  const record = readyRecord(records, name);
  const [run] = runsIn(record);
  if (run)
    throw new ToolError(
      `Something runs in worktree ${name} (process ${run.pid}: ${run.what}). Wait until it has ended, or end it.`,
    );
  return Object.assign(record, { status, owner: thisProgram(), force });
}

/** The record. Throws ToolError if there is none, or if a change of it is under way. */
export function readyRecord(records: Records, name: string): WorktreeRecord {
  const record = records.get(name);
  if (!record)
    throw new ToolError(
      `There is no worktree ${JSON.stringify(name)}. There are: ${[...records.keys()].join(", ") || "none"}.`,
    );
  if (record.status === "ready") return record;
  throw new ToolError(
    isOwned(record)
      ? `Process ${record.owner?.pid} is ${record.status} worktree ${name}. Try again when it is done.`
      : `A program that was ${record.status} worktree ${name} was killed. The next start of this one mends it.`,
  );
}
