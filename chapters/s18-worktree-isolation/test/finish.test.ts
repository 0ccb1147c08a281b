import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Workspace } from "@course/runtime";
import { TaskBoard } from "@course/s12-task-system";
import { Worktrees } from "@course/s18-worktree-isolation";
import { expect, test } from "vitest";
import { fakeGit } from "./fake-git.ts";
import { knownToGit, newRepository, soundStatus } from "./new-repository.ts";
import { runWorker } from "./start-worker.ts";

test("two that change the same line: one is merged, the other is kept, and its conflict is shown", async () => {
  const repository = newRepository();
  const { worktrees, git } = repository;
  await worktrees.create("a");
  await worktrees.create("b");
  repository.commit("a", { "greet.txt": "one\nTWO\nthree\n" });
  repository.commit("b", { "greet.txt": "one\n2\nthree\n" });
  expect(await worktrees.finish("a")).toBe("Merged 1 commit of worktree-a into main. Removed worktree a.");
  const before = git("rev-parse", "HEAD");
  const refusal = await worktrees.finish("b").catch((error: Error) => error.message);
  expect(refusal, "what the model is told of the conflict").toMatch(
    /worktree-b and main changed the same lines.*\ngreet\.txt:\n<{7} main\nTWO\n={7}\n2\n>{7} worktree-b\n/,
  );
  expect(git("rev-parse", "HEAD"), "the conflict is found before the checkout is touched").toBe(before);
  expect(soundStatus(repository)).toBe("");
  expect(readFileSync(join(repository.root, "greet.txt"), "utf8")).toBe("one\nTWO\nthree\n");
  expect(knownToGit(repository)).toEqual({ b: "worktree-b" });
});

test("a conflict that is resolved in the worktree merges", async () => {
  const repository = newRepository();
  const { worktrees } = repository;
  await worktrees.create("a");
  await worktrees.create("b");
  repository.commit("a", { "greet.txt": "one\nTWO\nthree\n" });
  repository.commit("b", { "greet.txt": "one\n2\nthree\n" });
  await worktrees.finish("a");
  expect(() => repository.gitIn("b", "merge", "main")).toThrow();
  repository.commit("b", { "greet.txt": "one\nTWO, 2\nthree\n" }, "Both");
  await worktrees.finish("b");
  expect(readFileSync(join(repository.root, "greet.txt"), "utf8")).toBe("one\nTWO, 2\nthree\n");
  expect(soundStatus(repository)).toBe("");
});

test("what was not committed is not merged, and keeps the worktree", async () => {
  const repository = newRepository();
  await repository.worktrees.create("a");
  repository.commit("a", { "x.txt": "x" });
  writeFileSync(join(repository.path("a"), "greet.txt"), "changed");
  await expect(repository.worktrees.finish("a")).rejects.toThrow(/1 uncommitted change: {2}M greet\.txt/);
  expect(repository.git("log", "--oneline").split("\n")).toHaveLength(1);
});

test("changes in the main checkout that a merge would overwrite make git refuse, and they stay", async () => {
  const repository = newRepository();
  await repository.worktrees.create("a");
  repository.commit("a", { "greet.txt": "merged\n" });
  repository.write("greet.txt", "of the user\n");
  await expect(repository.worktrees.finish("a")).rejects.toThrow(
    /git merge failed: error: Your local changes [\s\S]*greet\.txt[\s\S]*The main checkout is as it was, and worktree a is kept/,
  );
  expect(readFileSync(join(repository.root, "greet.txt"), "utf8")).toBe("of the user\n");
  expect(knownToGit(repository)).toEqual({ a: "worktree-a" });
  repository.git("checkout", "--quiet", "greet.txt");
  repository.write("untracked.txt", "stays");
  await repository.worktrees.finish("a");
  expect(soundStatus(repository)).toBe("?? untracked.txt");
});

