// Making a worktree, in four steps: take the name, let git make folder and branch, copy what git ignores, say that it is
// ready. If one fails, all of it is taken back; if the program is killed, the next start does that (reconcile.ts).
import { errorMessage, ToolError } from "@course/runtime";
import { git, isPassing } from "./git.ts";
import { copyIncluded } from "./include.ts";
import type { Place } from "./place.ts";
import { branchOf, pathOf, prepareFolder, refuseTaken, type Repository } from "./repository.ts";
import { undoCreate } from "./take-away.ts";

const TRIES = 5;

export interface WorktreePlan {
  name: string;
  /** The commit at which its branch begins. */
  base: string;
  /** The task of s12 that is worked on in it. */
  taskId?: number | undefined;
}

export interface Created {
  name: string;
  branch: string;
  path: string;
  /** The commit at which the branch begins. */
  base: string;
  /** Files that .worktreeinclude brought along. */
  copied: string[];
}

/** Makes folder, branch and record, or leaves nothing. Rejects with ToolError. */
export async function createWorktree(place: Place, { name, base, taskId }: WorktreePlan): Promise<Created> {
  const { repository, index, events } = place;
  const [branch, path] = [branchOf(name), pathOf(repository, name)];
  await refuseTaken(repository, name);
  prepareFolder(repository);
  let isReserved = false;
  try {
    await events.step(name, "reserve", async () => {
      await index.reserve(name, base, taskId);
      isReserved = true;
    });
    await events.step(name, "add", () => addWorktree(repository, name, base));
    const copied = await events.step(name, "include", () => copyIncluded(repository, name));
    await events.step(name, "ready", () => index.release(name));
    return { name, branch, path, base, copied };
  } catch (error) {
    throw isReserved ? await undone(place, name, base, error) : error;
  }
}

/** What another program's change has made fail is taken back and done again. */
async function addWorktree(repository: Repository, name: string, base: string): Promise<void> {
  const [branch, path] = [branchOf(name), pathOf(repository, name)];
  const args = ["worktree", "add", "--quiet", "--no-track", "-b", branch, path, base];
  for (let left = TRIES; ; left--)
    try {
      await git(repository.root, args);
      return;
    } catch (error) {
      if (left === 1 || !isPassing(errorMessage(error))) throw error;
      await undoCreate(repository, name, base);
    }
}

/** Takes back what a failed creation left. Returns the error to throw. */
async function undone(place: Place, name: string, base: string, error: unknown): Promise<ToolError> {
  const { repository, index, events } = place;
  const why = `Worktree ${name} was not made: ${errorMessage(error)}.`;
  try {
    await events.step(name, "undo", () => undoCreate(repository, name, base));
    await events.step(name, "forget", () => index.forget(name));
    return new ToolError(`${why} Nothing is left of it.`);
  } catch (second) {
    return new ToolError(
      `${why} A part of it is left (${errorMessage(second)}); the next start takes that away.`,
    );
  }
}
