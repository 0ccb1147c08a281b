import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Workspace } from "@course/runtime";
import { TaskBoard, type TaskChange } from "@course/s12-task-system";
import { expect, onTestFinished, test } from "vitest";

/** Three tasks in a chain, with these statuses. */
async function chain(...statuses: readonly ("pending" | "in_progress" | "completed")[]) {
  const root = mkdtempSync(join(tmpdir(), "course-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const board = new TaskBoard(new Workspace(root));
  for (const [index, status] of statuses.entries()) {
    const { id } = await board.create(`task ${index + 1}`, { blockedBy: index === 0 ? [] : [index] });
    await board.update(id, { status });
  }
  return { root, board };
}

test.each<[string, number, TaskChange]>([
  ["starting a task that waits", 3, { status: "in_progress" }],
  ["completing a task that waits", 3, { status: "completed" }],
  ["reopening what a task under way waited for", 1, { status: "pending" }],
  ["starting anew what a task under way waited for", 1, { status: "in_progress" }],
])("%s is refused, with what to do, and changes nothing", async (_, id, change) => {
  const { board } = await chain("completed", "in_progress", "pending");
  const before = await board.list();
  await expect(board.update(id, change)).rejects.toThrow(
    /^That would leave task \d \w+ although it still waits for \d\. Complete that first, remove the edge, or set the task to pending\.$/,
  );
  expect(await board.list()).toEqual(before);
});

test.each(["in_progress", "completed"] as const)(
  "a task that is %s cannot be made to wait for an open one",
  async (status) => {
    const { board } = await chain("completed", status);
    await board.create("open");
    await expect(board.update(2, { addBlockedBy: [3] })).rejects.toThrow(
      `leave task 2 ${status} although it still waits for 3`,
    );
    expect(await board.update(2, { addBlockedBy: [3], status: "pending" })).toMatchObject({
      blockedBy: [1, 3],
    });
  },
);

test("all that it would wait for is named", async () => {
  const { board } = await chain("pending");
  await board.create("open");
  await board.create("work", { blockedBy: [1, 2] });
  await expect(board.update(3, { status: "in_progress" })).rejects.toThrow("still waits for 1, 2.");
});

test("what waits and has not begun does not stop its blocker from being reopened", async () => {
  const { board } = await chain("completed", "pending");
  expect(await board.update(1, { status: "pending" })).toMatchObject({ status: "pending" });
});

test("deleting an open task frees what waits for it", async () => {
  const { board } = await chain("pending", "pending");
  await board.update(1, { status: "deleted" });
  expect(await board.update(2, { status: "completed" })).toMatchObject({ status: "completed" });
});

test("work that a merge left waiting can be mended, and does not stop other edits", async () => {
  const { root, board } = await chain("completed", "completed", "pending");
  const path = join(root, ".tasks/task_1.json");
  writeFileSync(path, readFileSync(path, "utf8").replace('"completed"', '"pending"'));
  expect(await board.update(2, { owner: "ada" })).toMatchObject({ owner: "ada" });
  expect(await board.update(1, { status: "in_progress" })).toMatchObject({ status: "in_progress" });
  await expect(board.update(2, { status: "in_progress" })).rejects.toThrow("still waits for 1");
  expect(await board.update(1, { status: "completed" })).toMatchObject({ status: "completed" });
});