test("a merge that the user has under way in the main checkout is left alone", async () => {
  const repository = newRepository();
  const { git, worktrees } = repository;
  git("switch", "--quiet", "-c", "other");
  repository.write("greet.txt", "other\n");
  git("commit", "--quiet", "-a", "-m", "Other");
  git("switch", "--quiet", "main");
  repository.write("greet.txt", "main\n");
  git("commit", "--quiet", "-a", "-m", "Main");
  await worktrees.create("a");
  repository.commit("a", { "x.txt": "x" });
  expect(() => git("merge", "other")).toThrow();
  await expect(worktrees.finish("a")).rejects.toThrow(/in the middle of a merge/);
  expect(git("rev-parse", "MERGE_HEAD")).toBe(git("rev-parse", "other"));
});

test("a main checkout without a branch has nothing to merge into", async () => {
  const repository = newRepository();
  await repository.worktrees.create("a");
  repository.commit("a", { "x.txt": "x" });
  repository.git("switch", "--quiet", "--detach");
  await expect(repository.worktrees.finish("a")).rejects.toThrow(/no branch checked out to merge into/);
});

test("a deleted file that the other side changed is shown as a whole", async () => {
  const repository = newRepository();
  await repository.worktrees.create("a");
  repository.gitIn("a", "rm", "--quiet", "greet.txt");
  repository.gitIn("a", "commit", "--quiet", "-m", "Delete");
  repository.write("greet.txt", "changed\n");
  repository.git("commit", "--quiet", "-a", "-m", "Change");
  await expect(repository.worktrees.finish("a")).rejects.toThrow(/greet\.txt: it conflicts as a whole/);
});

test("of many conflicts the first five files are shown, of a long one its first 24 lines", async () => {
  const repository = newRepository();
  await repository.worktrees.create("a");
  const long = (letter: string) => Array.from({ length: 15 }, (_, row) => `${letter}${row}\n`).join("");
  const files = (letter: string) =>
    Object.fromEntries(
      [1, 2, 3, 4, 5, 6, 7].map((number) => [`f${number}.txt`, number === 1 ? long(letter) : letter]),
    );
  repository.commit("a", files("a"));
  for (const [path, content] of Object.entries(files("m"))) repository.write(path, content);
  repository.git("add", ".");
  repository.git("commit", "--quiet", "-m", "Main");
  const refusal = await repository.worktrees.finish("a").catch((error: Error) => error.message);
  const lines = String(refusal).split("\n");
  const first = lines.slice(lines.indexOf("f1.txt:") + 1, lines.indexOf("f2.txt:"));
  expect(first).toHaveLength(25);
  expect([first[0], first[1], first.at(-1)]).toEqual(["<<<<<<< main", "m0", "(9 more lines)"]);
  expect(lines.filter((line) => /^f\d\.txt:/.test(line))).toHaveLength(5);
  expect(lines.slice(-2)).toEqual([
    "and 2 more files",
    expect.stringMatching(/^To resolve it, .*git merge main/),
  ]);
  expect(soundStatus(repository)).toBe("");
});

test("several that finish at the same moment are merged one after the other", async () => {
  const repository = newRepository();
  const { worktrees } = repository;
  const names = ["a", "b", "c", "d"];
  for (const name of names) {
    await worktrees.create(name);
    repository.commit(name, { [`${name}.txt`]: name });
  }
  const merged = await Promise.all(names.map((name) => worktrees.finish(name)));
  expect(merged.every((text) => text.startsWith("Merged 1 commit"))).toBe(true);
  expect(repository.git("ls-files", "?.txt").split("\n")).toEqual(names.map((name) => `${name}.txt`));
  expect(soundStatus(repository)).toBe("");
  expect(knownToGit(repository)).toEqual({});
});

test("programs that finish at the same moment take turns, too", async () => {
  const repository = newRepository();
  const names = ["a", "b", "c"];
  for (const name of names) {
    await repository.worktrees.create(name);
    repository.commit(name, { [`${name}.txt`]: name });
  }
  const ends = await Promise.all(names.map((name) => runWorker(repository.root, "finish", 0, [name])));
  expect(ends.map(({ end, errors }) => end + errors)).toEqual(["0", "0", "0"]);
  expect(repository.git("ls-files", "?.txt").split("\n")).toEqual(names.map((name) => `${name}.txt`));
  expect(soundStatus(repository)).toBe("");
});

