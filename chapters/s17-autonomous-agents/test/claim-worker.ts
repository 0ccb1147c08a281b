// A process of the claim tests: takes tasks until all are completed, and notes when it holds which; or races for each.
import { appendFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { Workspace } from "@course/runtime";
import { TaskBoard } from "@course/s12-task-system";
import { ClaimDesk, keepClaim } from "@course/s17-autonomous-agents";

const [root = "", name = "", races] = process.argv.slice(2);
const board = new TaskBoard(new Workspace(root), { beforeUpdate: keepClaim });
const desk = new ClaimDesk(board);

void main();

async function main(): Promise<void> {
  if (races !== undefined) {
    // Says what came of each task, and stays until all have said so: a claim ends with its program.
    for (let id = 1; id <= Number(races); id++) {
      const claimed = await desk.claim(name, id).catch((error: Error) => error.message);
      const isOwner = typeof claimed === "object";
      process.stdout.write(`${JSON.stringify({ id, answer: isOwner ? "mine" : claimed })}\n`);
      // Where two were given one task, the second to complete it must not end here: that is for the test to say.
      if (isOwner) await board.update(id, { status: "completed" }).catch(() => {});
    }
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
}
