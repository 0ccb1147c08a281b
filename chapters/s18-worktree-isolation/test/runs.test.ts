import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Workspace } from "@course/runtime";
import { Worktrees } from "@course/s18-worktree-isolation";
import { expect, test, vi } from "vitest";
import { knownToGit, newRepository, type TestRepository } from "./new-repository.ts";
import { startWorker } from "./start-worker.ts";

const context = { signal: new AbortController().signal, toolUseId: "toolu_1" };

function lockReason({ git }: TestRepository): string | undefined {
  return /^locked ?(.*)$/m.exec(git("worktree", "list", "--porcelain"))?.[1];
}

test("a command starts in the worktree each time, in an environment without the key, and a failure is a fact", async () => {
  vi.stubEnv("ANTHROPIC_API_KEY", "secret");
  const repository = newRepository();
  await repository.worktrees.create("a");
  const first = await repository.worktrees.run(
    "a",
    "pwd; cd /; echo key=$ANTHROPIC_API_KEY; exit 3",
    context,
  );
  expect(first).toMatchObject({ content: `${repository.path("a")}\nkey=\n[exit code 3]`, isError: false });
  expect((await repository.worktrees.run("a", "git branch --show-current", context)).content).toBe(
    "worktree-a",
  );
  await expect(repository.worktrees.run("b", "pwd", context)).rejects.toThrow(
    /no worktree "b". There are: a/,
  );
  vi.unstubAllEnvs();
});

test("what is cut from a long output is kept where the lead can read it", async () => {
  const repository = newRepository();
  await repository.worktrees.create("a");
  const result = await repository.worktrees.run("a", "seq 1 100000", context);
  expect(result.content).toMatch(/\.task_outputs\/bash\/toolu_1\.txt/);
  expect(readFileSync(join(repository.root, ".task_outputs/bash/toolu_1.txt"), "utf8")).toContain(
    "\n50000\n",
  );
  expect(repository.gitIn("a", "status", "--porcelain")).toBe("");
});

test("git has the worktree locked until the last of several commands has ended", async () => {
  const repository = newRepository();
  const { worktrees, git } = repository;
  await worktrees.create("a");
  const until = (file: string) =>
    worktrees.run("a", `until [ -e ../${file}.log ]; do sleep 0.02; done`, context);
  const [first, second] = [until("first"), until("second")];
  await vi.waitFor(async () => expect((await worktrees.list())[0]?.record.runs).toHaveLength(2), 10_000);
  expect(lockReason(repository)).toMatch(/^in use by an agent: until/);
  expect(() => git("worktree", "remove", "--force", repository.path("a"))).toThrow(/locked/);
  await expect(worktrees.remove("a", { force: true })).rejects.toThrow(
    /Something runs in worktree a \(process \d+: until/,
  );
  await expect(worktrees.finish("a")).rejects.toThrow(/Something runs in worktree a/);
  repository.write(".claude/worktrees/first.log", "");
  await first;
  expect(lockReason(repository) ?? "not locked", "while the second command still runs").toMatch(/^in use/);
  repository.write(".claude/worktrees/second.log", "");
  await second;
  expect(lockReason(repository)).toBeUndefined();
  await worktrees.remove("a");
});

test("a command that is interrupted unlocks", async () => {
  const repository = newRepository();
  await repository.worktrees.create("a");
  const abort = new AbortController();
  const run = repository.worktrees.run("a", "sleep 30", { ...context, signal: abort.signal });
  await vi.waitFor(() => expect(lockReason(repository)).toBeDefined(), 10_000);
  abort.abort();
  expect((await run).content).toContain("[interrupted by the user]");
  expect(lockReason(repository)).toBeUndefined();
});

test("a lock of the user's stays, and git keeps the worktree for it", async () => {
  const repository = newRepository();
  await repository.worktrees.create("a");
  repository.git("worktree", "lock", "--reason", "mine", repository.path("a"));
  await repository.worktrees.run("a", "true", context);
  expect(lockReason(repository)).toBe("mine");
  await expect(repository.worktrees.remove("a", { force: true })).rejects.toThrow(
    /locked working tree, lock reason: mine/,
  );
  expect(knownToGit(repository)).toEqual({ a: "worktree-a" });
});

test("the lock of a killed program ends with the next start, and stops no removal before", async () => {
  const repository = newRepository();
  const { root, worktrees } = repository;
  await worktrees.create("a");
  await worktrees.create("b");
  for (const name of ["a", "b"]) {
    const worker = startWorker(root, "run", 0, [name]);
    const ended = new Promise((resolve) => worker.once("exit", resolve));
    await vi.waitFor(() => expect(lockReason(repository)).toBeDefined(), 10_000);
    worker.kill("SIGKILL");
    await ended;
    expect(lockReason(repository)).toBeDefined();
    if (name === "a") await worktrees.remove("a", { force: true });
    else await new Worktrees(new Workspace(root)).reconcile();
    expect(lockReason(repository)).toBeUndefined();
  }
  expect(knownToGit(repository)).toEqual({ b: "worktree-b" });
});

test("what a killed program had locked is unlocked at the next start, and not while another still works there", async () => {
  const repository = newRepository();
  const { root, worktrees } = repository;
  await worktrees.create("a");
  const leave = await worktrees.occupy("a", "an agent");
  const worker = startWorker(root, "run", 0, ["a"]);
  const ended = new Promise((resolve) => worker.once("exit", resolve));
  await vi.waitFor(async () => expect((await worktrees.list())[0]?.record.runs).toHaveLength(2), 10_000);
  worker.kill("SIGKILL");
  await ended;
  const next = new Worktrees(new Workspace(root));
  expect(await next.reconcile()).toEqual([]);
  expect((await next.list())[0]?.record.runs.map(({ what }) => what)).toEqual(["an agent"]);
  expect(lockReason(repository)).toMatch(/^in use/);
  await leave();
  expect(lockReason(repository)).toBeUndefined();
});
