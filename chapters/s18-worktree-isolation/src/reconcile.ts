// At the start: what a program left that was killed in the middle of a change, and what somebody did by hand, is
// compared with git and mended where nothing can be lost by it, and told where something could.
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { errorMessage, ToolError } from "@course/runtime";
import { tryGit } from "./git.ts";
import { isMerging } from "./merge.ts";
import type { Place } from "./place.ts";
import {
  branchOf,
  FOLDER,
  isName,
  listWorktrees,
  pathOf,
  prepareFolder,
  tipOf,
  whatIsAt,
} from "./repository.ts";
import { unlock } from "./runs.ts";
import { takeAway, undoCreate } from "./take-away.ts";
import { isOwned, runsIn, thisProgram, type WorktreeRecord } from "./worktree-record.ts";
import { changesIn, refuseUnmerged } from "./worktree-state.ts";
import { checkPlace } from "./worktree-workspace.ts";

/** Returns what the user should know, a sentence each. */
export async function reconcile(place: Place): Promise<string[]> {
  const { repository, index } = place;
  if (!existsSync(join(repository.root, FOLDER))) return [];
  prepareFolder(repository);
  const notes: string[] = [];
  for (const record of await claimAbandoned(place)) {
    try {
      notes.push(await mend(place, record));
    } catch (error) {
      await index.release(record.name);
      notes.push(
        `Worktree ${record.name} was left in the middle (${record.status}) and is kept: ${errorMessage(error)}`,
      );
    }
  }
  await dropDeadRuns(place);
  notes.push(...(await adopt(place)));
  for (const { name, status } of (await index.read()).values())
    if (status === "ready") notes.push(...problemsAt(pathOf(repository, name), name));
  return notes;
}

/** Records whose program is gone in the middle of a change. From now on they are ours. */
function claimAbandoned({ index }: Place): Promise<WorktreeRecord[]> {
  return index.change((records) => {
    const left = [...records.values()].filter((record) => record.status !== "ready" && !isOwned(record));
    for (const record of left) record.owner = thisProgram();
    return left.map((record) => ({ ...record }));
  });
}

async function mend(place: Place, record: WorktreeRecord): Promise<string> {
  const { repository, index, events } = place;
  const { name, base, status, taskId } = record;
  if (status === "creating") {
    await events.step(name, "undo", () => undoCreate(repository, name, base));
    await events.step(name, "forget", () => index.forget(name));
    return `Worktree ${name} was being made when its program was killed. What there was of it is taken away.`;
  }
  const tip = await tipOf(repository, branchOf(name));
  if (status === "finishing") await abortMerge(repository.root, tip);
  const path = pathOf(repository, name);
  if (record.force !== true) await refuseLoss(place, name);
  // git deletes its own file there when it comes to it, and does not know the rest of the folder after that.
  if (whatIsAt(path) === "folder" && !existsSync(join(path, ".git"))) rmSync(path, { recursive: true });
  await takeAway(place, name, tip, true);
  const task = taskId === undefined ? "" : ` It was bound to task ${taskId}: see that its status is right.`;
  return `Worktree ${name} was being taken away when its program was killed. That is done now.${task}`;
}

/** A merge of ours that was killed in the middle. Another one is the user's. */
async function abortMerge(root: string, tip: string | undefined): Promise<void> {
  const head = await tryGit(root, ["rev-parse", "--verify", "--quiet", "MERGE_HEAD"]);
  if (tip !== undefined && head.stdout.trim() === tip) await tryGit(root, ["merge", "--abort"]);
  if (await isMerging(root)) throw new ToolError(`the main checkout (${root}) is in the middle of a merge`);
}

/** Files that are missing were on their way out; anything else is somebody's. */
async function refuseLoss({ repository }: Place, name: string): Promise<void> {
  const path = pathOf(repository, name);
  const isThere = whatIsAt(path) === "folder" && existsSync(join(path, ".git"));
  const changes = isThere ? (await changesIn(path)).filter((line) => !/^.?D/.test(line)) : [];
  if (changes.length > 0)
    throw new ToolError(`it has uncommitted changes (${changes.slice(0, 3).join(", ")}).`);
  await refuseUnmerged(repository, name, isThere);
}

/** A program that was killed did not unlock. */
function dropDeadRuns({ repository, index }: Place): Promise<void> {
  return index.change((records) => {
    for (const record of records.values()) {
      const left = runsIn(record);
      if (left.length === 0) unlock(repository, record.name);
      record.runs = left;
    }
  });
}

/** Worktrees in our folder that the index does not know: it was lost, or another program makes them in the same way. */
async function adopt({ repository, index }: Place): Promise<string[]> {
  const before = await index.read();
  const known = await listWorktrees(repository.root);
  const found = known.flatMap(({ path, branch, head = "" }) => {
    const name = branch?.replace(/^worktree-/, "") ?? "";
    const isOurs =
      isName(name) && branch === branchOf(name) && path.normalize() === pathOf(repository, name).normalize();
    return isOurs && !before.has(name) && whatIsAt(path) === "folder" ? [{ name, base: head }] : [];
  });
  if (found.length === 0) return [];
  await index.change((records) => {
    const createdAt = new Date().toISOString();
    for (const { name, base } of found)
      if (!records.has(name)) records.set(name, { name, status: "ready", base, createdAt, runs: [] });
  });
  return [`Not in the index, and taken into it: ${found.map(({ name }) => name).join(", ")}.`];
}

function problemsAt(path: string, name: string): string[] {
  try {
    checkPlace(path, name);
    return [];
  } catch (error) {
    return [errorMessage(error)];
  }
}
