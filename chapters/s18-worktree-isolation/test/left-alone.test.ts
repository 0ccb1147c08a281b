// What belongs to the user, or to git, stays as it is, and what git says reaches the reader.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { Worktrees } from "@course/s18-worktree-isolation";
import { expect, onTestFinished, test, vi } from "vitest";
import { git } from "../src/git.ts";
import { knownToGit, newRepository } from "./new-repository.ts";
import { runWorker } from "./start-worker.ts";

test("a merge of the user's that is under way at the next start is not taken back", async () => {
  const repository = newRepository();
  const { git, root } = repository;
  await repository.worktrees.create("a");
  repository.commit("a", { "x.txt": "x\n" });
  const { events } = await runWorker(root, "finish", 1, ["a"]);
  expect(events).toEqual(["merge begin"]);
  git("switch", "--quiet", "-c", "other");
  git("commit", "--quiet", "--allow-empty", "-m", "Theirs");
  git("switch", "--quiet", "main");
  git("merge", "--quiet", "--no-ff", "--no-commit", "other");
  const notes = await new Worktrees(new Workspace(root)).reconcile();
  expect(notes).toEqual([
    `Worktree a was left in the middle (finishing) and is kept: the main checkout (${root}) is in the middle of a merge`,
  ]);
  expect(git("rev-parse", "MERGE_HEAD")).toBe(git("rev-parse", "other"));
  expect(existsSync(join(repository.path("a"), "x.txt"))).toBe(true);
});

test("a branch that is checked out elsewhere, too, is kept, and git says so to whoever removes the worktree", async () => {
  const repository = newRepository();
  await repository.worktrees.create("a");
  repository.git(
    "worktree",
    "add",
    "--quiet",
    "--force",
    join(repository.root, "../elsewhere"),
    "worktree-a",
  );
  await expect(repository.worktrees.remove("a")).rejects.toThrow(/git branch failed: .*worktree-a/);
  expect(Object.values(knownToGit(repository))).toContain("worktree-a");
});

test("a variable that names another repository is not passed on, and one that names the author is", async () => {
  const repository = newRepository();
  vi.stubEnv("GIT_DIR", "/nowhere");
  vi.stubEnv("GIT_AUTHOR_NAME", "Ada");
  onTestFinished(() => void vi.unstubAllEnvs());
  await repository.worktrees.create("a");
  vi.stubEnv("GIT_DIR", undefined);
  repository.commit("a", { "x.txt": "x\n" });
  repository.write("y.txt", "y\n");
  repository.git("add", ".");
  repository.git("commit", "--quiet", "-m", "Not a fast-forward");
  vi.stubEnv("GIT_DIR", "/nowhere");
  await repository.worktrees.finish("a");
  vi.stubEnv("GIT_DIR", undefined);
  expect(repository.git("log", "-1", "--format=%an %P").split(" ")).toEqual([
    "Ada",
    expect.any(String),
    expect.any(String),
  ]);
});

test("of a repository that git cannot read it is not said that there is none", async () => {
  const repository = newRepository();
  repository.write(".git/config", "[core\n");
  const made = repository.worktrees.create("a");
  await expect(made).rejects.toThrow(/bad config/);
  await expect(made).rejects.not.toThrow(/is in none/);
});

test("files that git was never told of keep a worktree, also where the user's git does not show them", async () => {
  const repository = newRepository();
  repository.git("config", "status.showUntrackedFiles", "no");
  await repository.worktrees.create("a");
  repository.write(".claude/worktrees/a/new.txt", "mine");
  await expect(repository.worktrees.remove("a")).rejects.toThrow("1 uncommitted change: ?? new.txt.");
  await expect(repository.worktrees.finish("a")).rejects.toThrow("1 uncommitted change: ?? new.txt.");
  // git looks once more itself, for what comes into the folder after our look.
  await expect(git(repository.root, ["worktree", "remove", repository.path("a")])).rejects.toThrow(
    /contains modified or untracked files/,
  );
  expect(existsSync(join(repository.path("a"), "new.txt"))).toBe(true);
});

test("where git's folder lies apart from the files, git cannot say where those are: so it is told", async () => {
  const [root, apart] = [temporaryFolder(), join(temporaryFolder(), "git")];
  const run = (...args: string[]) => execFileSync("git", args, { cwd: root });
  run("init", "--quiet", "--separate-git-dir", apart);
  run(
    "-c",
    "user.name=T",
    "-c",
    "user.email=t@localhost",
    "commit",
    "--quiet",
    "--allow-empty",
    "-m",
    "First",
  );
  await expect(new Worktrees(new Workspace(root)).create("a")).rejects.toThrow(
    `git keeps this repository in ${apart}, apart from its files, and does not say where those are. Use a clone of it: git clone ${apart}`,
  );
  expect(existsSync(join(apart, ".claude"))).toBe(false);
});
