// What runs now: one record a background task, kept beside its log in .runtime-tasks/, so that a
// program that was killed leaves behind what it had started. A record's file grows by one line for
// each state, and the last line holds: appending is several times cheaper than replacing a file.
import { appendFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { errorCode, schema } from "@course/runtime";
import type { z } from "zod";

const recordSchema = schema((z) =>
  z.looseObject({
    id: z.string(),
    type: z.literal("local_bash"),
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
    /** The program that started it. */
    ownerPid: z.number(),
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

/** A task that has not started yet, as this program would own it. */
export function newRecord(
  id: string,
  command: string,
  timeoutSeconds: number,
  taskId: number | undefined,
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
    ownerPid: process.pid,
  };
}

export class RuntimeTaskStore {
  readonly #folder: string;

  constructor(workspaceRoot: string) {
    this.#folder = join(workspaceRoot, FOLDER);
  }

  /** Appends the record's present state. Throws the file system's errors. */
  save(record: RuntimeTaskRecord): void {
    const append = () =>
      appendFileSync(join(this.#folder, `${record.id}.jsonl`), `${JSON.stringify(record)}\n`);
    try {
      append();
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error;
      mkdirSync(this.#folder, { recursive: true });
      append();
    }
  }

  /** The end of a task's log, as far as it was written. */
  logTail({ outputFile }: RuntimeTaskRecord): string {
    const log = readIfThere(join(this.#folder, "..", outputFile));
    return log.slice(-PREVIEW_CHARACTERS).toWellFormed();
  }

  /** Records of all programs, oldest first. What cannot be read as a record is passed over. */
  load(): RuntimeTaskRecord[] {
    const names = readdirIfThere(this.#folder).filter((name) => /^bg_\w+\.jsonl$/.test(name));
    const records = names.flatMap((name) => readRecord(join(this.#folder, name)) ?? []);
    return records.sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  }
}

function readdirIfThere(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** The last state that is whole: a crash may have cut the last line short. */
function readRecord(path: string): RuntimeTaskRecord | undefined {
  for (const line of readIfThere(path).split("\n").reverse()) {
    try {
      return recordSchema().parse(JSON.parse(line));
    } catch {
      // The state before it, then.
    }
  }
  return undefined;
}

export function isActive({ status }: RuntimeTaskRecord): boolean {
  return status === "queued" || status === "running";
}
