// What a claim is on a task's record, beside the fields of s12, which keeps fields that it does not know.
import { schema, startMark, stillRuns } from "@course/runtime";
import { openBlockers, type Task, type TaskChange } from "@course/s12-task-system";

const claimSchema = schema((z) => z.object({ pid: z.number(), mark: z.string().optional() }));

/**
 * The program in which a task's owner lives: `pid`, and a `mark` that tells it from a later one with that number.
 *
 * @record `claim` in `.tasks/task_<id>.json`; holds while that program runs
 */
export interface Claim {
  pid: number;
  mark?: string | undefined;
}

let own: Claim | undefined;

/** This program, as a claim names it. */
export function thisProgram(): Claim {
  return (own ??= { pid: process.pid, mark: startMark(process.pid) });
}

function claimOf(task: Task): Claim | undefined {
  return claimSchema().safeParse(task["claim"]).data;
}

/** In progress, and this owner's: one of the same name in another program is somebody else. */
export function isOwn(task: Task, owner: string): boolean {
  const claim = claimOf(task);
  const isHere = claim?.pid === process.pid && claim.mark === thisProgram().mark;
  return task.status === "in_progress" && task.owner === owner && isHere;
}

/** Its program is gone, so nobody works on it. */
export function isOrphan(task: Task): boolean {
  const claim = claimOf(task);
  return task.status === "in_progress" && claim !== undefined && !stillRuns(claim.pid, claim.mark);
}

/**
 * Keeps the claim true where a task is updated by hand: what is not in progress has none; what is set to in progress,
 * or given to somebody, is this program's.
 */
export function keepClaim(task: Task, change: TaskChange): void {
  if (change.status === undefined && change.owner === undefined) return;
  const { status = task.status, owner = task.owner } = change;
  const isHeld = claimOf(task) !== undefined && !isOrphan(task);
  const isSame = task.status === status && task.owner === owner;
  if (status !== "in_progress") delete task["claim"];
  else if (!isSame || !isHeld) task["claim"] = thisProgram();
}

/** Whether a task can be claimed: pending, waiting for nothing, and nobody's, or meant for `owner`. */
export function isFree(task: Task, tasks: readonly Task[], owner: string): boolean {
  const isNobodys = task.owner === "" || task.owner === owner;
  return task.status === "pending" && isNobodys && openBlockers(task, tasks).length === 0;
}

export function describeOwner({ owner, status }: Task): string {
  if (status !== "in_progress") return `it is meant for ${owner}`;
  return owner === "" ? "it is in progress, and says not by whom" : `${owner} works on it`;
}