test("finishing can complete the task, and a worktree without commits of its own is removed", async () => {
  const repository = newRepository();
  const board = new TaskBoard(new Workspace(repository.root));
  await board.create("Look");
  await repository.worktrees.create("a", { taskId: 1 });
  expect(await repository.worktrees.finish("a", { completeTask: true })).toBe(
    "worktree-a has no commit that main lacks, so nothing was merged. Removed worktree a. Task 1 is completed.",
  );
  expect((await board.get(1)).status).toBe("completed");
});

test.each([true, false])(
  "a tag of a branch's name is not taken for the branch (the worktree's folder is there: %s)",
  async (folderIsThere) => {
    const repository = newRepository();
    const { git, worktrees } = repository;
    for (const tag of ["worktree-a", "main"]) git("tag", tag);
    await worktrees.create("a");
    repository.commit("a", { "x.txt": "x\n" });
    if (!folderIsThere) rmSync(repository.path("a"), { recursive: true });
    expect(await worktrees.finish("a")).toBe("Merged 1 commit of worktree-a into main. Removed worktree a.");
    expect(git("ls-files")).toContain("x.txt");
  },
);

test("a conflict is shown with the branches' names, also where tags have them", async () => {
  const repository = newRepository();
  for (const tag of ["worktree-a", "main"]) repository.git("tag", tag);
  await repository.worktrees.create("a");
  repository.commit("a", { "greet.txt": "a\n" });
  repository.write("greet.txt", "main\n");
  repository.git("commit", "--quiet", "-a", "-m", "Main");
  await expect(repository.worktrees.finish("a")).rejects.toThrow(
    /^worktree-a and main changed the same lines[^]*\n<{7} main\nmain\n={7}\na\n>{7} worktree-a\n/,
  );
});

test("what a merge did not bring into the main checkout is not taken away, whatever git said of it", async () => {
  const repository = newRepository();
  await repository.worktrees.create("a");
  repository.commit("a", { "x.txt": "x\n" });
  fakeGit('cd "$OLDPWD"; case "$*" in *" merge --ff "*) exit 0;; esac; exec $real "$@"');
  await expect(repository.worktrees.finish("a")).rejects.toThrow(
    "git merge said that it is done, and main lacks commits of worktree-a. Worktree a is kept.",
  );
  expect(existsSync(join(repository.path("a"), "x.txt"))).toBe(true);
});

test("where the task cannot be completed with it, nothing is merged", async () => {
  const repository = newRepository();
  const { git, worktrees } = repository;
  const board = new TaskBoard(new Workspace(repository.root));
  await board.create("First");
  await board.create("Then", { blockedBy: [1] });
  await worktrees.create("free");
  await worktrees.create("waits", { taskId: 2 });
  for (const name of ["free", "waits"]) repository.commit(name, { [`${name}.txt`]: name });
  const before = git("rev-parse", "HEAD");
  await expect(worktrees.finish("free", { completeTask: true })).rejects.toThrow(
    "No task is bound to worktree free. Leave complete_task out, or use task_update.",
  );
  await expect(worktrees.finish("waits", { completeTask: true })).rejects.toThrow(
    "Task 2 still waits for 1. Complete that first, or remove the edge.",
  );
  expect(git("rev-parse", "HEAD")).toBe(before);
  await board.update(1, { status: "completed" });
  expect(await worktrees.finish("waits", { completeTask: true })).toContain("Task 2 is completed.");
});

test.each(["task", "remove"])(
  "what fails after the merge says that the merge stands (%s)",
  async (failing) => {
    const repository = newRepository();
    await new TaskBoard(new Workspace(repository.root)).create("Look");
    const worktrees = new Worktrees(new Workspace(repository.root), {
      onEvent({ step }) {
        if (step === failing) throw new Error("the disk is full");
      },
    });
    await worktrees.create("a", { taskId: 1 });
    repository.commit("a", { "x.txt": "x\n" });
    await expect(worktrees.finish("a", { completeTask: true })).rejects.toThrow(
      /^Merged 1 commit of worktree-a into main, and that stands\. Then it failed: the disk is full/,
    );
    expect(repository.git("ls-files")).toContain("x.txt");
    expect(await repository.worktrees.finish("a", { completeTask: true })).toMatch(
      /Removed worktree a\. Task 1/,
    );
  },
);
