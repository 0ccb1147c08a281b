// @course/s18-worktree-isolation: a place of its own for each agent, for later chapters.
export type { Created } from "./create-worktree.ts";
export type { EndOptions, RemoveOptions } from "./end-worktree.ts";
export { openInWorktree, worktreeFlags, worktreeIsolation } from "./worktree-isolation.ts";
export { leadOf, WorktreeWorkspace } from "./worktree-workspace.ts";
export { Worktrees, type CreateOptions } from "./worktrees.ts";
