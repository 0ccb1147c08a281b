import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { TaskBoard } from "@course/s12-task-system";
import { Worktrees } from "@course/s18-worktree-isolation";
import fc from "fast-check";
import { expect, test } from "vitest";
import { GREET, knownToGit, newRepository, soundStatus } from "./new-repository.ts";

test("two worktrees have two branches, based on what the lead has checked out, and leave no trace in the main checkout", async () => {
  const repository = newRepository("repo", "main");
  const { worktrees, git } = repository;
  git("switch", "--quiet", "-c", "feature");
  repository.write("new.txt", "of the feature\n");
  git("add", ".");
  git("commit", "--quiet", "-m", "Feature");
  const [a, b] = await Promise.all([worktrees.create("a"), worktrees.create("b")]);
  expect(knownToGit(repository)).toEqual({ a: "worktree-a", b: "worktree-b" });
  expect([a.base, b.base]).toEqual([git("rev-parse", "feature"), git("rev-parse", "feature")]);
  expect(readFileSync(join(repository.path("a"), "new.txt"), "utf8")).toBe("of the feature\n");
  expect(soundStatus(repository)).toBe("");
  expect(git("branch", "--show-current")).toBe("feature");
});

test("a lead that works in a worktree makes others beside it, based on what it has checked out itself", async () => {
  const repository = newRepository();
  await repository.worktrees.create("lead");
  repository.commit("lead", { "new.txt": "new" });
  const { base } = await new Worktrees(await repository.worktrees.workspaceOf("lead")).create("b");
  expect(base).toBe(repository.gitIn("lead", "rev-parse", "HEAD"));
  expect(existsSync(join(repository.path("b"), "new.txt"))).toBe(true);
  expect(repository.git("branch", "--show-current"), "the main checkout stays as it is").toBe("main");
  expect(soundStatus(repository)).toBe("");
});

test("a worktree begins where base_ref says", async () => {
  const repository = newRepository();
  const first = repository.git("rev-parse", "HEAD");
  repository.git("commit", "--quiet", "--allow-empty", "-m", "Second");
  const made = await repository.worktrees.create("old", { baseRef: "main~1" });
  expect(made.base).toBe(first);
  expect(repository.gitIn("old", "rev-parse", "HEAD")).toBe(first);
});

test.each(["--upload-pack=x", "-b", "nowhere", "main:greet.txt"])("%s is no base", async (baseRef) => {
  const repository = newRepository();
  await expect(repository.worktrees.create("x", { baseRef })).rejects.toThrow(/names no commit here/);
  expect(knownToGit(repository)).toEqual({});
});

test("any name is either refused, or becomes exactly one folder and branch of that name", async () => {
  const repository = newRepository();
  const odd = fc.constantFrom(
    "..",
    "../x",
    "a/b",
    "-b",
    "--force",
    "a b",
    "ä",
    "A",
    "a.lock",
    "@{-1}",
    "",
    ".",
    "index.json",
  );
  const plain = fc.stringMatching(/^[a-z0-9_-]{1,60}$/);
  const allowed = /^[a-z0-9][a-z0-9_-]{0,49}$/;
  await fc.assert(
    fc.asyncProperty(fc.oneof(odd, plain, fc.string()), async (name) => {
      const made = await repository.worktrees.create(name).catch((error: Error) => error);
      if (made instanceof Error) {
        expect(made.message).toContain("cannot be a worktree's name");
        expect(allowed.test(name)).toBe(false);
        expect(knownToGit(repository)).toEqual({});
      } else {
        expect(knownToGit(repository)).toEqual({ [name]: `worktree-${name}` });
        await repository.worktrees.remove(name);
      }
    }),
    { numRuns: 40 },
  );
  expect(soundStatus(repository)).toBe("");
});

test("a branch, a folder or a worktree of that name is not taken over", async () => {
  const repository = newRepository();
  const { worktrees, git } = repository;
  git("branch", "worktree-taken");
  await expect(worktrees.create("taken")).rejects.toThrow(/The branch worktree-taken exists already/);
  repository.write(".claude/worktrees/there/mine.txt", "mine");
  await expect(worktrees.create("there")).rejects.toThrow(/something at .*there already/);
  expect(existsSync(join(repository.path("there"), "mine.txt"))).toBe(true);
  await worktrees.create("twice");
  // Whoever deletes its folder, as one may with what is no worktree, loses the work in it.
  await expect(worktrees.create("twice")).rejects.toThrow(
    /^There is a worktree twice already, in .*twice\. Work there/,
  );
  git("branch", "worktree-deep/er");
  await expect(worktrees.create("deep")).rejects.toThrow(
    /was not made: git worktree add failed: .*Nothing is left/s,
  );
  expect((await worktrees.list()).map(({ record }) => record.name)).toEqual(["twice"]);
});

test("of eight that ask for one name at once, one gets it", async () => {
  const repository = newRepository();
  const made = await Promise.allSettled(Array.from({ length: 8 }, () => repository.worktrees.create("one")));
  expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(knownToGit(repository)).toEqual({ one: "worktree-one" });
  expect(repository.gitIn("one", "status", "--porcelain")).toBe("");
});

