import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, script } from "@course/offline-model/test";
import { offeredTools, openSession, runChapter, temporaryFolder, tryItOf } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";
import { knownToGit, newRepository, soundStatus } from "./new-repository.ts";

test("offers the base tools, s12's four, and four for worktrees", () => {
  expect(offeredTools(createAgent)).toEqual([
    "bash",
    "read_file",
    "write_file",
    "edit_file",
    "task_create",
    "task_update",
    "task_list",
    "task_get",
    "worktree_create",
    "worktree_list",
    "worktree_run",
    "worktree_remove",
  ]);
});

test("an agent that leads no team is told nothing of teammates", async () => {
  const model = script(say("done"));
  const open = await openSession(createAgent, model, newRepository().root);
  await open.run("go");
  expect(JSON.stringify(model.requests[0]?.system)).not.toMatch(/teammate/i);
  await open.close();
});

test("a task and its worktree name each other, and both ends are gone together", async () => {
  const repository = newRepository();
  const model = script(
    call("task_create", { subject: "Fix the login" }),
    call("worktree_create", { name: "fix-login", task_id: 1 }),
    call("worktree_list"),
    call("task_get", { id: 1 }),
    call("task_list"),
    call("worktree_remove", { name: "fix-login", complete_task: true }),
    call("worktree_list"),
    call("task_list"),
    say("done"),
  );
  const open = await openSession(createAgent, model, repository.root);
  await open.run("go");
  const [, made, listed, task, tasks, removed, none, after] = open.results();
  const head = repository.git("rev-parse", "--short=7", "HEAD");
  expect(made).toBe(
    `Made worktree fix-login in .claude/worktrees/fix-login, on branch worktree-fix-login, which begins at HEAD (${head}). Task 1 is bound to it.`,
  );
  expect(listed).toBe(
    "fix-login: branch worktree-fix-login; no commits of its own; clean; task #1 Fix the login (pending)",
  );
  expect(task).toMatch(/\nTask #1 is worked on in worktree fix-login\.$/);
  expect(tasks).toBe("○ #1 Fix the login\nTask #1 is worked on in worktree fix-login.");
  expect(removed).toBe("Removed worktree fix-login and its branch worktree-fix-login. Task 1 is completed.");
  expect([none, after]).toEqual(["No worktrees.", "● #1 Fix the login"]);
  await open.close();
});

test("what goes wrong is a result that says what to do", async () => {
  const repository = newRepository();
  const model = script(
    [
      call("worktree_create", { name: "a" }),
      call("worktree_create", { name: "../a" }),
      call("worktree_create", { name: "b", base_ref: "-b" }),
      call("worktree_run", { name: "a", command: "echo x > new.txt" }),
      call("worktree_list"),
      call("worktree_remove", { name: "a" }),
      call("worktree_remove", { name: "a", merge: true, force: true }),
      call("worktree_remove", { name: "b" }),
    ],
    say("done"),
  );
  const open = await openSession(createAgent, model, repository.root);
  await open.run("go");
  const results = open.results();
  expect(results.slice(1)).toEqual([
    expect.stringContaining('"../a" cannot be a worktree\'s name'),
    expect.stringContaining('"-b" names no commit here'),
    "(no output)",
    "a: branch worktree-a; no commits of its own; 1 uncommitted change, which no merge brings along",
    expect.stringMatching(/1 uncommitted change: \?\? new\.txt\. Commit in it .*force/),
    "merge goes with neither keep nor force. Choose one.",
    'There is no worktree "b". There are: a.',
  ]);
  expect(await open.agent.extensions[1]?.commands?.["worktrees"]?.run("", open.session)).toMatch(
    /^\.claude\/worktrees\/\n└─ a: branch worktree-a\n {5}no commits of its own\n[\s\S]*\nlast steps \(UTC\)\n[\s\S]* ✓ ready a$/,
  );
  await open.close();
});

test("without a repository the start says so, and the tools say it again", async () => {
  const open = await openSession(createAgent, script(call("worktree_create", { name: "a" }), say("done")));
  await open.run("go");
  const notices = open.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  expect(notices).toEqual([expect.stringMatching(/need a git repository.*git init/)]);
  expect(open.results()).toEqual(notices);
  await open.close();
});

test("--worktree: the whole agent works there, the task board is the lead's, and the main checkout shows nothing", async () => {
  const repository = newRepository();
  const args = ["--offline", "--dir", repository.root, "--worktree", "try"];
  const { stdout, stderr, code } = await runChapter(import.meta.url, args, [
    "Create notes/x.txt with hello",
    `Create ${join(repository.root, "stray.txt")} with hello`,
    "Run pwd",
    "Create a task: look at it",
  ]);
  expect([code, stderr]).toEqual([
    0,
    expect.stringContaining("Worktree try is kept, with all that is in it"),
  ]);
  expect(stdout).toMatch(/main checkout is off limits.*Use stray\.txt/);
  expect(stdout).toContain(repository.path("try"));
  expect(readFileSync(join(repository.path("try"), "notes/x.txt"), "utf8")).toContain("hello");
  expect(existsSync(join(repository.root, "stray.txt"))).toBe(false);
  expect(existsSync(join(repository.root, ".tasks/task_1.json"))).toBe(true);
  expect(
    soundStatus(repository)
      .replace(/^\?\? \.tasks\/\S+$/gm, "")
      .trim(),
  ).toBe("");
  expect(repository.git("worktree", "list", "--porcelain"), "unlocked when the agent left").not.toContain(
    "locked",
  );
  expect(knownToGit(repository)).toEqual({ try: "worktree-try" });
});

test("--worktree with a bad name, or without a repository, ends with one line", async () => {
  const repository = newRepository();
  const bad = await runChapter(import.meta.url, [
    "--dir",
    repository.root,
    "--worktree",
    "a b",
    "-p",
    "Run pwd",
  ]);
  expect([bad.code, bad.stderr]).toEqual([
    1,
    expect.stringMatching(/^"a b" cannot be a worktree's name[^\n]*\n$/),
  ]);
  const none = await runChapter(import.meta.url, [
    "--dir",
    temporaryFolder(),
    "--worktree",
    "a",
    "-p",
    "Run pwd",
  ]);
  expect([none.code, none.stderr]).toEqual([
    1,
    expect.stringMatching(/^Worktrees need a git repository[^\n]*\n$/),
  ]);
});

test("a change that an earlier run has made already is not made again, and the next step is said", async () => {
  const repository = newRepository();
  repository.write("src/greet.js", "export const greet = 1;\n");
  repository.git("add", "-A");
  repository.git("commit", "-q", "-m", "changed");
  const [{ prompt } = { prompt: "" }] = tryItOf(import.meta.url);
  const { stdout } = await runChapter(import.meta.url, ["--offline", "--dir", repository.root], [prompt]);
  expect(stdout).toMatch(
    /I could not make the change in greeting: .*made before: npm run playground:reset\./s,
  );
});
