// Worktrees for a team (s15), and for those who take tasks from the board (s17). Git is the judge.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, scriptOfTeam, type MessageRequest, type Turn } from "@course/offline-model/test";
import { baseTools, defineAgent, type Workspace } from "@course/runtime";
import { openSession, temporaryFolder } from "@course/runtime/testing";
import { taskSystem } from "@course/s12-task-system";
import { agentTeams } from "@course/s15-agent-teams";
import { autonomousAgents } from "@course/s17-autonomous-agents";
import { worktreeIsolation } from "@course/s18-worktree-isolation";
import { expect, onTestFinished, test } from "vitest";
import { GREET, knownToGit, newRepository, soundStatus, type TestRepository } from "./new-repository.ts";

async function open(root: string, replies: Readonly<Record<string, readonly Turn[]>>, takesTasks = false) {
  const { model, requestsOf } = scriptOfTeam(replies);
  const agent = (workspace: Workspace) =>
    defineAgent({
      name: "test",
      instructions: "Be brief.",
      tools: baseTools(workspace),
      extensions: [
        agentTeams(workspace),
        taskSystem(workspace),
        ...(takesTasks ? [autonomousAgents(workspace)] : []),
        worktreeIsolation(workspace),
      ],
    });
  const opened = await openSession(agent, model, root);
  onTestFinished(() => opened.close());
  const { events } = opened;
  return {
    ...opened,
    requestsOf,
    resultsOf: (name: string) =>
      events.flatMap((event) =>
        event.type === "subagent" && event.label === name && event.event.type === "tool_ended"
          ? [textOf(event.event.result.content)]
          : [],
      ),
    notices: () => events.flatMap((event) => (event.type === "notice" ? [event.message] : [])).join("\n"),
  };
}

/** What git says beside the board, whose files are the project's own (s12). */
const statusOf = (repository: TestRepository) => soundStatus(repository).replace(/\?\? \.tasks\/\S*\n?/g, "");

const textOf = (content: unknown) => (typeof content === "string" ? content : JSON.stringify(content));
const spawn = (name: string) => call("spawn_teammate", { name, role: "helper", prompt: "work" });
const write = (file_path: string, content: string) => call("write_file", { file_path, content });
const bash = (command: string) => call("bash", { command });
const commit = bash("git add -A && git commit -qm work");
const complete = (id: number) => call("task_update", { id, status: "completed" });
const merge = (name: string) => call("worktree_remove", { name, merge: true });

test("each teammate works in a worktree of its own, and the main checkout is off limits", async () => {
  const repository = newRepository();
  const { runUntilIdle, resultsOf } = await open(repository.root, {
    lead: [[spawn("ada"), spawn("bob")], say("started")],
    ada: [
      write("greet.txt", "ada\n"),
      bash("pwd"),
      write(join(repository.root, "greet.txt"), "no"),
      commit,
      say("done"),
    ],
    bob: [write("greet.txt", "bob\n"), bash("cat greet.txt"), commit, say("done")],
  });
  await runUntilIdle("go");
  expect(resultsOf("ada")[1]).toBe(repository.path("ada"));
  expect(resultsOf("ada")[2]).toMatch(/outside worktree ada.*Use greet\.txt/s);
  expect(resultsOf("bob")[1]).toBe("bob");
  expect(readFileSync(join(repository.root, "greet.txt"), "utf8")).toBe(GREET);
  expect(repository.gitIn("ada", "show", "HEAD:greet.txt")).toBe("ada");
  expect(Object.values(knownToGit(repository))).toEqual(
    expect.arrayContaining(["worktree-ada", "worktree-bob"]),
  );
  expect(statusOf(repository)).toBe("");
});

/** The lead: how often it is woken before depends on who ends first. */
const mergesWhenAsked: Turn = ({ messages }) =>
  JSON.stringify(messages.at(-1)).includes("merge both") ? [merge("ada"), merge("bob")] : say("ok");

test("of two who changed one line the first is merged, and the conflict of the second is shown", async () => {
  const repository = newRepository();
  const { runUntilIdle, results } = await open(repository.root, {
    lead: [[spawn("ada"), spawn("bob")], say("started"), ...Array<Turn>(6).fill(mergesWhenAsked)],
    ada: [write("greet.txt", "ada\n"), commit, say("done")],
    bob: [write("greet.txt", "bob\n"), commit, say("done")],
  });
  await runUntilIdle("go");
  await runUntilIdle("merge both");
  expect(results().at(-2)).toMatch(/Merged 1 commit of worktree-ada into main\. Removed worktree ada/);
  expect(results().at(-1)).toMatch(/greet\.txt:\n<{7} main\nada\n={7}\nbob\n>{7} worktree-bob/);
  expect(readFileSync(join(repository.root, "greet.txt"), "utf8")).toBe("ada\n");
  expect(statusOf(repository)).toBe("");
});

test("a worktree that was merged while its teammate rested is made anew from what the lead has then", async () => {
  const repository = newRepository();
  const { runUntilIdle, requestsOf, resultsOf } = await open(repository.root, {
    lead: [
      spawn("ada"),
      say("started"),
      say("idle"),
      merge("ada"),
      call("send_message", { to: "ada", content: "more" }),
      say("sent"),
    ],
    ada: [write("one.txt", "1\n"), commit, say("done"), bash("ls one.txt && pwd"), say("done")],
  });
  await runUntilIdle("go");
  await runUntilIdle("merge it, and ask for more");
  expect(resultsOf("ada").at(-1)).toBe(`one.txt\n${repository.path("ada")}`);
  expect(JSON.stringify(requestsOf("ada").at(-1)?.messages)).toContain("was merged or removed");
});