test("a repository with spaces and other letters in its path, and a workspace below its root, work", async () => {
  const repository = newRepository("mein Repo – ü 日本");
  repository.write("sub folder/x.txt", "x");
  const worktrees = new Worktrees(new Workspace(join(repository.root, "sub folder")));
  await worktrees.create("a");
  repository.commit("a", { "ü.txt": "ü" });
  expect((await worktrees.list())[0]).toMatchObject({ ahead: 1, behind: 0, uncommitted: 0 });
  await worktrees.finish("a");
  expect(readFileSync(join(repository.root, "ü.txt"), "utf8")).toBe("ü");
  expect(knownToGit(repository)).toEqual({});
});

test("a folder without a repository, and one without a commit, say how to make one", async () => {
  const workspace = new Workspace(temporaryFolder());
  const worktrees = new Worktrees(workspace);
  await expect(worktrees.create("a")).rejects.toThrow(
    /need a git repository.*git init && git add -A && git commit/,
  );
  const { execFileSync } = await import("node:child_process");
  execFileSync("git", ["init", "--quiet"], { cwd: workspace.root });
  await expect(worktrees.create("a")).rejects.toThrow(/has none yet.*git add -A && git commit/);
});

test("uncommitted changes, also new files, keep a worktree; force loses them", async () => {
  const repository = newRepository();
  const { worktrees } = repository;
  await worktrees.create("a");
  repository.write(".claude/worktrees/a/new.txt", "work");
  await expect(worktrees.remove("a")).rejects.toThrow(/1 uncommitted change: \?\? new\.txt/);
  expect(existsSync(join(repository.path("a"), "new.txt"))).toBe(true);
  expect((await worktrees.list())[0]?.record.status).toBe("ready");
  await worktrees.remove("a", { force: true });
  expect(knownToGit(repository)).toEqual({});
  expect(repository.git("branch", "--list", "worktree-*")).toBe("");
});

test("commits that only its branch has keep a worktree, until another branch has them", async () => {
  const repository = newRepository();
  const { worktrees, git } = repository;
  await worktrees.create("a");
  repository.commit("a", { "new.txt": "work" }, "Add new.txt");
  await expect(worktrees.remove("a")).rejects.toThrow(
    /Only the branch of worktree a has 1 commit: \w+ Add new\.txt/,
  );
  git("merge", "--quiet", "worktree-a");
  await worktrees.remove("a");
  expect(knownToGit(repository)).toEqual({});
  expect(soundStatus(repository)).toBe("");
});

test("commits on a detached HEAD are seen, and a branch of the user's stays", async () => {
  const repository = newRepository();
  const { worktrees } = repository;
  await worktrees.create("a");
  repository.gitIn("a", "switch", "--quiet", "--detach");
  repository.commit("a", { "new.txt": "work" });
  await expect(worktrees.remove("a")).rejects.toThrow(/has 1 commit/);
  await expect(worktrees.finish("a")).rejects.toThrow(/no branch checked out/);
  repository.gitIn("a", "switch", "--quiet", "-c", "mine");
  await worktrees.remove("a");
  expect(repository.git("branch", "--format=%(refname:short)")).toBe("main\nmine");
});

test("keep leaves folder and branch, and unbinds the task", async () => {
  const repository = newRepository();
  const { worktrees } = repository;
  const board = new TaskBoard(new Workspace(repository.root));
  await board.create("Do it");
  await worktrees.create("a", { taskId: 1 });
  await expect(worktrees.create("b", { taskId: 1 })).rejects.toThrow(
    /Task 1 is worked on in worktree a already/,
  );
  await expect(worktrees.create("b", { taskId: 9 })).rejects.toThrow(/There is no task 9/);
  expect(await worktrees.remove("a", { keep: true, completeTask: true })).toContain("Task 1 is completed");
  expect((await board.get(1)).status).toBe("completed");
  expect(knownToGit(repository)).toEqual({ a: "worktree-a" });
  expect((await worktrees.list())[0]?.record.taskId).toBeUndefined();
});

test("a task that the board does not let complete keeps the worktree", async () => {
  const repository = newRepository();
  const board = new TaskBoard(new Workspace(repository.root));
  await board.create("First");
  await board.create("Second", { blockedBy: [1] });
  await repository.worktrees.create("a", { taskId: 2 });
  await expect(repository.worktrees.remove("a", { completeTask: true })).rejects.toThrow(/waits for 1/);
  expect(knownToGit(repository)).toEqual({ a: "worktree-a" });
});

test("no hook of the repository runs", async () => {
  const repository = newRepository();
  const marker = join(repository.root, "ran.log");
  for (const hook of ["post-checkout", "pre-merge-commit", "post-merge", "reference-transaction"])
    writeFileSync(join(repository.root, ".git/hooks", hook), `#!/bin/sh\necho ${hook} >> '${marker}'\n`, {
      mode: 0o755,
    });
  await repository.worktrees.create("a");
  writeFileSync(join(repository.path("a"), "x.txt"), "x");
  repository.gitIn("a", "-c", "core.hooksPath=/dev/null", "add", ".");
  repository.gitIn("a", "-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", "x");
  await repository.worktrees.finish("a");
  expect(existsSync(marker)).toBe(false);
  expect(readFileSync(join(repository.root, "greet.txt"), "utf8")).toBe(GREET);
});
