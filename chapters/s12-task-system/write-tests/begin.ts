import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { openBlockers, TaskBoard } from "@course/s12-task-system";
import { expect, test } from "vitest";

// The contract, in short (the code is in src/task-board.ts):
//   create(subject, { blockedBy })  a new task, under a number that no task ever had
//   update(id, change)              changes what `change` names and nothing else; rejects, and changes nothing, where
//                                   the graph would get a cycle, or work would be under way that still has to wait
//   get(id), list()                 what lies in .tasks/task_<id>.json; a file that cannot be read is set aside
//   openBlockers(task, tasks)       the tasks that it still waits for

/** A board in a new, empty folder. */
function newBoard() {
  const root = temporaryFolder();
  return { root, board: new TaskBoard(new Workspace(root)) };
}

// An example. It kills no mutant: none of them touches what a task waits for.
test("a task waits for another until that is completed", async () => {
  const { board } = newBoard();
  await board.create("write");
  await board.create("publish", { blockedBy: [1] });
  expect(openBlockers(await board.get(2), await board.list())).toEqual([1]);
  await board.update(1, { status: "completed" });
  expect(openBlockers(await board.get(2), await board.list())).toEqual([]);
});
