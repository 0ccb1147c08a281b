import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Workspace } from "@course/runtime";
import { nodeArguments, temporaryFolder } from "@course/runtime/testing";
import { TaskBoard } from "@course/s12-task-system";
import { expect, test } from "vitest";

function startWorker(root: string, name: string, rounds: number) {
  const worker = join(import.meta.dirname, "worker.ts");
  return spawn(process.execPath, nodeArguments(worker, root, name, String(rounds)), {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

test("eight processes that create, link and complete at once lose nothing", async () => {
  const root = temporaryFolder();
  const board = new TaskBoard(new Workspace(root));
  await board.create("root");
  await board.update(1, { status: "completed" });
  const rounds = 5;
  const workers = Array.from({ length: 8 }, (_, index) => startWorker(root, `w${index}`, rounds));
  const codes = await Promise.all(
    workers.map((worker) => new Promise((resolve) => worker.once("exit", resolve))),
  );
  expect(codes).toEqual(Array(8).fill(0));
  const tasks = await board.list();
  expect(tasks).toHaveLength(1 + 8 * rounds * 2);
  expect(tasks[0]?.blocks).toHaveLength(8 * rounds);
  for (const task of tasks) {
    if (task.subject.endsWith("first")) expect(task).toMatchObject({ status: "completed", blockedBy: [1] });
    if (task.subject.endsWith("second")) expect(task.blockedBy).toHaveLength(1);
  }
});

test("a kill in the middle of writes leaves every file readable and the board usable", async () => {
  const root = temporaryFolder();
  const problems: string[] = [];
  const board = new TaskBoard(new Workspace(root), { onProblem: (problem) => problems.push(problem) });
  await board.create("root");
  await board.update(1, { status: "completed" });
  for (let attempt = 0; attempt < 4; attempt++) {
    const worker = startWorker(root, `k${attempt}`, 10_000);
    let rounds = 0;
    await new Promise<void>((resolve) =>
      worker.stdout.on("data", () => ++rounds === 3 + attempt && resolve()),
    );
    worker.kill("SIGKILL");
    await new Promise((resolve) => worker.once("exit", resolve));
    const folder = join(root, ".tasks");
    for (const name of readdirSync(folder))
      if (/^task_\d+\.json$/.test(name)) JSON.parse(readFileSync(join(folder, name), "utf8"));
    const before = (await board.list()).length;
    await board.create("after the kill");
    expect(await board.list()).toHaveLength(before + 1);
  }
  expect(problems).toEqual([]);
});
