// @course/s18-worktree-isolation: a place of its own for each agent, for later chapters.
export { openInWorktree, worktreeFlags, worktreeIsolation } from "./worktree-isolation.ts";
export { leadOf, WorktreeWorkspace } from "./worktree-workspace.ts";
export { Worktrees, type Created, type CreateOptions, type RemoveOptions } from "./worktrees.ts";
