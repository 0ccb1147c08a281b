// A program of its own, for the tests of crashes and of several programs. The third argument is the event after which
// it kills itself, counted from 1; what it did is on stdout, one event a line. COPIES=/folder copies the repository after
// every event, as a kill there would leave it, to /folder/1 and so on.
import { cpSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Workspace } from "@course/runtime";
import { Worktrees } from "@course/s18-worktree-isolation";

const [root = "", action = "", last = "0", ...names] = process.argv.slice(2);
let count = 0;
const worktrees = new Worktrees(new Workspace(root), {
  onProblem: (problem) => console.error(problem),
  onEvent({ step, phase }) {
    writeSync(1, `${step} ${phase}\n`);
    count += 1;
    if (count === Number(last)) process.kill(process.pid, "SIGKILL");
    const { COPIES } = process.env;
    if (COPIES !== undefined) cpSync(root, join(COPIES, String(count)), { recursive: true });
  },
});
const context = { signal: new AbortController().signal, toolUseId: "toolu_1" };
void main();

async function main(): Promise<void> {
  for (const name of names) {
    if (action === "create") await worktrees.create(name);
    else if (action === "remove") await worktrees.remove(name);
    else if (action === "force") await worktrees.remove(name, { force: true });
    else if (action === "complete") await worktrees.remove(name, { completeTask: true });
    else if (action === "finish") await worktrees.finish(name);
    else if (action === "run") await worktrees.run(name, "echo started > started.log; sleep 30", context);
    else if (action === "all") {
      await worktrees.create(name);
      await worktrees.run(name, "echo $$ > mine.txt && git add . && git commit --quiet -m mine", context);
      await worktrees.remove(name, { force: true });
    } else throw new Error(`Unknown action ${action}.`);
  }
}
