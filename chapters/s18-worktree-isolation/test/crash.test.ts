import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { TaskBoard } from "@course/s12-task-system";
import { Worktrees } from "@course/s18-worktree-isolation";
import { expect, test } from "vitest";
import { knownToGit, newRepository, soundStatus, type TestRepository } from "./new-repository.ts";
import { runWorker } from "./start-worker.ts";

/** A repository with a worktree "a" that holds one merged or unmerged commit, if the action needs one. */
async function prepared(action: string): Promise<TestRepository> {
  const repository = newRepository();
  repository.write(".git/info/exclude", ".tasks/\n");
  repository.write(".env", "A=1\n");
  repository.write(".worktreeinclude", ".env\n");
  repository.git("add", ".worktreeinclude");
  repository.git("commit", "--quiet", "-m", "Include");
  if (action === "create") return repository;
  const isBound = action === "complete";
  if (isBound) await new TaskBoard(new Workspace(repository.root)).create("Do it");
  await repository.worktrees.create("a", isBound ? { taskId: 1 } : {});
  if (isBound) return repository;
  repository.commit("a", { "x.txt": "x\n" });
  if (action === "remove") repository.git("merge", "--quiet", "worktree-a");
  return repository;
}

/** What the next start finds: told, mended, and the same to git and to the index. */
async function restarted(repository: TestRepository): Promise<string[]> {
  const next = new Worktrees(new Workspace(repository.root));
  const notes = await next.reconcile();
  const states = await next.list();
  expect(states.map(({ record }) => record.status)).toEqual(states.map(() => "ready"));
  expect(states.map(({ record }) => record.name)).toEqual(Object.keys(knownToGit(repository)));
  const branches = repository.git("branch", "--list", "worktree-*", "--format=%(refname:short)");
  expect(branches.split("\n").filter(Boolean)).toEqual(states.map(({ branch }) => branch));
  expect(soundStatus(repository)).toBe("");
  expect(await next.reconcile(), "a second start has nothing to say").toEqual([]);
  return notes;
}

const STEPS = {
  create: ["reserve", "add", "include", "ready"],
  remove: ["remove", "branch", "forget"],
  force: ["remove", "branch", "forget"],
  complete: ["task", "remove", "branch", "forget"],
  finish: ["merge", "remove", "branch", "forget"],
};

test.concurrent.each(Object.entries(STEPS))(
  "%s: as a kill after any of its events leaves it, the next start mends or says",
  async (action, steps) => {
    const repository = await prepared(action);
    const copies = temporaryFolder();
    const { end, events, errors } = await runWorker(repository.root, action, 0, ["a"], { COPIES: copies });
    expect([end, errors]).toEqual(["0", ""]);
    expect(events).toEqual(steps.flatMap((step) => [`${step} begin`, `${step} end`]));
    for (const [index, point] of events.entries()) {
      // git knows its worktrees by their whole path.
      rmSync(repository.root, { recursive: true });
      renameSync(join(copies, String(index + 1)), repository.root);
      await expectMended(repository, action, point);
    }
  },
);

/** `point` is the last event, as in "merge begin". */
async function expectMended(repository: TestRepository, action: string, point: string): Promise<void> {
  const [step, phase] = point.split(" ");
  const log = readFileSync(join(repository.root, ".claude/worktrees/events.jsonl"), "utf8").trim();
  expect(log.split("\n").at(-1), "the log says where").toContain(`"step":"${step}","phase":"${phase}"`);
  const notes = await restarted(repository);
  const isWhole = point === "ready end" || point === "forget end" || point === "reserve begin";
  expect(notes, point).toHaveLength(isWhole ? 0 : 1);
  if (action === "create" && point !== "ready end") {
    expect(knownToGit(repository), point).toEqual({});
    await new Worktrees(new Workspace(repository.root)).create("a");
    expect(readFileSync(join(repository.path("a"), ".env"), "utf8"), point).toBe("A=1\n");
  }
  // What was merged is in the main checkout; what was not is still in the worktree. Only force loses it.
  if (action === "finish")
    expect(existsSync(join(repository.root, "x.txt")), point).toBe(point !== "merge begin");
  if (action === "finish" && point === "merge begin")
    expect(existsSync(join(repository.path("a"), "x.txt"))).toBe(true);
  if (action === "complete") {
    const { status } = await new TaskBoard(new Workspace(repository.root)).get(1);
    expect(status, point).toBe(point === "task begin" ? "pending" : "completed");
    for (const note of notes) expect(note).toContain("bound to task 1: see that its status is right");
  }
  if (action === "force" || action === "complete") expect(knownToGit(repository), point).toEqual({});
}

test.each([
  ["create", 3],
  ["finish", 2],
])("%s: killed after its event %s, the next start mends or says", async (action, last) => {
  const repository = await prepared(action);
  const { end, events, errors } = await runWorker(repository.root, action, last, ["a"]);
  expect([end, errors]).toEqual(["SIGKILL", ""]);
  await expectMended(repository, action, events.at(-1) ?? "");
});

test("work that came into a worktree after its removal was interrupted is kept", async () => {
  const repository = await prepared("remove");
  await runWorker(repository.root, "remove", 1, ["a"]);
  repository.write(".claude/worktrees/a/new.txt", "work");
  const next = new Worktrees(new Workspace(repository.root));
  expect(await next.reconcile()).toEqual([
    "Worktree a was left in the middle (removing) and is kept: it has uncommitted changes (?? new.txt).",
  ]);
  expect(existsSync(join(repository.path("a"), "new.txt"))).toBe(true);
});

