// Who is at work in a worktree. While there is anybody, git has it locked: neither our own tools nor a `git worktree
// remove` or `prune` by hand takes it away. Several commands, of several programs, may run in one worktree; the last
// one unlocks. So lock and unlock are done under the index's lock, together with the list that they follow from.
import { errorMessage } from "@course/runtime";
import { gitSync } from "./git.ts";
import type { Place } from "./place.ts";
import { parseWorktrees, pathOf, type Repository } from "./repository.ts";
import { readyRecord } from "./worktree-index.ts";
import { newRun, runsIn } from "./worktree-record.ts";

/** How our locks begin. A lock of the user's stays as it is. */
const IN_USE = "in use by an agent";
const LONGEST_REASON = 100;

/** Returns the function that ends it; that never rejects. Rejects with ToolError where a change is under way. */
export async function occupy(
  { repository, index }: Place,
  name: string,
  what: string,
  onProblem: (problem: string) => void = () => {},
): Promise<() => Promise<void>> {
  const run = newRun(what);
  await index.change((records) => {
    const record = readyRecord(records, name);
    record.runs = [...runsIn(record), run];
    if (lockOf(repository, name) === undefined) lock(repository, name, what);
  });
  return () =>
    index
      .change((records) => {
        const record = records.get(name);
        if (!record) return;
        record.runs = runsIn(record).filter(({ id }) => id !== run.id);
        if (record.runs.length === 0) unlock(repository, name);
      })
      .catch((error: unknown) =>
        onProblem(`Worktree ${name} is still locked (${errorMessage(error)}). The next start unlocks it.`),
      );
}

/** Takes our lock away. Only under the index's lock. */
export function unlock(repository: Repository, name: string): void {
  if (lockOf(repository, name)?.startsWith(IN_USE))
    gitSync(repository.root, ["worktree", "unlock", pathOf(repository, name)]);
}

function lock(repository: Repository, name: string, what: string): void {
  const reason = `${IN_USE}: ${what.replace(/\s+/g, " ").slice(0, LONGEST_REASON)}`;
  gitSync(repository.root, ["worktree", "lock", "--reason", reason, pathOf(repository, name)]);
}

/** Why it is locked; undefined if it is not. */
function lockOf(repository: Repository, name: string): string | undefined {
  const path = pathOf(repository, name).normalize();
  const worktrees = parseWorktrees(gitSync(repository.root, ["worktree", "list", "--porcelain", "-z"]));
  return worktrees.find((worktree) => worktree.path.normalize() === path)?.locked;
}
