// What is easily got wrong by one: a lock that is taken for good, files that go between two looks, widths.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startMark, Workspace } from "@course/runtime";
import { openSession } from "@course/runtime/testing";
import { script } from "@course/offline-model/test";
import { FileLock, TaskBoard, taskTools, type Task } from "@course/s12-task-system";
import { expect, onTestFinished, test } from "vitest";
import { createAgent } from "../src/agent.ts";
import { graphLine } from "../src/task-lines.ts";

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "course-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function newBoard() {
  const root = newFolder();
  return { board: new TaskBoard(new Workspace(root)), inTasks: (name: string) => join(root, ".tasks", name) };
}

test("a lock is taken for good only where nobody living has it, and its owner is known by number", () => {
  const path = join(newFolder(), ".lock");
  const lock = new FileLock(path);
  expect(lock.owner).toBe(undefined);
  symlinkSync(`${process.ppid} ${startMark(process.ppid)} token`, path);
  expect(lock.take()).toBe(false);
  expect(lock.owner).toBe(String(process.ppid));
  rmSync(path);
  symlinkSync("999999999 1 token", path);
  expect(lock.take()).toBe(true);
  expect(lock.owner).toBe(String(process.pid));
  // The first of two that ask has it, in one program too.
  expect(new FileLock(path).take()).toBe(false);
  lock.release();
  expect(existsSync(path) || lock.owner !== undefined).toBe(false);
  expect(lock.take()).toBe(true);
});

test("another program's lock is not released by us", () => {
  const path = join(newFolder(), ".lock");
  const owner = `${process.ppid} ${startMark(process.ppid)} token`;
  symlinkSync(owner, path);
  const lock = new FileLock(path);
  lock.release();
  expect(lock.owner).toBe(String(process.ppid));
});

test("a lock in a folder that is not there is an error, and not one that somebody has", () => {
  expect(() => new FileLock(join(newFolder(), "none/.lock")).take()).toThrow(/ENOENT/);
});

test("a task file that leads nowhere is as good as gone, and one that cannot be read stays where it is", async () => {
  const { board, inTasks } = newBoard();
  await board.create("first");
  symlinkSync("no-such-file", inTasks("task_2.json"));
  expect(await board.list()).toMatchObject([{ id: 1 }]);
  symlinkSync("task_3.json", inTasks("task_3.json"));
  await expect(board.list()).rejects.toThrow(/ELOOP/);
  rmSync(inTasks("task_3.json"));
  expect(await board.list()).toMatchObject([{ id: 1 }]);
});

test("a line of the graph is cut where it is one character too long, and not before", async () => {
  const { board } = newBoard();
  const task = await board.create("a subject of some length");
  const whole = "○ #1 a subject of some length (ready)";
  expect(graphLine(task, [task], whole.length)).toBe(whole);
  expect(graphLine(task, [task], whole.length - 1)).toBe("○ #1 a subject of some leng… (ready)");
});

test("what changes the board is the harness's own, what shows it only reads, and /tasks offers the ids", async () => {
  const { board } = newBoard();
  const kinds = taskTools(board).map(({ name, harness, readOnly }) => ({ name, harness, readOnly }));
  expect(kinds).toEqual([
    { name: "task_create", harness: true, readOnly: false },
    { name: "task_update", harness: true, readOnly: false },
    { name: "task_list", harness: false, readOnly: true },
    { name: "task_get", harness: false, readOnly: true },
  ]);
  const open = await openSession(createAgent, script());
  onTestFinished(() => open.close());
  const itsBoard = new TaskBoard(open.workspace);
  await itsBoard.create("first");
  await itsBoard.create("second");
  expect(await open.agent.extensions[0]?.commands?.["tasks"]?.complete?.()).toEqual(["#1", "#2"]);
});

test("an edge that is removed is gone from both files, and a second one like it is none", async () => {
  const { board, inTasks } = newBoard();
  await board.create("first");
  await board.create("second", { blockedBy: [1] });
  const onDisk = (id: number) => JSON.parse(readFileSync(inTasks(`task_${id}.json`), "utf8")) as Task;
  await board.update(2, { addBlockedBy: [1] });
  expect([onDisk(1).blocks, onDisk(2).blockedBy]).toEqual([[2], [1]]);
  await board.update(2, { removeBlockedBy: [1] });
  expect([onDisk(1).blocks, onDisk(2).blockedBy]).toEqual([[], []]);
});

test("a task that is deleted waits for nothing any more, on disk too, and nothing waits for it", async () => {
  const { board, inTasks } = newBoard();
  await board.create("first");
  await board.create("second", { blockedBy: [1] });
  await board.create("third", { blockedBy: [2] });
  await board.update(2, { status: "deleted" });
  const onDisk = (id: number) => JSON.parse(readFileSync(inTasks(`task_${id}.json`), "utf8")) as Task;
  expect([1, 2, 3].map((id) => [onDisk(id).blockedBy, onDisk(id).blocks])).toEqual([
    [[], []],
    [[], []],
    [[], []],
  ]);
});

test("a folder that a clone has put a link in the place of is not written through", async () => {
  const [here, elsewhere] = [newFolder(), newFolder()];
  symlinkSync(elsewhere, join(here, ".tasks"));
  const linked = new TaskBoard(new Workspace(here));
  await expect(linked.create("x")).rejects.toThrow(".tasks leads out of the workspace.");
  await expect(linked.list()).rejects.toThrow(".tasks leads out of the workspace.");
  expect(readdirSync(elsewhere)).toEqual([]);
});
