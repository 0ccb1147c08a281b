// What cannot be done is refused in words that say what to do, and leaves everything as it was.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, script } from "@course/offline-model/test";
import { Workspace } from "@course/runtime";
import { openSession, temporaryFolder } from "@course/runtime/testing";
import { openInWorktree, Worktrees } from "@course/s18-worktree-isolation";
import { expect, onTestFinished, test, vi } from "vitest";
import { createAgent } from "../src/agent.ts";
import { git, gitSync } from "../src/git.ts";
import { fakeGit } from "./fake-git.ts";
import { knownToGit, newRepository, soundStatus } from "./new-repository.ts";
import { runWorker } from "./start-worker.ts";

/** A repository with a worktree "a". */
async function withWorktree() {
  const repository = newRepository();
  await repository.worktrees.create("a");
  return repository;
}

test("only a task that is bound can be completed with its worktree", async () => {
  const { worktrees, path } = await withWorktree();
  for (const keep of [true, false])
    await expect(worktrees.remove("a", { keep, completeTask: true })).rejects.toThrow(
      "No task is bound to worktree a. Leave complete_task out, or use task_update.",
    );
  expect(existsSync(path("a"))).toBe(true);
});

test("without git it is said that git is not there", async () => {
  const { worktrees } = await withWorktree();
  vi.stubEnv("PATH", "/nowhere");
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(worktrees.create("b")).rejects.toThrow(/^git could not be run: it is not on the path/);
  await expect(worktrees.occupy("a", "a test")).rejects.toThrow(/^git could not be run/);
});

test("a merge that git begins and cannot end is taken back", async () => {
  const repository = await withWorktree();
  repository.commit("a", { "x.txt": "x\n" });
  repository.git("commit", "--quiet", "--allow-empty", "-m", "Not a fast-forward");
  repository.git("config", "commit.gpgsign", "true");
  repository.git("config", "gpg.program", "false");
  await expect(repository.worktrees.finish("a")).rejects.toThrow(
    /^git merge failed: [\s\S]*gpg[\s\S]*\nThe main checkout is as it was, and worktree a is kept\.$/,
  );
  expect(soundStatus(repository)).toBe("");
  expect(() => repository.git("rev-parse", "--verify", "--quiet", "MERGE_HEAD")).toThrow();
  expect(existsSync(join(repository.path("a"), "x.txt"))).toBe(true);
});

test("a branch that has nothing in common with the main checkout's is not merged", async () => {
  const repository = await withWorktree();
  const tree = repository.git("rev-parse", "HEAD^{tree}");
  repository.gitIn("a", "reset", "--quiet", "--hard", repository.git("commit-tree", tree, "-m", "Other"));
  await expect(repository.worktrees.finish("a")).rejects.toThrow(/^git merge-tree failed: .*unrelated/s);
  expect(existsSync(repository.path("a"))).toBe(true);
});

test("while another program makes a worktree, git is asked again; one that stays broken is told in git's words", async () => {
  const repository = newRepository();
  const half = join(repository.root, ".git/worktrees/half");
  repository.write(".git/worktrees/half/HEAD", "ref: refs/heads/half\n");
  repository.write(".git/worktrees/half/gitdir", join(repository.root, "../half/.git"));
  repository.write(".git/worktrees/half/commondir", "");
  await expect(repository.worktrees.create("a")).rejects.toThrow(/failed to read .*\/half\/commondir/);
  setTimeout(() => rmSync(half, { recursive: true }), 100);
  await repository.worktrees.create("a");
  expect(knownToGit(repository)).toEqual({ a: "worktree-a" });
});

/** A git that fails as beside another program, this many times, and then is the real one. Returns how often it was called. */
function busyGit(times: number): () => number {
  const fails = "echo 'fatal: failed to read .git/worktrees/half/commondir' >&2; exit 128";
  const folder = fakeGit(
    `echo >> calls; [ $(wc -l < calls) -gt ${times} ] || { ${fails}; }; cd "$OLDPWD"; exec $real "$@"`,
  );
  return () => readFileSync(join(folder, "calls"), "utf8").length;
}

test("what git says of a repository that it does not touch is told as it is", async () => {
  const { worktrees } = newRepository();
  fakeGit("echo 'fatal: detected dubious ownership in repository' >&2; exit 128");
  await expect(worktrees.create("a")).rejects.toThrow("fatal: detected dubious ownership in repository");
});

test.each([
  ["git", git],
  ["gitSync", (folder: string, args: string[]) => Promise.resolve().then(() => gitSync(folder, args))],
])("%s asks git twenty times before it gives up", async (_, ask) => {
  const { root } = newRepository();
  const calls = busyGit(19);
  expect(await ask(root, ["rev-parse", "--abbrev-ref", "HEAD"])).toBe("main\n");
  expect(calls()).toBe(20);
  const more = busyGit(20);
  await expect(ask(root, ["rev-parse", "HEAD"])).rejects.toThrow("failed to read");
  expect(more()).toBe(20);
});

test("in a bare repository it is said to clone it", async () => {
  const { git, root } = newRepository();
  const bare = join(temporaryFolder(), "bare.git");
  git("clone", "--quiet", "--bare", root, bare);
  await expect(new Worktrees(new Workspace(bare)).create("a")).rejects.toThrow(
    /bare\.git is a bare repository\. Worktrees are made beside a checkout: clone it\.$/,
  );
});