test("git that was killed in the middle of its own work is mended, too", async () => {
  const repository = await prepared("create");
  await runWorker(repository.root, "create", 4, ["a"]);
  // As git leaves it while it is making one: locked, and without a file of its own in the folder.
  repository.git("worktree", "lock", "--reason", "initializing", repository.path("a"));
  rmSync(join(repository.path("a"), ".git"));
  await restarted(repository);
  expect(knownToGit(repository)).toEqual({});
});

test("a folder that git had deleted by half is taken away", async () => {
  const repository = await prepared("remove");
  await runWorker(repository.root, "remove", 1, ["a"]);
  rmSync(join(repository.path("a"), ".git"));
  rmSync(join(repository.path("a"), "greet.txt"));
  await restarted(repository);
  expect(existsSync(repository.path("a"))).toBe(false);
});

test("what cannot be mended is told with the reason", async () => {
  const repository = await prepared("create");
  await runWorker(repository.root, "create", 4, ["a"]);
  const next = new Worktrees(new Workspace(repository.root), {
    onEvent({ step, phase }) {
      if (step === "forget" && phase === "begin") throw new Error("disk full");
    },
  });
  const [first] = await next.reconcile();
  expect(first).toMatch(/^Worktree a .*\(creating\).*: disk full$/);
});

test("a commit that came into a half-made worktree keeps it", async () => {
  const repository = await prepared("create");
  await runWorker(repository.root, "create", 5, ["a"]);
  repository.commit("a", { "x.txt": "x" });
  const next = new Worktrees(new Workspace(repository.root));
  expect(await next.reconcile()).toEqual([
    expect.stringMatching(
      /left in the middle \(creating\) .* The branch worktree-a has moved meanwhile, and is kept/,
    ),
  ]);
  expect(await next.finish("a")).toContain("Merged 1 commit");
  expect(existsSync(join(repository.root, "x.txt"))).toBe(true);
});

test("of two programs that start at once, one mends", async () => {
  const repository = await prepared("create");
  await runWorker(repository.root, "create", 4, ["a"]);
  const [first, second] = [0, 1].map(() => new Worktrees(new Workspace(repository.root)));
  const notes = await Promise.all([first?.reconcile(), second?.reconcile()]);
  expect(notes.flat()).toEqual([expect.stringContaining("was being made when its program was killed")]);
  expect(knownToGit(repository)).toEqual({});
});

test("a merge that was killed in the middle is taken back, and the worktree is kept", async () => {
  const repository = await prepared("finish");
  repository.write("y.txt", "y");
  repository.git("add", ".");
  repository.git("commit", "--quiet", "-m", "Not a fast-forward");
  const { events } = await runWorker(repository.root, "finish", 1, ["a"]);
  expect(events).toEqual(["merge begin"]);
  repository.git("merge", "--quiet", "--no-commit", "worktree-a");
  const notes = await restarted(repository);
  expect(notes).toEqual([
    expect.stringMatching(/^Worktree a was left in the middle \(finishing\) and is kept/),
  ]);
  expect(existsSync(join(repository.root, "x.txt"))).toBe(false);
  await new Worktrees(new Workspace(repository.root)).finish("a");
  expect(existsSync(join(repository.root, "x.txt"))).toBe(true);
});

test.each(["reserve", "add", "include", "ready"] as const)(
  "a disk that is full at %s leaves nothing of the worktree",
  async (full) => {
    const repository = await prepared("create");
    const worktrees = new Worktrees(new Workspace(repository.root), {
      onEvent({ step, phase }) {
        if (step === full && phase === "end") throw new Error("ENOSPC: no space left on device");
      },
    });
    await expect(worktrees.create("a")).rejects.toThrow(
      "Worktree a was not made: ENOSPC: no space left on device. Nothing is left of it.",
    );
    expect(await restarted(repository)).toEqual([]);
    expect(knownToGit(repository)).toEqual({});
    expect(existsSync(repository.path("a"))).toBe(false);
  },
);

test("a disk that is full all the time leaves a part, which the next start takes away", async () => {
  const repository = await prepared("create");
  const worktrees = new Worktrees(new Workspace(repository.root), {
    onEvent({ step }) {
      if (step === "include" || step === "undo") throw new Error("ENOSPC: no space left on device");
    },
  });
  await expect(worktrees.create("a")).rejects.toThrow(/A part of it is left \(ENOSPC.*the next start/);
  const { end } = await runWorker(repository.root, "create", 0, ["b"]);
  expect(end).toBe("0");
  expect(Object.keys(knownToGit(repository)), "it still belongs to this program").toEqual(["a", "b"]);
});

test("an index that cannot be read is set aside, and git tells what there is", async () => {
  const repository = await prepared("remove");
  repository.write(".claude/worktrees/index.json", '{"worktrees": [{"name": "a"');
  const problems: string[] = [];
  const next = new Worktrees(new Workspace(repository.root), {
    onProblem: (problem) => problems.push(problem),
  });
  expect(await next.reconcile()).toEqual(["Not in the index, and taken into it: a."]);
  expect(problems.join()).toMatch(/index\.json cannot be read/);
  await next.remove("a");
  expect(knownToGit(repository)).toEqual({});
});

test("four programs in one repository at once make, use and remove their worktrees", async () => {
  const repository = newRepository();
  const ends = await Promise.all(
    ["p", "q", "r", "s"].map((name) => runWorker(repository.root, "all", 0, [`${name}1`, `${name}2`])),
  );
  expect(ends.map(({ end, errors }) => end + errors)).toEqual(["0", "0", "0", "0"]);
  expect(knownToGit(repository)).toEqual({});
  expect(await repository.worktrees.list()).toEqual([]);
  expect(soundStatus(repository)).toBe("");
});
