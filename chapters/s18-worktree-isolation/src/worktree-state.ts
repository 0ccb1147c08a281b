// What git says of one worktree: what was never committed, and which commits only its branch holds. This decides
// whether it may be removed.
import { errorMessage, ToolError } from "@course/runtime";
import { git, tryGit } from "./git.ts";
import { branchOf, pathOf, refOf, tipOf, type Repository } from "./repository.ts";
import type { WorktreeRecord } from "./worktree-record.ts";
import { checkPlace } from "./worktree-workspace.ts";

const MOST_NAMES = 5;

/** Paths that were changed and not committed, as `git status` prints them: " M src/greet.js", "?? notes.md". */
export async function changesIn(folder: string): Promise<string[]> {
  const status = await git(folder, ["status", "--porcelain", "-z", "--no-renames"]);
  return status.split("\0").filter((line) => line !== "");
}

/** Commits that the branch has and the main checkout's HEAD lacks, and the other way round. */
async function distance({ root }: Repository, branch: string): Promise<{ ahead: number; behind: number }> {
  const range = ["rev-list", "--left-right", "--count", `HEAD...${refOf(branch)}`];
  const counted = await tryGit(root, range);
  const [behind = 0, ahead = 0] = counted.stdout.trim().split(/\s+/).map(Number);
  return { ahead: ahead || 0, behind: behind || 0 };
}

/** The branch that is checked out in the folder; undefined for none. */
export async function branchIn(folder: string): Promise<string | undefined> {
  const { stdout } = await tryGit(folder, ["symbolic-ref", "--quiet", "HEAD"]);
  return stdout.trim().replace(refOf(""), "") || undefined;
}

/** Throws ToolError if something was never committed. */
export async function refuseUncommitted(repository: Repository, name: string): Promise<void> {
  const changes = await changesIn(pathOf(repository, name));
  if (changes.length === 0) return;
  const more = changes.length > MOST_NAMES ? `, and ${changes.length - MOST_NAMES} more` : "";
  throw new ToolError(
    `Worktree ${name} has ${count(changes.length, "uncommitted change")}: ${changes.slice(0, MOST_NAMES).join(", ")}${more}. Commit in it (git add -A && git commit -m "..."), or lose that with force.`,
  );
}

/** Throws ToolError if there are commits that would be lost with the branch: no other branch, tag or remote has them. */
export async function refuseUnmerged(
  repository: Repository,
  name: string,
  folderIsThere: boolean,
): Promise<void> {
  const branch = branchOf(name);
  const tips = [
    ...((await tipOf(repository, branch)) !== undefined ? [refOf(branch)] : []),
    // With no branch checked out, commits hang on HEAD alone.
    ...(folderIsThere ? [(await git(pathOf(repository, name), ["rev-parse", "HEAD"])).trim()] : []),
  ];
  if (tips.length === 0) return;
  const elsewhere = ["--not", `--exclude=${branch}`, "--branches", "--remotes", "--tags"];
  const commits = await git(repository.root, ["log", "--oneline", "--no-decorate", ...tips, ...elsewhere]);
  const lines = commits.split("\n").filter((line) => line !== "");
  if (lines.length === 0) return;
  throw new ToolError(
    `Only the branch of worktree ${name} has ${count(lines.length, "commit")}: ${lines.slice(0, MOST_NAMES).join("; ")}. Merge them (merge: true), keep the worktree (keep: true), or lose them with force.`,
  );
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Throws ToolError if another branch than its own is checked out: what was done on that would not be merged. */
export async function refuseOtherBranch(repository: Repository, name: string): Promise<void> {
  const branch = await branchIn(pathOf(repository, name));
  if (branch === branchOf(name)) return;
  throw new ToolError(
    `Worktree ${name} has ${branch ?? "no branch"} checked out, and its own is ${branchOf(name)}. Run in it: git switch ${branchOf(name)}`,
  );
}

export interface WorktreeState {
  record: WorktreeRecord;
  /** What is wrong with its folder; undefined if it is there. */
  problem?: string;
  branch: string | undefined;
  uncommitted: number;
  /** Commits that the main checkout's HEAD lacks, and commits of that which it lacks. */
  ahead: number;
  behind: number;
}

/** A record with what git says of the worktree now. */
export async function stateOf(repository: Repository, record: WorktreeRecord): Promise<WorktreeState> {
  const path = pathOf(repository, record.name);
  const counts = await distance(repository, branchOf(record.name));
  try {
    checkPlace(path, record.name);
    const [branch, changes] = await Promise.all([branchIn(path), changesIn(path)]);
    return { record, branch, uncommitted: changes.length, ...counts };
  } catch (error) {
    return { record, problem: errorMessage(error), branch: branchOf(record.name), uncommitted: 0, ...counts };
  }
}
