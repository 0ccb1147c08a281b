import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { baseTools, defineAgent, Workspace } from "@course/runtime";
import { call, say, script } from "@course/offline-model/test";
import { openSession } from "@course/runtime/testing";
import { Worktrees } from "@course/s18-worktree-isolation";
import { expect, test } from "vitest";
import { GREET, knownToGit, newRepository, soundStatus, type TestRepository } from "./new-repository.ts";

/** What the base tools say to these calls, for an agent whose place is the worktree "a". */
async function inWorktree(
  { worktrees }: TestRepository,
  ...calls: [string, Record<string, unknown>][]
): Promise<string[]> {
  const place = await worktrees.workspaceOf("a");
  const createAgent = () =>
    defineAgent({ name: "test", instructions: "", tools: baseTools(place), extensions: [] });
  const open = await openSession(
    createAgent,
    script(
      calls.map(([name, input]) => call(name, input)),
      say("done"),
    ),
  );
  await open.run("go");
  await open.close();
  return open.results();
}

test("file tools of an agent in a worktree refuse the main checkout, and say which path to use", async () => {
  const repository = newRepository();
  await repository.worktrees.create("a");
  await repository.worktrees.create("b");
  symlinkSync(join(repository.root, "greet.txt"), join(repository.path("a"), "link.txt"));
  symlinkSync("../../..", join(repository.path("a"), "up"));
  const main = join(repository.root, "greet.txt");
  const results = await inWorktree(
    repository,
    ["write_file", { file_path: main, content: "no" }],
    ["edit_file", { file_path: "../../../greet.txt", old_string: "one", new_string: "no" }],
    ["write_file", { file_path: "link.txt", content: "no" }],
    ["write_file", { file_path: "up/greet.txt", content: "no" }],
    ["read_file", { file_path: join(repository.path("b"), "greet.txt") }],
    ["read_file", { file_path: "/etc/passwd" }],
    ["write_file", { file_path: "greet.txt", content: "yes" }],
    ["write_file", { file_path: join(repository.path("a"), "new/file.txt"), content: "yes" }],
    ["bash", { command: "pwd" }],
  );
  for (const refusal of results.slice(0, 6))
    expect(refusal).toMatch(/is outside worktree a, where you work; the main checkout is off limits/);
  expect(results[0], "the absolute path of the main checkout is the usual mistake").toContain(
    "Use greet.txt: the worktree has its own copy.",
  );
  expect(results.slice(6, 8)).toEqual([
    expect.stringContaining("Wrote 3"),
    expect.stringContaining("Wrote 3"),
  ]);
  expect(results[8]).toBe(repository.path("a"));
  expect(readFileSync(main, "utf8")).toBe(GREET);
  expect(soundStatus(repository)).toBe("");
});

test("bash is not confined: that is stated, and this is what it means", async () => {
  const repository = newRepository();
  await repository.worktrees.create("a");
  await inWorktree(repository, ["bash", { command: `echo by bash > ${join(repository.root, "greet.txt")}` }]);
  expect(readFileSync(join(repository.root, "greet.txt"), "utf8")).toBe("by bash\n");
});

test("a link that is put in a worktree's place is refused by every tool, and what it leads to is left alone", async () => {
  const repository = newRepository();
  const { worktrees } = repository;
  await worktrees.create("a");
  const place = await worktrees.workspaceOf("a");
  renameSync(repository.path("a"), join(repository.root, "..", "moved"));
  symlinkSync(repository.root, repository.path("a"));
  const message = /a symbolic link in the place of worktree a/;
  expect(() => place.resolve("greet.txt"), "a path in the worktree leads to the main checkout").toThrow(
    message,
  );
  await expect(worktrees.workspaceOf("a")).rejects.toThrow(message);
  const context = { signal: new AbortController().signal, toolUseId: "toolu_1" };
  await expect(worktrees.run("a", "rm greet.txt", context)).rejects.toThrow(message);
  await expect(worktrees.remove("a", { force: true })).rejects.toThrow(/symbolic link .*left alone/);
  expect(await new Worktrees(new Workspace(repository.root)).reconcile()).toEqual([
    expect.stringMatching(message),
  ]);
  expect(readFileSync(join(repository.root, "greet.txt"), "utf8")).toBe(GREET);
});

test("a link above the worktrees is refused before anything is made", async () => {
  const repository = newRepository();
  const elsewhere = join(repository.root, "..", "elsewhere");
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, join(repository.root, ".claude"));
  await expect(repository.worktrees.create("a")).rejects.toThrow(
    /symbolic link; worktrees would end up elsewhere/,
  );
  expect(existsSync(join(elsewhere, "worktrees/a"))).toBe(false);
  expect(knownToGit(repository)).toEqual({});
});

test("an index and a log that are links, as a clone may bring, are not followed", async () => {
  const repository = newRepository();
  const outside = join(repository.root, "..", "outside.txt");
  writeFileSync(outside, "theirs\n");
  mkdirSync(join(repository.root, ".claude/worktrees"), { recursive: true });
  for (const name of ["index.json", "events.jsonl"])
    symlinkSync(outside, join(repository.root, ".claude/worktrees", name));
  const problems: string[] = [];
  const worktrees = new Worktrees(new Workspace(repository.root), {
    onProblem: (problem) => problems.push(problem),
  });
  await worktrees.create("a");
  expect(readFileSync(outside, "utf8")).toBe("theirs\n");
  expect(problems.join("\n")).toMatch(/index\.json cannot be read \(it is a symbolic link\)/);
  expect(problems.join("\n")).toMatch(/events of the worktrees are not written/);
  expect(knownToGit(repository)).toEqual({ a: "worktree-a" });
});

test("a folder that was removed by hand is told at the start; its commits keep the branch", async () => {
  const repository = newRepository();
  await repository.worktrees.create("a");
  await repository.worktrees.create("b");
  repository.commit("b", { "x.txt": "x" });
  for (const name of ["a", "b"]) rmSync(repository.path(name), { recursive: true });
  const next = new Worktrees(new Workspace(repository.root));
  const notes = await next.reconcile();
  expect(notes).toEqual([
    expect.stringMatching(
      /folder of worktree a is gone .*git worktree repair.*worktree_remove takes the rest away/,
    ),
    expect.stringMatching(/folder of worktree b is gone/),
  ]);
  expect((await next.list())[1]).toMatchObject({ problem: notes[1], ahead: 1 });
  await next.remove("a");
  await expect(next.remove("b")).rejects.toThrow(/Only the branch of worktree b has 1 commit/);
  expect(await next.finish("b")).toContain("Merged 1 commit");
  expect(readFileSync(join(repository.root, "x.txt"), "utf8")).toBe("x");
  expect(knownToGit(repository)).toEqual({});
});
