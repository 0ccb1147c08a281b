// A process of the claim tests: takes tasks until all are completed, and notes when it holds which; or claims one, once.
import { appendFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { Workspace } from "@course/runtime";
import { TaskBoard } from "@course/s12-task-system";
import { ClaimDesk } from "@course/s17-autonomous-agents";

const [root = "", name = "", once] = process.argv.slice(2);
const board = new TaskBoard(new Workspace(root));
const desk = new ClaimDesk(board);

if (once !== undefined) {
  process.stdout.write("ready\n");
  // All of them begin in the same moment.
  while (Date.now() < Number(once)) await delay(1);
  const claimed = await desk.claim(name, 1).catch((error: Error) => error.message);
  process.stdout.write(`${JSON.stringify(typeof claimed === "string" ? claimed : claimed?.task.owner)}\n`);
  // A claim ends with its program, so this one stays until all have answered.
  process.stdin.resume();
  await new Promise((resolve) => process.stdin.once("end", resolve));
} else {
  for (;;) {
    const claimed = await desk.claim(name);
    if (!claimed) {
      if ((await board.list()).every(({ status }) => status === "completed")) break;
      await delay(20);
      continue;
    }
    const { id } = claimed.task;
    appendFileSync(`${root}/log`, `begin ${id} ${process.pid}\n`);
    await delay(5 + Math.random() * 10);
    appendFileSync(`${root}/log`, `end ${id} ${process.pid}\n`);
    await board.update(id, { status: "completed" });
  }
}
