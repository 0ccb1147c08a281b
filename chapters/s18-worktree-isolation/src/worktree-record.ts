// What we know of one worktree that git does not: its task, what runs in it, and which change is under way.
import { randomBytes } from "node:crypto";
import { schema, startMark, stillRuns } from "@course/runtime";
import type { z } from "zod";

export const recordSchema = schema((z) => {
  /** A program: its number, and what tells it from a later one with that number. */
  const program = z.object({ pid: z.int(), mark: z.string().optional() });
  return z.object({
    /** Folder and branch follow from it. */
    name: z.string(),
    /** All but "ready" belong to the program that is at it. If that is gone, it was interrupted. */
    status: z.enum(["creating", "ready", "finishing", "removing"]),
    /** The commit at which its branch began. */
    base: z.string(),
    /** The task of s12 that is worked on here. The binding is kept here alone, and looked up from both ends. */
    taskId: z.int().optional(),
    /** ISO 8601. */
    createdAt: z.string(),
    owner: program.optional(),
    /** Commands and agents at work in it. While there is one, git has the worktree locked. */
    runs: z.array(program.extend({ id: z.string(), what: z.string() })),
    /** While it is being removed: whether what is in it may be lost. */
    force: z.boolean().optional(),
  });
});

/**
 * A worktree of ours: what it is for, and what is being done to it.
 *
 * @record `.claude/worktrees/index.json`, durable, shared by all programs in the repository
 */
export type WorktreeRecord = z.infer<ReturnType<typeof recordSchema>>;
export type WorktreeStatus = WorktreeRecord["status"];
export type WorktreeRun = WorktreeRecord["runs"][number];

/** Whether a program that still runs is at it. */
export function isOwned({ owner }: WorktreeRecord): boolean {
  return owner !== undefined && stillRuns(owner.pid, owner.mark);
}

export function runsIn({ runs }: WorktreeRecord): WorktreeRun[] {
  return runs.filter(({ pid, mark }) => stillRuns(pid, mark));
}

let own: { pid: number; mark?: string } | undefined;

/** This program, as records name it. */
export function thisProgram(): { pid: number; mark?: string } {
  if (own) return own;
  const mark = startMark(process.pid);
  return (own = { pid: process.pid, ...(mark !== undefined && { mark }) });
}

export const newRun = (what: string): WorktreeRun => ({
  ...thisProgram(),
  id: randomBytes(4).toString("hex"),
  what,
});
