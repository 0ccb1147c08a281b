import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { BackgroundManager } from "@course/s13-background-tasks";
import { afterEach, expect, test } from "vitest";

// The contract, in short (the code is in src/background-manager.ts):
//   run(command)  starts a command and returns its record at once; 16 run at the same time, the others wait their turn
//   check(id)     the record: status queued, running, completed, failed, timed_out or killed; exitCode; preview
//   stop(id)      ends a task; resolves with its record when it has ended
//   drain()       the records of the tasks that ended since the last drain
//   On disk, .runtime-tasks/<id>.jsonl has a line for each state of a task; the last line holds.

const managers: BackgroundManager[] = [];
afterEach(async () => {
  await Promise.all(managers.splice(0).map((manager) => manager.stopAll()));
});

/** A manager in a new, empty folder. Whatever it still runs is ended after the test. */
function newManager() {
  const root = temporaryFolder();
  const manager = new BackgroundManager(new Workspace(root));
  managers.push(manager);
  return { root, manager };
}

/** Resolves when so many tasks have ended, counted from now. */
function ends(manager: BackgroundManager, count: number): Promise<void> {
  return new Promise((resolve) => manager.onEnded(() => (--count === 0 ? resolve() : undefined)));
}

// An example. It kills no mutant: none of them touches the output.
test("what a command prints is in its preview", async () => {
  const { manager } = newManager();
  const { id } = manager.run("echo hello");
  await ends(manager, 1);
  expect(manager.check(id).preview).toBe("hello\n");
});
