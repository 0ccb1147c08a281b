// What runs now: one record a background task, kept beside its log in .runtime-tasks/, so that a
// program that was killed leaves behind what it had started. A record's file grows by one line for
// each state, and the last line holds: appending is several times cheaper than replacing a file.
import { randomBytes } from "node:crypto";
import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { errorCode, errorMessage, schema, startMark, stateFolder, type ShellEnd } from "@course/runtime";
import type { z } from "zod";
import { lastRecord, logEnd, namesIn } from "./left-on-disk.ts";
import { claimNumber, highestNumber } from "./task-numbers.ts";

const recordSchema = schema((z) =>
  z.looseObject({
    id: z.string(),
    /** Remote: on the workers of a queue (s13b). */
    type: z.enum(["local_bash", "remote_bash"]),
    status: z.enum(["queued", "running", "completed", "failed", "timed_out", "killed", "interrupted"]),
    command: z.string(),
    /** ISO 8601, as are the other times. */
    createdAt: z.string(),
    /** Null while queued, as endedAt is while it runs, and for ever where the program was killed. */
    startedAt: z.string().nullable(),
    endedAt: z.string().nullable(),
    exitCode: z.number().nullable(),
    signal: z.string().nullable(),
    /** Relative to the workspace. */
    outputFile: z.string(),
    /** The last 500 characters of the output. */
    preview: z.string(),
    /** Whether the model has been told that it ended. */
    notified: z.boolean(),
    timeoutSeconds: z.number(),
    /** The durable goal (s12) that this execution serves, if there is one. */
    taskId: z.number().optional(),
    /** Its process group; null while queued. */
    pid: z.number().nullable(),
    /** The program that started it or, after a crash, the one that tells its end. */
    ownerPid: z.number(),
    /** What tells these two processes from later ones with their numbers. */
    pidMark: z.string().optional(),
    ownerMark: z.string().optional(),
    /** Of a remote one: which queue has it, in which Redis, and to which agent it tells its end. */
    remote: z.object({ server: z.string(), queue: z.string(), agent: z.string() }).optional(),
    /** What ran it. */
    worker: z.string().optional(),
    /** It may be run again if its worker dies. */
    retry: z.boolean().optional(),
  }),
);

/**
 * An execution slot. It says what runs now, not what should be done (that is s12's task).
 *
 * @record `.runtime-tasks/<id>.jsonl`, a line for each state, its output beside it in `<id>.log`; durable, but the process dies with the program
 */
export type RuntimeTaskRecord = z.infer<ReturnType<typeof recordSchema>>;

export type RuntimeTaskStatus = RuntimeTaskRecord["status"];

/** How much of the end of an output the model is told. */
export const PREVIEW_CHARACTERS = 500;

const FOLDER = ".runtime-tasks";

export const DEFAULT_TIMEOUT_SECONDS = 300;

/** A task that has not started yet, as this program would own it. */
export function newRecord(
  id: string,
  command: string,
  timeoutSeconds = DEFAULT_TIMEOUT_SECONDS,
  taskId: number | undefined,
  marks?: Partial<RuntimeTaskRecord>,
): RuntimeTaskRecord {
  return {
    id,
    type: "local_bash",
    status: "queued",
    command,
    createdAt: new Date().toISOString(),
    startedAt: null,
    endedAt: null,
    exitCode: null,
    signal: null,
    outputFile: `${FOLDER}/${id}.log`,
    preview: "",
    notified: false,
    timeoutSeconds,
    ...(taskId !== undefined && { taskId }),
    pid: null,
    ...owner(),
    ...marks,
  };
}

let ownMark: string | undefined;

/** This program, as a record names it. */
export function owner(): Pick<RuntimeTaskRecord, "ownerPid" | "ownerMark"> {
  return { ownerPid: process.pid, ownerMark: (ownMark ??= startMark(process.pid)) };
}

/** What changes in a record when its process starts. */
export function runningAs(pid: number | undefined): Partial<RuntimeTaskRecord> {
  const pidMark = pid === undefined ? undefined : startMark(pid);
  return { status: "running", startedAt: new Date().toISOString(), pid: pid ?? null, pidMark };
}

export class RuntimeTaskStore {
  readonly #root: string;
  readonly #folder: string;
  #isMade = false;
  /** The highest number that is taken, once the folder was looked through. */
  #highest: number | undefined;

  constructor(workspaceRoot: string) {
    this.#root = workspaceRoot;
    this.#folder = join(workspaceRoot, FOLDER);
  }

  /** A new id: bg_1, bg_2 and so on, above all in the folder; where none can be written, one that is not among them. */
  newId(onProblem: (problem: string) => void): string {
    try {
      this.#highest ??= highestNumber(this.#folder);
      const from = this.#highest + 1;
      this.#highest = this.#inFolder(() => claimNumber(this.#folder, from));
      return `bg_${this.#highest}`;
    } catch (error) {
      onProblem(`Background tasks leave no records: ${errorMessage(error)}`);
      return `bg_${randomBytes(4).toString("hex")}`;
    }
  }

  /** Appends the record's present state. Throws the file system's errors. */
  save(record: RuntimeTaskRecord): void {
    this.#inFolder(() =>
      appendFileSync(join(this.#folder, `${record.id}.jsonl`), `${JSON.stringify(record)}\n`),
    );
  }

  /** The end of a task's log, as far as it was written. */
  logTail({ id }: RuntimeTaskRecord): string {
    return logEnd(join(this.#folder, `${id}.log`), PREVIEW_CHARACTERS);
  }

  removeLog({ id }: RuntimeTaskRecord): void {
    rmSync(join(this.#folder, `${id}.log`), { force: true });
  }

  /** Records of all programs whose end was not told, oldest first. What cannot be read as a record is passed over. */
  untold(): RuntimeTaskRecord[] {
    const records = namesIn(this.#folder).flatMap((name) => this.#readUntold(name) ?? []);
    return records.sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  }

  #readUntold(name: string): RuntimeTaskRecord | undefined {
    const [, id] = /^(bg_\w+)\.jsonl$/.exec(name) ?? [];
    if (id === undefined) return undefined;
    const found = lastRecord(join(this.#folder, name), (value) => recordSchema().safeParse(value).data);
    if (!found || found.id !== id) return undefined;
    // The folder may have come with somebody else's repository: no path and no length is taken from it.
    return { ...found, outputFile: `${FOLDER}/${id}.log`, preview: found.preview.slice(-PREVIEW_CHARACTERS) };
  }

  /** Makes the folder at the first write, and again if it was removed since. */
  #inFolder<T>(write: () => T): T {
    if (!this.#isMade) stateFolder(this.#root, FOLDER);
    this.#isMade = true;
    try {
      return write();
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error;
      stateFolder(this.#root, FOLDER);
      return write();
    }
  }
}

export function isActive({ status }: RuntimeTaskRecord): boolean {
  return status === "queued" || status === "running";
}

/** What became of a task, by how its command ended. */
export function statusOf({
  ending,
  exitCode,
}: {
  ending: ShellEnd["ending"] | "lost";
  exitCode: number | null;
}): RuntimeTaskStatus {
  if (ending === "lost") return "interrupted";
  if (ending === "aborted") return "killed";
  if (ending === "timed_out") return "timed_out";
  return ending === "exited" && exitCode === 0 ? "completed" : "failed";
}