/** Does the last task that was claimed: writes a file of its number, commits, and completes it. */
const worker: Turn = (request: MessageRequest) => {
  const text = JSON.stringify(request.messages);
  const id = Number(/claimed-task id=\\"(\d+)\\"(?![\s\S]*claimed-task id)/.exec(text)?.[1]);
  const since = text.slice(text.lastIndexOf("claimed-task id"));
  if (!(id > 0) || since.includes(`"id":${id},"status":"completed"`)) return say("done");
  if (!since.includes(`task-${id}.txt`)) return write(`task-${id}.txt`, `${id}\n`);
  if (!since.includes("git commit")) return commit;
  return complete(id);
};

test("four tasks, two who take them: all four are merged, in order, and no worktree is left", async () => {
  const repository = newRepository("répo with blanks", "trunk");
  const { runUntilIdle, notices } = await open(
    repository.root,
    {
      lead: [
        [1, 2, 3, 4].map((id) => call("task_create", { subject: `t${id}` })),
        call("task_update", { id: 4, add_blocked_by: [1, 2] }),
        [spawn("ada"), spawn("bob")],
        say("started"),
      ],
      ada: Array<Turn>(40).fill(worker),
      bob: Array<Turn>(40).fill(worker),
    },
    true,
  );
  await runUntilIdle("go");
  for (const id of [1, 2, 3, 4]) {
    expect(readFileSync(join(repository.root, `task-${id}.txt`), "utf8")).toBe(`${id}\n`);
    const task = JSON.parse(readFileSync(join(repository.root, `.tasks/task_${id}.json`), "utf8")) as object;
    expect(task).toMatchObject({ status: "completed" });
  }
  expect(Object.values(knownToGit(repository))).toEqual([]);
  expect(repository.git("branch", "--list", "worktree-*")).toBe("");
  expect(statusOf(repository)).toBe("");
  expect(notices()).not.toMatch(/gets no worktree/);
  // What waited for two others begins at what they have brought.
  const before = repository.git("log", "--format=%H", "-1", "--diff-filter=A", "--", "task-4.txt");
  expect(repository.git("ls-tree", "--name-only", `${before}^`)).toMatch(/task-1\.txt\ntask-2\.txt/);
});

test("a task that is not committed, or conflicts, is not completed, and its worker is told how to go on", async () => {
  const repository = newRepository();
  const { runUntilIdle, resultsOf } = await open(
    repository.root,
    {
      lead: [call("task_create", { subject: "t1" }), spawn("ada"), say("started")],
      ada: [
        say("looked"),
        write("greet.txt", "ada\n"),
        complete(1),
        commit,
        bash(`cd ${repository.root} && echo lead > greet.txt && git commit -qam lead`),
        complete(1),
        bash("git merge main || (echo both > greet.txt && git commit -qam both)"),
        complete(1),
        say("done"),
      ],
    },
    true,
  );
  await runUntilIdle("go");
  const [, uncommitted, , , conflict, , merged] = resultsOf("ada");
  expect(uncommitted).toMatch(/has 1 uncommitted change/);
  expect(conflict).toMatch(/changed the same lines.*git merge main/s);
  expect(merged).toMatch(/^Merged \d commits? of worktree-task-1 into main\. Removed worktree task-1/);
  expect(readFileSync(join(repository.root, "greet.txt"), "utf8")).toBe("both\n");
  expect(statusOf(repository)).toBe("");
});

test("a task that is put back keeps its worktree, and whoever takes it next goes on in it", async () => {
  const repository = newRepository();
  const { runUntilIdle, resultsOf } = await open(
    repository.root,
    {
      lead: [
        call("task_create", { subject: "t1" }),
        spawn("ada"),
        say("started"),
        say("idle"),
        spawn("bob"),
        say("started"),
      ],
      ada: [
        say("looked"),
        write("half.txt", "half\n"),
        call("task_update", { id: 1, status: "pending", owner: "bob" }),
        say("not mine"),
      ],
      bob: [say("looked"), bash("cat half.txt"), commit, complete(1), say("done")],
    },
    true,
  );
  await runUntilIdle("go");
  expect(existsSync(join(repository.path("task-1"), "half.txt"))).toBe(true);
  await runUntilIdle("let bob do it");
  expect(resultsOf("bob")[0]).toBe("half");
  expect(existsSync(join(repository.root, "half.txt"))).toBe(true);
});

test("a task's worktree is entered whatever its name is, and another task that is completed leaves it", async () => {
  const repository = newRepository();
  const lead = [
    call("task_create", { subject: "t1" }),
    call("worktree_create", { name: "mine", task_id: 1 }),
    call("task_create", { subject: "t2" }),
    call("task_update", { id: 2, owner: "lead", status: "in_progress" }),
    spawn("ada"),
    say("started"),
  ];
  const ada = [say("looked"), bash("pwd"), complete(2), bash("pwd"), say("done")];
  const { runUntilIdle, resultsOf } = await open(repository.root, { lead, ada }, true);
  await runUntilIdle("go");
  const [first, , second] = resultsOf("ada");
  expect([first, second]).toEqual([repository.path("mine"), repository.path("mine")]);
  expect(Object.keys(knownToGit(repository))).toEqual(["mine"]);
});

test("without a repository tasks are done in the folder, said so", async () => {
  const root = temporaryFolder();
  const { runUntilIdle, notices } = await open(
    root,
    {
      lead: [call("task_create", { subject: "t1" }), spawn("ada"), say("started")],
      ada: [say("looked"), write("a.txt", "here\n"), complete(1), say("done")],
    },
    true,
  );
  await runUntilIdle("go");
  expect(notices()).toMatch(/Task 1 gets no worktree, and is done in the main checkout: .*git init/s);
  expect(readFileSync(join(root, "a.txt"), "utf8")).toBe("here\n");
});
