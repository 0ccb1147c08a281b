import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sessionLives, isAlive, Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { BackgroundManager, LOG_BYTES, type RuntimeTaskRecord } from "@course/s13-background-tasks";
import { afterEach, expect, test } from "vitest";

const managers: BackgroundManager[] = [];
afterEach(async () => {
  await Promise.all(managers.splice(0).map((manager) => manager.stopAll()));
});

function newManager(root = temporaryFolder()) {
  const manager = new BackgroundManager(new Workspace(root));
  managers.push(manager);
  return { root, manager };
}

/** Resolves when this many tasks have ended. */
function ended(manager: BackgroundManager, count: number): Promise<void> {
  return new Promise((resolve) => {
    const off = manager.onEnded(() => {
      if (--count > 0) return;
      off();
      resolve();
    });
  });
}

const readRecord = (root: string, id: string) =>
  JSON.parse(
    readFileSync(join(root, ".runtime-tasks", `${id}.jsonl`), "utf8")
      .trim()
      .split("\n")
      .at(-1) ?? "",
  ) as RuntimeTaskRecord;

test("run returns at once with a running record that is on disk", () => {
  const { root, manager } = newManager();
  const record = manager.run("sleep 30");
  expect(record).toMatchObject({
    type: "local_bash",
    status: "running",
    command: "sleep 30",
    exitCode: null,
    notified: false,
  });
  expect(readRecord(root, record.id)).toEqual(record);
});

test.each([
  ["true", 5, "completed", 0],
  ["exit 3", 5, "failed", 3],
  ["kill -9 $$", 5, "failed", null],
  ["sleep 30", 0.2, "timed_out", null],
])("%s ends as it should", async (command, timeoutSeconds, status, exitCode) => {
  const { root, manager } = newManager();
  const { id } = manager.run(command, { timeoutSeconds, taskId: 7 });
  await ended(manager, 1);
  expect(manager.check(id)).toMatchObject({ status, exitCode, taskId: 7 });
  expect(readRecord(root, id)).toEqual(manager.check(id));
});

test("stop ends the whole process group", async () => {
  const { manager } = newManager();
  const { id, pid } = manager.run("sleep 40 & sleep 40; wait");
  expect(await manager.stop(id)).toMatchObject({ status: "killed" });
  expect(pid !== null && sessionLives(pid)).toBe(false);
  expect(manager.drain()).toMatchObject([{ id, status: "killed" }]);
});

test("output goes to the log, stderr too, and the preview is its last 500 characters", async () => {
  const { root, manager } = newManager();
  const { id, outputFile } = manager.run("printf 'x%.0s' $(seq 600); echo; echo end >&2");
  await ended(manager, 1);
  const log = readFileSync(join(root, outputFile), "utf8");
  expect(log).toBe(`${"x".repeat(600)}\nend\n`);
  expect(manager.check(id).preview).toBe(log.slice(-500));
});

test("a task that is stopped keeps what it wrote", async () => {
  const { root, manager } = newManager();
  const { id, outputFile } = manager.run("echo early; sleep 30");
  while (manager.check(id).preview === "") await new Promise((resolve) => setTimeout(resolve, 10));
  await manager.stop(id);
  expect(readFileSync(join(root, outputFile), "utf8")).toBe("early\n");
});

test("tasks run beside each other: three that wait for one another all end", async () => {
  const { manager } = newManager();
  const meet = "touch $1; until test -e a -a -e b -a -e c; do sleep 0.05; done";
  for (const name of ["a", "b", "c"]) manager.run(`set -- ${name}; ${meet}`);
  await ended(manager, 3);
  expect(manager.list().map(({ status }) => status)).toEqual(Array(3).fill("completed"));
});

test("at most 16 run at once, the rest start in order", async () => {
  const { manager } = newManager();
  const records = Array.from({ length: 20 }, (_, index) => manager.run(`echo ${index}; sleep 0.1`));
  expect(records.map(({ status }) => status)).toEqual([
    ...Array(16).fill("running"),
    ...Array(4).fill("queued"),
  ]);
  await ended(manager, 20);
  const starts = records.map(({ startedAt }) => startedAt ?? "");
  expect([...starts].sort()).toEqual(starts);
});

test("a queued task that is stopped never starts", async () => {
  const { root, manager } = newManager();
  for (let index = 0; index < 16; index++) manager.run("sleep 30");
  const { id } = manager.run("touch started");
  expect(await manager.stop(id)).toMatchObject({ status: "killed", startedAt: null });
  await manager.stopAll();
  expect(existsSync(join(root, "started"))).toBe(false);
  expect(manager.drain()).toHaveLength(17);
});

