// A program of its own, for the tests of several at once: creates, links and completes tasks.
import { Workspace } from "@course/runtime";
import { TaskBoard } from "@course/s12-task-system";

const [root = "", name = "", rounds = "0"] = process.argv.slice(2);
const board = new TaskBoard(new Workspace(root));
void main();

async function main(): Promise<void> {
  for (let round = 0; round < Number(rounds); round++) {
    const first = await board.create(`${name} ${round} first`, { blockedBy: [1] });
    const second = await board.create(`${name} ${round} second`);
    await board.update(second.id, { addBlockedBy: [first.id] });
    await board.update(first.id, { status: "completed", owner: name });
    console.log(second.id);
  }
}
