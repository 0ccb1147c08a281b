import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { TaskBoard, type Task } from "@course/s12-task-system";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openBlockers } from "../src/task-board.ts";

function newBoard(root = temporaryFolder()) {
  const problems: string[] = [];
  const board = new TaskBoard(new Workspace(root), { onProblem: (problem) => problems.push(problem) });
  return { root, board, problems };
}

function onDisk(root: string): Task[] {
  const folder = join(root, ".tasks");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^task_\d+\.json$/.test(name))
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Task);
}

function expectEdgesToAgree(tasks: readonly Task[]): void {
  const edges = (from: "blockedBy" | "blocks") =>
    tasks
      .flatMap((task) =>
        task[from].map((other) => (from === "blockedBy" ? `${other}>${task.id}` : `${task.id}>${other}`)),
      )
      .sort();
  expect(edges("blocks"), "the edges as their blockers know them, against blockedBy").toEqual(
    edges("blockedBy"),
  );
}

test("tasks survive a restart", async () => {
  const { root, board } = newBoard();
  await board.create("first", { description: "all of it" });
  await board.create("second", { blockedBy: [1] });
  const again = await newBoard(root).board.list();
  expect(again).toMatchObject([
    { id: 1, subject: "first", description: "all of it", status: "pending", blocks: [2] },
    { id: 2, subject: "second", blockedBy: [1] },
  ]);
});

test("a task says when it was made and when it was last changed", async () => {
  const workspace = new Workspace(temporaryFolder());
  const times = ["2026-11-26T10:00:00.000Z", "2026-11-26T11:00:00.000Z"];
  const board = new TaskBoard(workspace, { now: () => new Date(times.shift() ?? 0) });
  await board.create("first");
  expect(await board.update(1, { owner: "ada" })).toMatchObject({
    createdAt: "2026-11-26T10:00:00.000Z",
    updatedAt: "2026-11-26T11:00:00.000Z",
  });
});

test("a task that was deleted is not among those that there are", async () => {
  const { board } = newBoard();
  for (const subject of ["first", "second", "third"]) await board.create(subject);
  await board.update(2, { status: "deleted" });
  await expect(board.get(2)).rejects.toThrow("There is no task 2. There are: 1, 3.");
});

test("an update touches only what it names", async () => {
  const { board } = newBoard();
  const created = await board.create("first", { description: "d" });
  await board.create("second");
  await board.update(1, { addBlockedBy: [2] });
  const updated = await board.update(1, { owner: "ada" });
  expect(updated).toEqual({ ...created, owner: "ada", blockedBy: [2], updatedAt: updated.updatedAt });
});

test.each([
  ["a self-edge", 1, { addBlockedBy: [1] }, /cannot wait for itself/],
  ["a cycle", 1, { addBlockedBy: [3] }, /cycle \(1 before 2 before 3 before 1\)/],
  ["an unknown task", 1, { addBlockedBy: [9] }, /no task 9\. There are: 1, 2, 3/],
  ["an edge that is not there", 1, { removeBlockedBy: [2] }, /does not wait for task 2/],
  ["work on a blocked task", 2, { status: "completed" as const }, /still waits for 1/],
  ["an update of an unknown task", 8, { owner: "x" }, /no task 8/],
  ["a good edge beside a bad one", 3, { removeBlockedBy: [2], addBlockedBy: [9], owner: "x" }, /no task 9/],
])("refuses %s, and nothing changes", async (_, id, change, message) => {
  const { root, board } = newBoard();
  await board.create("a");
  await board.create("b", { blockedBy: [1] });
  await board.create("c", { blockedBy: [2] });
  const before = JSON.stringify(onDisk(root));
  const answer = await board.update(id, change).then(
    () => "Done.",
    (error: Error) => error.message,
  );
  expect(answer, "the board's answer").toMatch(message);
  expect(JSON.stringify(onDisk(root))).toBe(before);
});

test("what a task blocks is made from what the others wait for, whatever the files say", async () => {
  const { root, board } = newBoard();
  for (const subject of ["a", "b", "c"]) await board.create(subject);
  const change = (id: number, fields: Partial<Task>) => {
    const path = join(root, `.tasks/task_${id}.json`);
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...fields }));
  };
  change(1, { blocks: [7] });
  change(2, { blockedBy: [1, 3] });
  change(3, { status: "deleted", blockedBy: [1] });
  expect(await board.list(), "both ends of the edges that are left").toMatchObject([
    { id: 1, blockedBy: [], blocks: [2] },
    { id: 2, blockedBy: [1], blocks: [] },
  ]);
});