test("a folder that git knows no more is left alone", async () => {
  const repository = await withWorktree();
  repository.write(".claude/worktrees/a/mine.txt", "mine");
  rmSync(join(repository.root, ".git/worktrees"), { recursive: true });
  await expect(repository.worktrees.remove("a", { force: true })).rejects.toThrow(/git knows no worktree at/);
  expect(readFileSync(join(repository.path("a"), "mine.txt"), "utf8")).toBe("mine");
});

test("a folder without git's file in it is no place to work in", async () => {
  const repository = await withWorktree();
  rmSync(join(repository.path("a"), ".git"));
  await expect(repository.worktrees.workspaceOf("a")).rejects.toThrow(
    /is no worktree any more: it has no \.git file\. Run: git worktree repair$/,
  );
});

test("a worktree that is being changed, or whose program was killed, is refused with the reason", async () => {
  const repository = newRepository();
  const { root } = repository;
  const during: Promise<unknown>[] = [];
  const worktrees: Worktrees = new Worktrees(new Workspace(root), {
    onEvent({ step, phase }) {
      if (step === "remove" && phase === "begin") during.push(worktrees.remove("a").catch(String));
    },
  });
  await worktrees.create("a");
  await worktrees.remove("a");
  expect(await during[0]).toBe(
    `ToolError: Process ${process.pid} is removing worktree a. Try again when it is done.`,
  );
  await runWorker(root, "create", 4, ["b"]);
  await expect(worktrees.remove("b")).rejects.toThrow(
    "A program that was creating worktree b was killed. The next start of this one mends it.",
  );
});

test("whoever leaves a worktree that is gone leaves nothing behind", async () => {
  const repository = await withWorktree();
  const problems: string[] = [];
  const worktrees = new Worktrees(new Workspace(repository.root), {
    onProblem: (text) => problems.push(text),
  });
  const leave = await worktrees.occupy("a", "a test");
  rmSync(join(repository.root, ".claude/worktrees/index.json"));
  await leave();
  expect(problems).toEqual([]);
});

test.each([
  ["", ""],
  ["*.log", "*.log\n"],
  ["*.log\n", "*.log\n"],
])(
  "what git leaves out already stays (%j), and the folder of worktrees joins it once",
  async (before, kept) => {
    const repository = newRepository();
    repository.write(".git/info/exclude", before);
    for (const name of ["a", "b"]) await repository.worktrees.create(name);
    const after = readFileSync(join(repository.root, ".git/info/exclude"), "utf8");
    expect(after).toBe(`${kept}/.claude/worktrees/\n`);
  },
);

test("a file in a worktree's place is left alone", async () => {
  const repository = await withWorktree();
  rmSync(repository.path("a"), { recursive: true });
  writeFileSync(repository.path("a"), "mine");
  await expect(repository.worktrees.remove("a", { force: true })).rejects.toThrow(
    /^There is a file in the place of worktree a .* Delete it by hand\.$/,
  );
  expect(readFileSync(repository.path("a"), "utf8")).toBe("mine");
  rmSync(repository.path("a"));
  await runWorker(repository.root, "force", 1, ["a"]);
  rmSync(repository.path("a"), { recursive: true, force: true });
  writeFileSync(repository.path("a"), "mine");
  expect((await repository.worktrees.reconcile())[0]).toMatch(/: There is no folder but a file at .*\/a\. /);
  expect(readFileSync(repository.path("a"), "utf8")).toBe("mine");
});

test("who was killed in the middle of a merge keeps nobody else from theirs", async () => {
  const repository = await withWorktree();
  await repository.worktrees.create("b");
  for (const name of ["a", "b"]) repository.commit(name, { [`${name}.txt`]: name });
  await runWorker(repository.root, "finish", 1, ["a"]);
  expect((await repository.worktrees.list()).map(({ record }) => record.status)).toEqual([
    "finishing",
    "ready",
  ]);
  expect(await repository.worktrees.finish("b")).toContain("Merged 1 commit");
});

test("git's folder for exclusions is made where it is not there", async () => {
  const repository = newRepository();
  rmSync(join(repository.root, ".git/info"), { recursive: true });
  repository.write(".worktreeinclude", "nothing-of-this-name\n");
  repository.git("add", ".");
  repository.git("commit", "--quiet", "-m", "Include");
  await repository.worktrees.create("a");
  expect(soundStatus(repository)).toBe("");
  expect(knownToGit(repository)).toEqual({ a: "worktree-a" });
});

test("--worktree opens the worktree of that name, and makes it once", async () => {
  const { root, path } = newRepository();
  const told: string[] = [];
  const open = () => openInWorktree(new Workspace(root), { worktree: "a" }, (note) => void told.push(note));
  expect((await open()).root).toBe(path("a"));
  expect((await open()).root).toBe(path("a"));
  expect(told).toEqual([]);
});

test("what the start mends is told; without a repository tasks are listed all the same", async () => {
  const { root } = newRepository();
  await runWorker(root, "create", 4, ["a"]);
  const model = script(call("worktree_remove", { name: "a", keep: true, force: true }), say("done"));
  const open = await openSession(createAgent, model, root);
  await open.run("go");
  const notices = open.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  expect(notices.join()).toMatch(/^Worktree a was being made when its program was killed/);
  expect(open.results()).toEqual(["keep and force do not go together. Choose one."]);
  await open.close();
  const plain = join(temporaryFolder(), "plain");
  mkdirSync(plain);
  const lists = script(call("task_create", { subject: "Do it" }), call("task_list"), say("done"));
  const alone = await openSession(createAgent, lists, plain);
  await alone.run("go");
  expect(alone.results()[1]).toBe("○ #1 Do it");
  await alone.close();
});
