// Taking a worktree away: its folder, then its branch. Each part may be gone already, as after a crash.
import { rmSync } from "node:fs";
import { ToolError } from "@course/runtime";
import { git } from "./git.ts";
import type { Place } from "./place.ts";
import { branchOf, findWorktree, pathOf, tipOf, whatIsAt, type Repository } from "./repository.ts";
import { unlock } from "./runs.ts";

/** Folder, branch and record, in this order: a crash leaves a record that says what was to go. */
export async function takeAway(
  place: Place,
  name: string,
  tip: string | undefined,
  force: boolean,
): Promise<void> {
  const { repository, index, events } = place;
  await events.step(name, "remove", () => removeFolder(repository, name, force));
  await events.step(name, "branch", () => deleteBranch(repository, name, tip));
  await events.step(name, "forget", () => index.forget(name));
}

/** Rejects with ToolError if git refuses: it looks for uncommitted changes and for locks itself, unless `force`. */
async function removeFolder(repository: Repository, name: string, force: boolean): Promise<void> {
  const path = pathOf(repository, name);
  const found = whatIsAt(path);
  if (found === "link" || found === "other")
    throw new ToolError(
      `There is no folder but a ${found === "link" ? "symbolic link" : "file"} at ${path}. Delete it by hand; what it leads to is left alone.`,
    );
  const known = await findWorktree(repository, name);
  if (!known && found)
    throw new ToolError(
      `git knows no worktree at ${path}, so the folder is left alone. Look at it, and delete it by hand.`,
    );
  if (!known) return;
  // A program that was killed did not unlock; nothing that runs was found when this was claimed.
  unlock(repository, name);
  await git(repository.root, ["worktree", "remove", ...(force ? ["--force"] : []), path]);
}

/** Deletes the branch if it still points to this commit. git refuses where it is checked out. */
async function deleteBranch(repository: Repository, name: string, tip: string | undefined): Promise<void> {
  if (await isUnmoved(repository, name, tip))
    await git(repository.root, ["branch", "-D", "--", branchOf(name)]);
}

/** False if there is no such branch. Rejects with ToolError if it points to another commit. */
async function isUnmoved(repository: Repository, name: string, tip: string | undefined): Promise<boolean> {
  const now = await tipOf(repository, branchOf(name));
  if (now === undefined || now === tip) return now !== undefined;
  throw new ToolError(
    `The branch ${branchOf(name)} has moved meanwhile, and is kept. Look at it: git log ${branchOf(name)}`,
  );
}

/** Takes back a creation, as far as it came. Nobody was told of it yet, so nothing of anybody's is in it. */
export async function undoCreate(repository: Repository, name: string, base: string): Promise<void> {
  const path = pathOf(repository, name);
  await isUnmoved(repository, name, base);
  // A kill in the middle of git's own work leaves a folder that it does not know how to remove.
  if (whatIsAt(path) === "folder") rmSync(path, { recursive: true, force: true });
  if (await findWorktree(repository, name))
    await git(repository.root, ["worktree", "remove", "--force", "--force", path]);
  await deleteBranch(repository, name, base);
}