test("an edit that throws writes nothing", async () => {
  const { root, board } = newBoard();
  await board.create("a");
  const failing = board.change((tasks) => {
    const [task] = tasks.values();
    if (task) task.subject = "half of an edit";
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(onDisk(root), "what is on disk").toMatchObject([{ subject: "a" }]);
});

test("a task that waits for an unknown one is not created", async () => {
  const { board } = newBoard();
  await expect(board.create("a", { blockedBy: [5] })).rejects.toThrow("no task 5");
  expect(await board.list()).toEqual([]);
  expect((await board.create("b")).id).toBe(1);
});

test("a deleted task leaves the graph, and its id is not given again", async () => {
  const { board } = newBoard();
  await board.create("a");
  await board.create("b", { blockedBy: [1] });
  await board.update(1, { status: "deleted" });
  expect(await board.list()).toMatchObject([{ id: 2, blockedBy: [] }]);
  expect((await board.create("c")).id).toBe(3);
  await expect(board.get(1)).rejects.toThrow("no task 1");
});

test("torn and foreign files are set aside and reported, the others load, their ids stay taken", async () => {
  const { root, board, problems } = newBoard();
  await board.create("a");
  const folder = join(root, ".tasks");
  writeFileSync(join(folder, "task_2.json"), '{"id": 2, "subj');
  writeFileSync(join(folder, "task_3.json"), '{"id": 3}');
  writeFileSync(join(folder, "task_4.json"), readFileSync(join(folder, "task_1.json")));
  writeFileSync(join(folder, "notes.txt"), "mine");
  expect(await board.list()).toMatchObject([{ id: 1 }]);
  expect(problems.map((problem) => /task_\d/.exec(problem)?.[0])).toEqual(["task_2", "task_3", "task_4"]);
  expect(readdirSync(folder).filter((name) => name.includes("broken"))).toHaveLength(3);
  expect((await board.create("b")).id).toBe(5);
});

test("a file whose edges disagree, as after a kill between two writes, is read as one graph", async () => {
  const { root, board } = newBoard();
  await board.create("a");
  await board.create("b", { blockedBy: [1] });
  const path = join(root, ".tasks/task_1.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), blocks: [] }));
  expectEdgesToAgree(await board.list());
  expect(await board.get(1)).toMatchObject({ blocks: [2] });
});

test("a task whose blocker was torn stays blocked until the edge is removed", async () => {
  const { root, board } = newBoard();
  await board.create("a");
  await board.create("b", { blockedBy: [1] });
  writeFileSync(join(root, ".tasks/task_1.json"), "{");
  await board.update(2, { owner: "ada" });
  const [task] = await board.list();
  expect(task).toMatchObject({ id: 2, blockedBy: [1], owner: "ada" });
  expect(task && openBlockers(task, [task])).toEqual([1]);
  expect(await board.update(2, { removeBlockedBy: [1] })).toMatchObject({ blockedBy: [] });
});

test("fields of a later version are kept", async () => {
  const { root, board } = newBoard();
  await board.create("a");
  const path = join(root, ".tasks/task_1.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), worktree: "w" }));
  await board.update(1, { owner: "ada" });
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ owner: "ada", worktree: "w" });
});

test("a folder that was deleted is made again", async () => {
  const { root, board } = newBoard();
  await board.create("a");
  rmSync(join(root, ".tasks"), { recursive: true });
  expect(await board.list()).toEqual([]);
  expect(await board.create("b")).toMatchObject({ id: 1 });
});

test("a delete that was killed halfway leaves no edge to the deleted task", async () => {
  const { root, board } = newBoard();
  await board.create("a");
  await board.create("b", { blockedBy: [1] });
  const path = join(root, ".tasks/task_1.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), status: "deleted" }));
  expect(await board.list()).toMatchObject([{ id: 2, blockedBy: [] }]);
});

const id = fc.integer({ min: 1, max: 6 });
const status = fc.constantFrom(
  "pending" as const,
  "in_progress" as const,
  "completed" as const,
  "deleted" as const,
);
const step = fc.oneof(
  fc.record({ kind: fc.constant("create" as const), blockedBy: fc.array(id, { maxLength: 2 }) }),
  fc.record({ kind: fc.constant("link" as const), id, other: id }),
  fc.record({ kind: fc.constant("unlink" as const), id, other: id }),
  fc.record({ kind: fc.constant("status" as const), id, status }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function take(board: TaskBoard, todo: Step): Promise<unknown> {
  if (todo.kind === "create") return board.create("t", { blockedBy: todo.blockedBy });
  if (todo.kind === "status") return board.update(todo.id, { status: todo.status });
  if (todo.kind === "link") return board.update(todo.id, { addBlockedBy: [todo.other] });
  return board.update(todo.id, { removeBlockedBy: [todo.other] });
}

test("whatever is asked of it, the graph has no cycle, its edges agree, and no work waits", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const { root, board } = newBoard();
      for (const todo of steps)
        await take(board, todo).catch((error: Error) => expect(error.name).toBe("ToolError"));
      const tasks = onDisk(root);
      expectEdgesToAgree(tasks);
      const reaches = (from: number, to: number): boolean =>
        tasks.some(
          (task) => task.id === from && task.blocks.some((next) => next === to || reaches(next, to)),
        );
      expect(tasks.some((task) => reaches(task.id, task.id))).toBe(false);
      const isWork = ({ status }: Task) => status === "in_progress" || status === "completed";
      expect(tasks.filter((task) => isWork(task) && openBlockers(task, tasks).length > 0)).toEqual([]);
    }),
    { numRuns: 40 },
  );
});
