// Which worktree a teammate gets for a task, and that the task can be completed from there.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createModelClient, Session, Workspace } from "@course/runtime";
import { TaskBoard } from "@course/s12-task-system";
import { Workplace } from "@course/s15-agent-teams";
import { expect, test } from "vitest";
import { TeammatePlace } from "../src/teammate-place.ts";
import { newRepository } from "./new-repository.ts";

const env = { ANTHROPIC_API_KEY: "test", MODEL_ID: "claude-sonnet-5-5" };
const session = new Session(createModelClient({ env }));

/** A repository with three tasks, and a teammate's place in it. */
async function withTasks() {
  const repository = newRepository();
  const workspace = new Workspace(repository.root);
  const board = new TaskBoard(workspace);
  for (const subject of ["First", "Second", "Third"]) await board.create(subject);
  const newPlace = () => new TeammatePlace(repository.worktrees, new Workplace(workspace), "ada");
  const complete = (place: TeammatePlace, id: number) =>
    place.wrapTaskUpdate(
      { id: "1", name: "task_update", input: { id, status: "completed" }, readOnly: false, session },
      async () => ({ content: "updated" }),
    );
  return { ...repository, board, newPlace, complete };
}

test("a worktree that was kept without its task is the task's again when somebody takes it", async () => {
  const { worktrees, commit, root, newPlace, complete, board } = await withTasks();
  await newPlace().enter("task-1", 1);
  commit("task-1", { "x.txt": "x\n" });
  await worktrees.remove("task-1", { keep: true });
  const next = newPlace();
  expect(await next.enter("task-1", 1)).toBe("task-1");
  expect((await complete(next, 1)).content).toMatch(/^Merged 1 commit .* Task 1 is completed\.\nupdated$/);
  expect(existsSync(join(root, "x.txt"))).toBe(true);
  expect((await board.get(1)).status).toBe("completed");
});

test("so is one that the start found without a record, and one that is unbound while somebody works in it", async () => {
  const { root, worktrees, newPlace, complete } = await withTasks();
  await newPlace().enter("task-1", 1);
  writeFileSync(join(root, ".claude/worktrees/index.json"), "{");
  await worktrees.reconcile();
  const place = newPlace();
  expect(await place.enter("task-1", 1)).toBe("task-1");
  await worktrees.remove("task-1", { keep: true });
  expect((await complete(place, 1)).content).toContain("Task 1 is completed.");
});

test("where another task has the name, the worktree gets another", async () => {
  const { worktrees, newPlace } = await withTasks();
  await worktrees.create("task-1", { taskId: 2 });
  await worktrees.create("task-1-2", { taskId: 3 });
  expect(await newPlace().enter("task-1", 1)).toBe("task-1-3");
  const bound = (await worktrees.list()).map(({ record: { name, taskId } }) => [name, taskId]);
  expect(bound).toEqual([
    ["task-1", 2],
    ["task-1-2", 3],
    ["task-1-3", 1],
  ]);
});
