import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startMark, Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { TaskBoard } from "@course/s12-task-system";
import { ClaimDesk, keepClaim } from "@course/s17-autonomous-agents";
import { expect, test } from "vitest";

function open(root = temporaryFolder()) {
  const board = new TaskBoard(new Workspace(root), { beforeUpdate: keepClaim });
  const released: string[] = [];
  const desk = new ClaimDesk(board, ({ id }, owner) => released.push(`${id} ${owner}`));
  const file = (id: number) => join(root, `.tasks/task_${id}.json`);
  return { root, board, desk, released, file };
}

test("a claimed task is in progress, has an owner, and is nobody else's", async () => {
  const { board, desk } = open();
  await board.create("one");
  expect((await desk.claim("ada"))?.task).toMatchObject({ id: 1, status: "in_progress", owner: "ada" });
  expect(await desk.claim("bob")).toBeUndefined();
  await expect(desk.claim("bob", 1)).rejects.toThrow("Task 1 is not yours: ada works on it. Claim another.");
  expect((await board.get(1)).owner).toBe("ada");
});

test("two who look at the same moment: one gets the task, and the other is told that there is none", async () => {
  const { board, desk } = open();
  await board.create("one");
  const claimed = await Promise.all(["ada", "bob"].map((name) => desk.claim(name)));
  const owners = claimed.flatMap((one) => (one ? [one.task.owner] : []));
  expect(owners, "who was told that task 1 is theirs").toHaveLength(1);
});

test("what waits for another cannot be claimed until that is completed", async () => {
  const { board, desk } = open();
  await board.create("first");
  await board.create("second", { blockedBy: [1] });
  await expect(desk.claim("ada", 2)).rejects.toThrow("Task 2 still waits for 1. Claim another.");
  await board.update(1, { status: "completed" });
  expect((await desk.claim("ada"))?.task.id).toBe(2);
});

test("who has a task in progress goes on with it, and can claim no other", async () => {
  const { board, desk } = open();
  await board.create("one");
  await board.create("two");
  await desk.claim("ada", 2);
  expect(await desk.claim("ada")).toMatchObject({ task: { id: 2 }, isResumed: true });
  expect(await desk.claim("ada", 2)).toMatchObject({ task: { id: 2 }, isResumed: true });
  await expect(desk.claim("ada", 1)).rejects.toThrow(/You have task 2 in progress/);
});

test("a task that is meant for somebody is theirs before all others, and nobody else's", async () => {
  const { board, desk } = open();
  await board.create("one");
  await board.create("two");
  await board.update(2, { owner: "ada" });
  expect((await desk.claim("bob"))?.task.id).toBe(1);
  expect(await desk.claim("bob", 2).catch((error: Error) => error.message)).toMatch(/You have task 1/);
  await expect(desk.claim("cleo", 2)).rejects.toThrow(
    "Task 2 is not yours: it is meant for ada. Claim another.",
  );
  expect((await desk.claim("ada"))?.task.id).toBe(2);
});

test("completed, deleted and unknown tasks are refused by name", async () => {
  const { board, desk } = open();
  await board.create("one");
  await board.create("two");
  await board.update(1, { status: "completed" });
  await board.update(2, { status: "deleted" });
  await expect(desk.claim("ada", 1)).rejects.toThrow("Task 1 is completed already.");
  await expect(desk.claim("ada", 2)).rejects.toThrow("There is no task 2.");
  await expect(desk.claim("ada", 9)).rejects.toThrow("There is no task 9.");
});

test("a claim whose program is gone is released, said so, and its owner's when that comes back", async () => {
  const { board, desk, released, file } = open();
  await board.create("one");
  await board.create("two");
  await desk.claim("ada", 2);
  const task = JSON.parse(readFileSync(file(2), "utf8")) as object;
  writeFileSync(file(2), JSON.stringify({ ...task, claim: { pid: 999_999_999 } }));
  expect((await desk.free())("bob")).toEqual([1, 2]);
  expect((await desk.claim("bob"))?.task.id).toBe(1);
  expect(released, "tasks put back when bob looks, and who had them").toEqual(["2 ada"]);
  expect(await board.get(2)).toMatchObject({ status: "pending", owner: "" });
  await board.create("three");
  expect(await desk.claim("ada")).toMatchObject({ task: { id: 2 }, isResumed: true });
});

/** The program that claimed the task is gone. */
function killOwner(file: string): void {
  const task = JSON.parse(readFileSync(file, "utf8")) as object;
  writeFileSync(file, JSON.stringify({ ...task, claim: { pid: 999_999_999 } }));
}

test("what was taken from somebody whose program died is theirs before an older task, and begun", async () => {
  const { board, desk, file } = open();
  for (const subject of ["one", "two", "three"]) await board.create(subject);
  await desk.claim("ada", 3);
  killOwner(file(3));
  expect(await desk.claim("ada")).toMatchObject({ task: { id: 3 }, isResumed: true });
  expect(await desk.claim("bob")).toMatchObject({ task: { id: 1 }, isResumed: false });
});

