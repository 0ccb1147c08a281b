// What a claim is on a task's record, beside the fields of s12, which keeps fields that it does not know.
import { schema, startMark } from "@course/runtime";
import { openBlockers, type Task } from "@course/s12-task-system";

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

export function claimOf(task: Task): Claim | undefined {
  return claimSchema().safeParse(task["claim"]).data;
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
