// The four tools. What they refuse, and why, is said by the mechanism itself.
import { relative } from "node:path";
import { defineTool, type Tool, type Zod } from "@course/runtime";
import type { TaskBoard } from "@course/s12-task-system";
import { renderList } from "./render-worktrees.ts";
import type { Worktrees } from "./worktrees.ts";

const name = (z: Zod) => z.string().min(1).max(200).describe("The worktree's name, as in fix-login");

/** `root` is the folder that the lead's paths are relative to. */
export function worktreeTools(worktrees: Worktrees, board: TaskBoard, root: string): Tool[] {
  return [
    worktreeCreate(worktrees, root),
    worktreeList(worktrees, board),
    worktreeRun(worktrees),
    worktreeRemove(worktrees),
  ];
}

function worktreeCreate(worktrees: Worktrees, root: string): Tool {
  return defineTool({
    name: "worktree_create",
    description:
      "Makes a worktree: a folder with a branch of its own (.claude/worktrees/NAME, branch worktree-NAME), for work that must not touch the main checkout until it is merged. Uncommitted changes are not in it.",
    input: (z) =>
      z.object({
        name: name(z),
        task_id: z.int().min(1).optional().describe("The task that is worked on in it"),
        base_ref: z.string().min(1).max(200).optional().describe("Where its branch begins; default: HEAD"),
      }),
    async run({ name, task_id, base_ref }) {
      const made = await worktrees.create(name, { taskId: task_id, baseRef: base_ref });
      const facts = [
        `Made worktree ${name} in ${relative(root, made.path)}, on branch ${made.branch}, which begins at ${base_ref ?? "HEAD"} (${made.base.slice(0, 7)}).`,
        ...(made.copied.length === 0 ? [] : [`.worktreeinclude brought ${made.copied.join(", ")}.`]),
        ...(task_id === undefined ? [] : [`Task ${task_id} is bound to it.`]),
      ];
      return facts.join(" ");
    },
  });
}

function worktreeList(worktrees: Worktrees, board: TaskBoard): Tool {
  return defineTool({
    name: "worktree_list",
    description:
      "Lists the worktrees: branch, commits ahead of and behind the main checkout, uncommitted changes, task, what runs.",
    readOnly: true,
    input: (z) => z.object({}),
    run: async () => renderList(await worktrees.list(), await board.list()),
  });
}

function worktreeRun(worktrees: Worktrees): Tool {
  return defineTool({
    name: "worktree_run",
    description:
      "Runs a shell command in a worktree, as bash does in the main checkout. It starts in the worktree's folder each time. Commit what you change there.",
    input: (z) => z.object({ name: name(z), command: z.string().min(1).describe("The command line") }),
    run: ({ name, command }, context) => worktrees.run(name, command, context),
  });
}

function worktreeRemove(worktrees: Worktrees): Tool {
  return defineTool({
    name: "worktree_remove",
    description:
      "Removes a worktree and its branch, or with merge: true merges the branch into the main checkout's branch first. Refused, with nothing changed, if work would be lost or the merge conflicts.",
    input: (z) =>
      z.object({
        name: name(z),
        merge: z.boolean().optional().describe("Merge its commits first"),
        keep: z.boolean().optional().describe("Leave folder and branch, and only unbind the task"),
        force: z.boolean().optional().describe("Remove it although work is lost. Only if the user said so"),
        complete_task: z.boolean().optional().describe("Set its task to completed"),
      }),
    run({ name, merge = false, keep = false, force = false, complete_task: completeTask = false }) {
      if (merge && (keep || force)) return refuse("merge goes with neither keep nor force. Choose one.");
      if (keep && force) return refuse("keep and force do not go together. Choose one.");
      return merge
        ? worktrees.finish(name, { completeTask })
        : worktrees.remove(name, { keep, force, completeTask });
    },
  });
}

const refuse = (content: string) => ({ content, isError: true });
