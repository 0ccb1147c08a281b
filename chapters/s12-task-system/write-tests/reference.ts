// Tests that kill all five mutants, for the check of the exercise.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { TaskBoard } from "@course/s12-task-system";
import { expect, test } from "vitest";

async function newBoard() {
  const root = temporaryFolder();
  const board = new TaskBoard(new Workspace(root));
  await board.create("write", { description: "in RELEASE.md" });
  await board.create("publish", { blockedBy: [1] });
  return { root, board };
}

test("no two tasks wait for each other", async () => {
  const { board } = await newBoard();
  await expect(board.update(1, { addBlockedBy: [2] })).rejects.toThrow("cycle");
});

test("what still waits cannot be completed", async () => {
  const { board } = await newBoard();
  await expect(board.update(2, { status: "completed" })).rejects.toThrow("still waits");
});

test("a refused update leaves nothing", async () => {
  const { board } = await newBoard();
  await board.create("celebrate");
  await expect(board.update(3, { addBlockedBy: [1, 99] })).rejects.toThrow("no task 99");
  expect((await board.get(3)).blockedBy).toEqual([]);
});

test("an update leaves what it does not name", async () => {
  const { board } = await newBoard();
  expect(await board.update(1, { status: "in_progress" })).toMatchObject({ description: "in RELEASE.md" });
});

test("the number of a broken file is not given again", async () => {
  const { root, board } = await newBoard();
  writeFileSync(join(root, ".tasks/task_2.json"), "{");
  expect((await board.create("again")).id).toBe(3);
});
