// Merging a worktree's branch into what the main checkout has checked out. The merge is tried in git's object store
// first (git merge-tree, git 2.38), so that a conflict is known, and shown, before any file is touched.
import { ToolError } from "@course/runtime";
import { describeFailure, git, tryGit } from "./git.ts";
import { branchOf, refOf, type Repository } from "./repository.ts";
import { branchIn, count } from "./worktree-state.ts";

const MOST_FILES = 5;
const MOST_LINES = 24;

/** Returns what was done, in a sentence. Rejects with ToolError, and the checkout is as it was, if it cannot be merged. */
export async function mergeBranch({ root }: Repository, name: string): Promise<string> {
  const branch = branchOf(name);
  const into = await branchIn(root);
  if (into === undefined)
    throw new ToolError(
      `The main checkout (${root}) has no branch checked out to merge into. Run there: git switch main`,
    );
  if (await isMerging(root))
    throw new ToolError(
      `The main checkout (${root}) is in the middle of a merge. End it there: git commit, or git merge --abort`,
    );
  const commits = await commitsLeft(root, branch, into);
  if (commits === 0) return `${branch} has no commit that ${into} lacks, so nothing was merged`;
  await refuseConflict(root, into, branch);
  const args = [
    "merge",
    "--ff",
    "--no-squash",
    "--commit",
    "--no-edit",
    "-m",
    `Merge worktree ${name}`,
    refOf(branch),
  ];
  const merged = await tryGit(root, args);
  if (merged.code === 0) {
    if ((await commitsLeft(root, branch, into)) === 0)
      return `Merged ${count(commits, "commit")} of ${branch} into ${into}`;
    throw new ToolError(
      `git merge said that it is done, and ${into} lacks commits of ${branch}. Worktree ${name} is kept.`,
    );
  }
  // Somebody else may have committed since the trial.
  if (await isMerging(root)) await git(root, ["merge", "--abort"]);
  throw new ToolError(
    `${describeFailure(args, merged.stderr || merged.stdout)}\nThe main checkout is as it was, and worktree ${name} is kept.`,
  );
}

/** How many commits the branch has that the other lacks. */
async function commitsLeft(root: string, branch: string, into: string): Promise<number> {
  return Number(await git(root, ["rev-list", "--count", refOf(branch), "--not", refOf(into)]));
}

export async function isMerging(root: string): Promise<boolean> {
  return (await tryGit(root, ["rev-parse", "--verify", "--quiet", "MERGE_HEAD"])).code === 0;
}

async function refuseConflict(root: string, into: string, branch: string): Promise<void> {
  const options = ["--write-tree", "--name-only", "--no-messages", "-z"];
  const args = ["merge-tree", ...options, refOf(into), refOf(branch)];
  const tried = await tryGit(root, args);
  if (tried.code === 0) return;
  if (tried.code !== 1) throw new ToolError(describeFailure(args, tried.stderr));
  const [tree = "", ...files] = tried.stdout.split("\0").filter((part) => part !== "");
  const shown = await Promise.all(files.slice(0, MOST_FILES).map((file) => conflictIn(root, tree, file)));
  const more = files.length > MOST_FILES ? [`and ${count(files.length - MOST_FILES, "more file")}`] : [];
  throw new ToolError(
    [
      `${branch} and ${into} changed the same lines, so nothing was merged and the worktree is kept.`,
      ...shown,
      ...more,
      `To resolve it, merge the other way round, in the worktree: git merge ${into}. Edit the files, run the tests, commit, and merge again.`,
    ].join("\n"),
  );
}

/** The places in one file that conflict, with git's markers. */
async function conflictIn(root: string, tree: string, file: string): Promise<string> {
  const merged = await tryGit(root, ["show", `${tree}:${file}`]);
  const content = merged.stdout.replace(/^([<>]{7} )refs\/heads\//gm, "$1");
  const hunks = content.match(/^<{7} [\s\S]*?^>{7} .*$/gm);
  // A file that one side deleted, or a binary one, has no markers.
  if (!hunks) return `${file}: it conflicts as a whole`;
  const lines = hunks.join("\n").split("\n");
  const cut = lines.length > MOST_LINES ? [`(${lines.length - MOST_LINES} more lines)`] : [];
  return [`${file}:`, ...lines.slice(0, MOST_LINES), ...cut].join("\n");
}
