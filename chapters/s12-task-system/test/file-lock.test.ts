import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startMark } from "@course/runtime";
import { nodeArguments } from "@course/runtime/testing";
import { FileLock } from "@course/s12-task-system";
import { expect, onTestFinished, test } from "vitest";

const DEAD = "999999999 1 token";

function newLock() {
  const folder = mkdtempSync(join(tmpdir(), "course-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, ".lock");
  return { folder, path, lock: new FileLock(path) };
}

function startWorker(path: string, milliseconds: number): ChildProcess & { said: () => string } {
  const worker = join(import.meta.dirname, "lock-worker.ts");
  const child = spawn(process.execPath, nodeArguments(worker, path, String(milliseconds)), {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  return Object.assign(child, { said: () => said });
}

const gone = (child: ChildProcess) => new Promise<void>((resolve) => child.once("exit", () => resolve()));

const guardOf = (path: string, entry: string, owner: string) =>
  `${path}.break-${createHash("sha256").update(`${entry} ${owner}`).digest("hex").slice(0, 16)}`;

const leave: [string, (path: string) => void][] = [
  ["a program that died", (path) => symlinkSync(DEAD, path)],
  [
    "an earlier program with our number",
    (path) => symlinkSync(`${process.pid} ${startMark(process.pid)} 00`, path),
  ],
  ["a program whose number another one has now", (path) => symlinkSync(`${process.ppid} 12345 token`, path)],
  ["nobody: an empty file", (path) => writeFileSync(path, "")],
  ["nobody: a file with a number", (path) => writeFileSync(path, `${process.ppid} token`)],
  ["nobody: a link with other words", (path) => symlinkSync("../elsewhere", path)],
  ["nobody: a FIFO", (path) => void execFileSync("mkfifo", [path])],
  [
    "a program that died, and so did the one that broke it",
    (path) => {
      symlinkSync(DEAD, path);
      symlinkSync("999999998 1 token", guardOf(path, ".lock", DEAD));
    },
  ],
  [
    "nobody, with a guard of nobody",
    (path) => {
      writeFileSync(path, "");
      writeFileSync(guardOf(path, ".lock", ""), "");
    },
  ],
];

test.each(leave)("a lock of %s is taken over at once", async (_, plant) => {
  const { folder, path, lock } = newLock();
  plant(path);
  const start = performance.now();
  expect(await lock.hold(() => "held")).toBe("held");
  expect(performance.now() - start).toBeLessThan(1000);
  expect(readdirSync(folder)).toEqual([]);
});

test("a lock that another program holds is waited for", async () => {
  const { folder, path, lock } = newLock();
  const worker = startWorker(path, 400);
  while (!readdirSync(folder).includes(".lock-inside")) await delay(5);
  const said = worker.said().length;
  expect(await lock.hold(() => readdirSync(folder))).not.toContain(".lock-inside");
  worker.kill("SIGKILL");
  await gone(worker);
  expect(worker.said().length).toBeGreaterThan(said);
});

test("what the work throws is thrown, and the lock is free again", async () => {
  const { lock } = newLock();
  const failing = lock.hold(() => {
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await lock.hold(() => "held")).toBe("held");
});

test("the lock is held while the work runs, and by nobody afterwards", async () => {
  const { lock, folder } = newLock();
  rmSync(folder, { recursive: true });
  expect(await lock.hold(() => lock.owner), "the owner while the work runs").toBe(String(process.pid));
  expect(lock.owner, "the owner afterwards").toBeUndefined();
});

test("two objects in one program hold the lock in turn, even where one is asked for inside the other", async () => {
  const { path, lock } = newLock();
  const order: string[] = [];
  let inner: Promise<unknown> | undefined;
  await lock.hold(() => {
    inner = new FileLock(path).hold(() => order.push("inner"));
    order.push("outer");
  });
  await inner;
  expect(order).toEqual(["outer", "inner"]);
});

test("a dead lock that another program is breaking is left to it", async () => {
  const { path, lock } = newLock();
  symlinkSync(DEAD, path);
  const guard = guardOf(path, ".lock", DEAD);
  symlinkSync(`${process.ppid} ${startMark(process.ppid)} token`, guard);
  const held = lock.hold(() => "held");
  const first = await Promise.race([held, delay(150, "waits")]);
  expect(first, "what a second program does while the first is breaking the lock").toBe("waits");
  rmSync(guard);
  expect(await held).toBe("held");
});

test("programs that are killed at any moment, and locks of the dead, never let two in at once", async () => {
  const { path } = newLock();
  const crowd = Array.from({ length: 5 }, () => startWorker(path, 0));
  const all = [...crowd];
  let planted = 0;
  const plant = setInterval(() => {
    if (plantDeadLock(path, planted)) planted += 1;
  }, 2);
  onTestFinished(() => clearInterval(plant));
  while (crowd.some((worker) => worker.said() === "")) await delay(10);
  for (let round = 0; round < 20; round++) {
    await delay(20 + Math.random() * 20);
    crowd.shift()?.kill("SIGKILL");
    const next = startWorker(path, 0);
    crowd.push(next);
    all.push(next);
  }
  // Whoever is left gets the lock.
  while (crowd.some((worker) => worker.said() === "")) await delay(10);
  clearInterval(plant);
  for (const worker of crowd) worker.kill("SIGKILL");
  await Promise.all(crowd.map(gone));
  expect(all.map((worker) => worker.said()).join("")).toMatch(/^\++$/);
  expect(planted).toBeGreaterThan(50);
});

/** A lock of a dead program, if there is none of anybody. */
function plantDeadLock(path: string, count: number): boolean {
  try {
    symlinkSync(`999999999 1 ${count}`, path);
    return true;
  } catch {
    return false;
  }
}
