import { baseTools, defineAgent, type Workspace } from "@course/runtime";
import { taskSystem } from "@course/s12-task-system";
import { leadOf, openInWorktree, worktreeFlags, worktreeIsolation } from "@course/s18-worktree-isolation";

export const flags = worktreeFlags;
export const openWorkspace = openInWorktree;

export const createAgent = (workspace: Workspace) =>
  defineAgent({
    name: "s18",
    instructions: `You are a coding agent.
Do separate pieces of work in worktrees of their own, test and commit there, then merge one after the other.`,
    tools: baseTools(workspace),
    extensions: [taskSystem(leadOf(workspace)), worktreeIsolation(workspace)],
  });
