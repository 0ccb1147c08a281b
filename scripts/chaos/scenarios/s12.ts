// Six changes of a board, one after the other; the model has no part in it.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { say } from "@course/offline-model/test";
import { Workspace } from "@course/runtime";
import { TaskBoard, type Task } from "@course/s12-task-system";
import type { Scenario } from "../scenario.ts";

const CHANGES: readonly ((board: TaskBoard) => Promise<Task>)[] = [
  (board) => board.create("write"),
  (board) => board.create("test"),
  (board) => board.create("publish", { blockedBy: [1, 2] }),
  (board) => board.update(1, { status: "completed" }),
  (board) => board.update(3, { removeBlockedBy: [2] }),
  (board) => board.update(2, { status: "deleted" }),
];

/** What the board shows after so many changes: a line a task, `id status waits-for blocks`. */
const AFTER: readonly (readonly string[])[] = [
  [],
  ["1 pending  "],
  ["1 pending  ", "2 pending  "],
  ["1 pending  3", "2 pending  3", "3 pending 1,2 "],
  ["1 completed  3", "2 pending  3", "3 pending 1,2 "],
  ["1 completed  3", "2 pending  ", "3 pending 1 "],
  ["1 completed  3", "3 pending 1 "],
];

interface Seen {
  problems: string[];
  tasks: string[];
  nextId: number;
}

export const scenario: Scenario = {
  about: "makes three tasks, and changes, unlinks and deletes",
  tells: false,
  respond: () => say("Nobody asks."),
  async first({ folder, say: tell }) {
    const board = new TaskBoard(new Workspace(folder));
    for (const [index, change] of CHANGES.entries()) {
      await change(board);
      tell(`changed ${index + 1}`);
    }
  },
  async next({ folder, say: tell }) {
    const problems: string[] = [];
    const board = new TaskBoard(new Workspace(folder), { onProblem: (problem) => problems.push(problem) });
    const tasks = (await board.list()).map(lineOf);
    const { id } = await board.create("again");
    tell(JSON.stringify({ problems, tasks, nextId: id } satisfies Seen));
  },
  judge(folder, first, next) {
    const done = first.words.length;
    const [word = "null"] = next.words;
    const seen = JSON.parse(word) as Seen | null;
    if (!seen) return { stands: "?", told: [], faults: ["the board could not be read"] };
    const shown = seen.tasks.join("; ");
    // The change that was under way may have been made or not, but not by half.
    const right = [done, done + 1].filter((count) => AFTER[count]?.join("; ") === shown);
    const known = new Set(
      AFTER.slice(0, done + 1)
        .flat()
        .map((line) => Number.parseInt(line, 10)),
    );
    const faults = [
      ...seen.problems,
      ...(right.length > 0 ? [] : [`after ${done} changes the board holds: ${shown || "nothing"}`]),
      ...(known.has(seen.nextId) ? [`the number ${seen.nextId} was given again`] : []),
      ...readdirSync(join(folder, ".tasks"))
        .filter((name) => !/^task_\d+\.json$|^\.gitignore$/.test(name))
        .map((name) => `left: .tasks/${name}`),
    ];
    const isThere = right.includes(done + 1) && !right.includes(done);
    return {
      stands: `${done}${isThere ? "+1" : ""} of ${CHANGES.length} changes`,
      told: [],
      faults,
    };
  },
};

function lineOf({ id, status, blockedBy, blocks }: Task): string {
  return `${id} ${status} ${blockedBy.join(",")} ${blocks.join(",")}`;
}
