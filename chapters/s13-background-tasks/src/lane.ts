// What the manager needs of the place where commands run. It is this machine (local-lane.ts) or, with --lanes, a queue
// whose workers may be on others (remote-lanes.ts).
import type { Readable } from "node:stream";
import type { ShellEnd } from "@course/runtime";
import type { RuntimeTaskRecord } from "./runtime-task.ts";

export interface RunOptions {
  /** Default 300. */
  timeoutSeconds?: number | undefined;
  /** The task of s12 that this execution serves. */
  taskId?: number | undefined;
  /** It may be run again if the worker dies that runs it: only lanes past this machine have any. */
  retry?: boolean | undefined;
}

/** How a command ended: "lost" where nobody knows, because the worker that ran it is gone. */
interface LaneEnd extends Pick<ShellEnd, "exitCode" | "error"> {
  ending: ShellEnd["ending"] | "lost";
  signal: string | null;
  /** ISO 8601; default now. */
  endedAt?: string;
}

/** A command on a lane. */
export interface LaneTask {
  /** Where the lane has a queue of its own: resolves when the command begins, or has ended without. */
  readonly begins?: Promise<void>;
  /** What changes in its record when it begins. */
  readonly running: Partial<RuntimeTaskRecord>;
  /** Stdout and stderr. Must be read. */
  readonly output: Readable;
  /** Never rejects. */
  readonly ended: Promise<LaneEnd>;
  /** Ends every process of the command. */
  kill(): void;
  /** Its end is on disk, and the lane need not keep it. */
  forget?(): void;
}

/** A place where commands run. */
export interface Lane {
  /** So many run at once; the others wait in the manager. */
  readonly atOnce: number;
  /** What the records of its tasks say of it. */
  readonly marks?: Partial<RuntimeTaskRecord>;
  /** Starts a command, or follows one on that `takesUp` agreed to. Never throws. */
  start(record: RuntimeTaskRecord): LaneTask;
  /** Whether a task that an earlier program left goes on here. */
  takesUp?(record: RuntimeTaskRecord): boolean;
  /** For a lane whose tasks outlive the program: leaves them. */
  close?(): Promise<void>;
}
