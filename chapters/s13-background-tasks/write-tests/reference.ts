// Tests that kill all five mutants, for the check of the exercise.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { BackgroundManager } from "@course/s13-background-tasks";
import { afterEach, expect, test } from "vitest";

const managers: BackgroundManager[] = [];
afterEach(async () => {
  await Promise.all(managers.splice(0).map((manager) => manager.stopAll()));
});

function newManager() {
  const root = temporaryFolder();
  const manager = new BackgroundManager(new Workspace(root));
  managers.push(manager);
  return { root, manager };
}

function ends(manager: BackgroundManager, count: number): Promise<void> {
  return new Promise((resolve) => manager.onEnded(() => (--count === 0 ? resolve() : undefined)));
}

test("an end is told once", async () => {
  const { manager } = newManager();
  manager.run("true");
  await ends(manager, 1);
  expect(manager.drain()).toHaveLength(1);
  expect(manager.drain()).toEqual([]);
});

test("the seventeenth has its turn", async () => {
  const { manager } = newManager();
  for (let count = 0; count < 17; count++) manager.run("true");
  await ends(manager, 17);
  expect(manager.list().map(({ status }) => status)).toEqual(Array(17).fill("completed"));
});

test("stop waits for the end", async () => {
  const { manager } = newManager();
  const { id } = manager.run("sleep 30");
  expect((await manager.stop(id)).status).toBe("killed");
});

test("a command that fails has failed", async () => {
  const { manager } = newManager();
  const { id } = manager.run("exit 3");
  await ends(manager, 1);
  expect(manager.check(id).status).toBe("failed");
});

test("the end is on disk", async () => {
  const { root, manager } = newManager();
  const { id } = manager.run("true");
  await ends(manager, 1);
  const lines = readFileSync(join(root, `.runtime-tasks/${id}.jsonl`), "utf8")
    .trim()
    .split("\n");
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ status: "completed" });
});