test("a task that is completed stays so when its program is gone", async () => {
  const { board, desk, released, file } = open();
  await board.create("one");
  await desk.claim("ada");
  await board.update(1, { status: "completed" });
  killOwner(file(1));
  expect((await desk.free())("bob")).toEqual([]);
  expect(await desk.claim("bob")).toBeUndefined();
  expect(released).toEqual([]);
  expect(await board.get(1)).toMatchObject({ status: "completed", owner: "ada" });
});

test("a task that somebody set to in progress without a claim is theirs, and released by no look", async () => {
  const { board, desk, released } = open();
  await board.create("one");
  await board.update(1, { status: "in_progress", owner: "ada" });
  expect(await desk.claim("bob")).toBeUndefined();
  expect(await desk.claim("ada")).toMatchObject({ task: { id: 1 }, isResumed: true });
  await board.create("two");
  await board.update(2, { status: "in_progress" });
  await expect(desk.claim("bob", 2)).rejects.toThrow(
    "it is in progress, and says not by whom. Claim another.",
  );
  expect(released).toEqual([]);
});

test("a claim is not released for the number alone: another process may have it now", async () => {
  const { board, desk, file } = open();
  await board.create("one");
  await desk.claim("ada");
  const task = JSON.parse(readFileSync(file(1), "utf8")) as object;
  writeFileSync(file(1), JSON.stringify({ ...task, claim: { pid: process.ppid, mark: "another" } }));
  expect((await desk.claim("bob"))?.task.owner).toBe("bob");
  await desk.release("bob");
  const living = { pid: process.ppid, mark: startMark(process.ppid) };
  writeFileSync(file(1), JSON.stringify({ ...task, claim: living }));
  expect(await desk.claim("bob")).toBeUndefined();
});

test("one of the same name in another program is somebody else", async () => {
  const { board, desk, file } = open();
  await board.create("one");
  await desk.claim("ada");
  const task = JSON.parse(readFileSync(file(1), "utf8")) as object;
  const other = { pid: process.ppid, mark: startMark(process.ppid) };
  // That program; an earlier one that had this one's number; and one whose mark is this one's by chance.
  const mark = startMark(process.pid);
  for (const claim of [other, { pid: process.pid, mark: "another" }, { pid: 999_999_999, mark }]) {
    writeFileSync(file(1), JSON.stringify({ ...task, claim }));
    expect(await desk.release("ada")).toEqual([]);
    expect((await board.get(1)).status).toBe("in_progress");
  }
  writeFileSync(file(1), JSON.stringify({ ...task, claim: other }));
  expect(await desk.claim("ada")).toBeUndefined();
});

test("all that one has in progress is put back, and only that", async () => {
  const { board, desk } = open();
  for (const subject of ["one", "two", "three", "four"]) await board.create(subject);
  for (const id of [1, 2]) await board.update(id, { status: "in_progress", owner: "ada" });
  await board.update(3, { status: "in_progress", owner: "bob" });
  await board.update(4, { owner: "ada" });
  expect((await desk.release("ada")).map(({ id }) => id)).toEqual([1, 2]);
  expect((await board.list()).map(({ status, owner }) => `${status} ${owner}`)).toEqual([
    "pending ",
    "pending ",
    "in_progress bob",
    "pending ada",
  ]);
});

test("what somebody could claim is what is nobody's or meant for them, and waits for nothing", async () => {
  const { board, desk } = open();
  for (const subject of ["one", "two", "three"]) await board.create(subject);
  await board.create("four", { blockedBy: [1] });
  await board.update(2, { owner: "ada" });
  await board.update(3, { status: "completed" });
  const free = await desk.free();
  expect([free("ada"), free("bob")]).toEqual([[1, 2], [1]]);
});

test("a desk to which nobody listens releases all the same", async () => {
  const { board, desk, file } = open();
  await board.create("one");
  await desk.claim("ada");
  killOwner(file(1));
  expect(await new ClaimDesk(board).claim("bob")).toMatchObject({ task: { owner: "bob" }, isResumed: false });
  expect(await board.get(1), "of whom it was taken").not.toHaveProperty("releasedFrom");
});

test("what is put back is free again, for anybody", async () => {
  const { board, desk } = open();
  await board.create("one");
  await desk.claim("ada");
  expect(await desk.release("ada")).toMatchObject([{ id: 1, status: "pending", owner: "" }]);
  expect(await board.get(1), "no program has it any more").not.toHaveProperty("claim");
  expect(await desk.release("ada")).toEqual([]);
  expect((await desk.claim("bob"))?.task.owner).toBe("bob");
});

test("what is left out is not given, and the rest is", async () => {
  const { board, desk } = open();
  await board.create("one");
  expect(await desk.claim("ada", undefined, new Set([1]))).toBeUndefined();
  expect((await desk.claim("bob", undefined, new Set([2])))?.task.id).toBe(1);
});