test("500 short tasks started at once are each announced exactly once", async () => {
  const { manager } = newManager();
  const all = ended(manager, 500);
  const ids = Array.from({ length: 500 }, (_, index) => manager.run(`echo ${index}`).id);
  const announced: string[] = [];
  // Drain while they end, as the loop does.
  manager.onEnded(() => {
    if (Math.random() < 0.2) announced.push(...manager.drain().map(({ id }) => id));
  });
  await all;
  announced.push(...manager.drain().map(({ id }) => id));
  expect(announced.sort()).toEqual(ids.sort());
  expect(manager.activeCount).toBe(0);
  expect(manager.drain()).toEqual([]);
  expect(manager.list().every(({ status, notified }) => status === "completed" && notified)).toBe(true);
});

test("a task that writes 200 MB leaves memory flat and its log capped with a marker", async () => {
  const { root, manager } = newManager();
  const warmUp = ended(manager, 1);
  manager.run("head -c 20000000 /dev/zero");
  await warmUp;
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let highest = before;
  const watch = setInterval(() => (highest = Math.max(highest, process.memoryUsage.rss())), 5);
  const { id, outputFile } = manager.run("head -c 200000000 /dev/zero; echo the end");
  await ended(manager, 1);
  clearInterval(watch);
  expect(highest - before).toBeLessThan(60 * 1024 * 1024);
  const log = join(root, outputFile);
  expect(statSync(log).size).toBeLessThan(LOG_BYTES + 100);
  expect(readFileSync(log).subarray(-60).toString()).toMatch(
    /\[output beyond 10,485,760 bytes is not kept\]\n$/,
  );
  expect(manager.check(id).preview).toMatch(/the end\n$/);
});

test("a task whose grandchild holds stdout ends at its timeout, and the grandchild with it", async () => {
  const { manager } = newManager();
  const start = performance.now();
  const { id } = manager.run("sleep 50 & echo $!", { timeoutSeconds: 0.5 });
  await ended(manager, 1);
  expect(performance.now() - start).toBeLessThan(3500);
  const record = manager.check(id);
  expect(record.status).toBe("timed_out");
  expect(isAlive(Number(record.preview))).toBe(false);
});

test("stopAll leaves no process behind", async () => {
  const { manager } = newManager();
  const records = Array.from({ length: 5 }, () => manager.run("sleep 60 & sleep 60"));
  await manager.stopAll();
  expect(records.filter(({ pid }) => pid !== null && sessionLives(pid))).toEqual([]);
  expect(manager.list().map(({ status }) => status)).toEqual(Array(5).fill("killed"));
});

test("a task that cannot start ends as failed, and is announced", async () => {
  const { manager } = newManager();
  const { id } = manager.run(`echo ${"x".repeat(300_000)}`);
  await ended(manager, 1);
  expect(manager.check(id)).toMatchObject({
    status: "failed",
    preview: expect.stringContaining("did not start"),
  });
  expect(manager.activeCount).toBe(0);
});

test("records that cannot be written are reported, and no end is lost", async () => {
  const root = temporaryFolder();
  writeFileSync(join(root, ".runtime-tasks"), "a file where the folder should be");
  const problems: string[] = [];
  const manager = new BackgroundManager(new Workspace(root), (problem) => problems.push(problem));
  const { id } = manager.run("echo still here");
  await ended(manager, 1);
  expect(manager.drain()).toMatchObject([
    { id, status: "completed", preview: expect.stringMatching(/^still here\n\n\[the log could not/) },
  ]);
  expect(problems.length).toBeGreaterThan(0);
  const { manager: quiet } = newManager(root);
  quiet.run("true");
  await ended(quiet, 1);
  expect(quiet.drain(), "where nobody wants to hear of it").toHaveLength(1);
});

test("who leaves ends what runs, the oldest first in what is told, and nothing of what was ended before", async () => {
  const { manager } = newManager();
  const [first, ...rest] = [1, 2, 3].map((number) => manager.run(`sleep 3${number}`).id);
  await manager.stop(first ?? "");
  expect((await manager.stopAll()).map(({ id }) => id)).toEqual(rest);
});

test("what was drained once is not drained again", async () => {
  const { manager } = newManager();
  const { id } = manager.run("true");
  await ended(manager, 1);
  const drained = () => manager.drain().map((record) => record.id);
  expect(drained()).toEqual([id]);
  expect(drained(), "a second drain, so the model is told again").toEqual([]);
});

test("stopping a task that has ended changes nothing", async () => {
  const { manager } = newManager();
  const { id } = manager.run("true");
  await ended(manager, 1);
  expect(await manager.stop(id)).toMatchObject({ status: "completed" });
});

test("a queued task is on disk, too", async () => {
  const { root, manager } = newManager();
  const records = Array.from({ length: 17 }, () => manager.run("sleep 30"));
  expect(readRecord(root, records[16]?.id ?? "")).toMatchObject({ status: "queued" });
});

test("an unknown id is refused and the known ones are named", () => {
  const { manager } = newManager();
  expect(() => manager.check("bg_none")).toThrow("There are: none");
  const { id } = manager.run("true");
  expect(() => manager.check("bg_none")).toThrow(id);
});
