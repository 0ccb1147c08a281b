import { execFileSync, spawn } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive, startMark, Workspace } from "@course/runtime";
import { BackgroundManager, type RuntimeTaskRecord } from "@course/s13-background-tasks";
import { expect, onTestFinished, test } from "vitest";
import { RuntimeTaskStore } from "../src/runtime-task.ts";

const MARK = startMark(process.pid);

function newFolder(): string {
  const root = mkdtempSync(join(tmpdir(), "course-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, ".runtime-tasks"));
  return root;
}

/** What a program that is gone left of a task. */
function leave(root: string, record: Partial<RuntimeTaskRecord> = {}): string {
  const id = record.id ?? "bg_1";
  const at = new Date(Date.now() - 60_000).toISOString();
  const whole: RuntimeTaskRecord = {
    id,
    type: "local_bash",
    status: "running",
    command: "npm test",
    createdAt: at,
    startedAt: at,
    endedAt: null,
    exitCode: null,
    signal: null,
    outputFile: `.runtime-tasks/${id}.log`,
    preview: "",
    notified: false,
    timeoutSeconds: 300,
    pid: 999_999_998,
    pidMark: "1",
    ownerPid: 999_999_999,
    ownerMark: "1",
    ...record,
  };
  const path = join(root, ".runtime-tasks", `${id}.jsonl`);
  writeFileSync(path, `${JSON.stringify(whole)}\n`);
  return path;
}

/** The manager of the next program. */
function recovered(root: string): BackgroundManager {
  const manager = new BackgroundManager(new Workspace(root));
  manager.recover();
  return manager;
}

test.each(["completed", "failed", "timed_out", "killed"] as const)(
  "a task that is %s, and was not told before a crash, is told by the next program, and by no third",
  (status) => {
    const root = newFolder();
    leave(root, { status, exitCode: 3, preview: "precious", endedAt: new Date().toISOString() });
    const manager = recovered(root);
    // It is this program's to tell now, also if it has not done so yet.
    expect(recovered(root).drain()).toEqual([]);
    expect(manager.drain()).toMatchObject([{ id: "bg_1", status, exitCode: 3, preview: "precious" }]);
    expect(recovered(root).drain()).toEqual([]);
  },
);

test("what was told is history", () => {
  const root = newFolder();
  leave(root, { status: "completed", notified: true });
  expect(recovered(root).list()).toEqual([]);
});

test("a log is taken away, and one that is not there is no error", () => {
  const root = newFolder();
  leave(root);
  const store = new RuntimeTaskStore(root);
  const [record] = store.untold();
  if (!record) throw new Error("a record was left");
  writeFileSync(join(root, record.outputFile), "x");
  for (let time = 0; time < 2; time++) store.removeLog(record);
  expect(readdirSync(join(root, ".runtime-tasks"))).toEqual(["bg_1.jsonl"]);
});

test("what ran is interrupted, with the end of its log", () => {
  const root = newFolder();
  leave(root);
  writeFileSync(join(root, ".runtime-tasks/bg_1.log"), `${"x".repeat(600)} the end`);
  const [record] = recovered(root).drain();
  expect(record).toMatchObject({ status: "interrupted", endedAt: null });
  expect(record?.preview).toMatch(/^x{492} the end$/);
});

test("what is found is unannounced, but not busy: no wake will come for it", async () => {
  const root = newFolder();
  leave(root);
  const manager = recovered(root);
  expect(manager.isBusy).toBe(false);
  const ended = new Promise((resolve) => manager.onEnded(resolve));
  manager.run("true");
  expect(manager.isBusy).toBe(true);
  await ended;
  expect(manager.isBusy).toBe(true);
  expect(manager.drain()).toHaveLength(2);
  expect(manager.isBusy).toBe(false);
  const endedToo = new Promise((resolve) => manager.onEnded(resolve));
  manager.run("true");
  await endedToo;
  expect(manager.isBusy).toBe(true);
});

test("tasks that a program ended when it was left are not told by the next one", async () => {
  const root = newFolder();
  const manager = new BackgroundManager(new Workspace(root));
  const { id } = manager.run("sleep 30");
  await manager.stopAll();
  const path = join(root, ".runtime-tasks", `${id}.jsonl`);
  writeFileSync(
    path,
    readFileSync(path, "utf8").replaceAll(`"ownerPid":${process.pid}`, '"ownerPid":999999999'),
  );
  expect(recovered(root).list()).toEqual([]);
});

test.each<[string, string, Partial<RuntimeTaskRecord>]>([
  ["a living program", "left alone", { ownerPid: process.pid, ownerMark: MARK }],
  [
    "a living program, though the clock was set since,",
    "left alone",
    { ownerPid: process.pid, ownerMark: MARK, createdAt: "2020-01-01T00:00:00.000Z" },
  ],
  ["an earlier program with our number", "told", { ownerPid: process.pid, ownerMark: "1" }],
  ["a program of before marks were kept", "told", { ownerPid: process.pid, ownerMark: undefined }],
  ["a program that is gone", "told", {}],
])("a task of %s is %s", (_, outcome, record) => {
  const root = newFolder();
  leave(root, record);
  expect(recovered(root).drain()).toHaveLength(outcome === "told" ? 1 : 0);
});

test.each([true, false])("a process that still runs is ended if it is the task's own (%s)", async (isOwn) => {
  const root = newFolder();
  const child = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  const exited = new Promise((resolve) => child.once("exit", () => resolve("ended")));
  const pid = child.pid ?? 0;
  leave(root, { pid, pidMark: isOwn ? startMark(pid) : "1" });
  recovered(root);
  if (isOwn) expect(await exited).toBe("ended");
  else expect(isAlive(pid)).toBe(true);
});

test("a last line that a crash cut short leaves the state before it", () => {
  const root = newFolder();
  const path = leave(root);
  writeFileSync(path, readFileSync(path, "utf8") + '{"id":"bg_1","status":"comp');
  expect(recovered(root).drain()).toMatchObject([{ id: "bg_1", status: "interrupted" }]);
});

test.each<[string, (path: string) => void]>([
  ["a FIFO", (path) => void execFileSync("mkfifo", [path])],
  ["a folder", (path) => mkdirSync(path)],
  ["a file of 150 MB", (path) => (writeFileSync(path, ""), truncateSync(path, 150_000_000))],
  ["an empty file", (path) => writeFileSync(path, "")],
])("%s in the place of a record or a log is passed over, and the others are found", (_, put) => {
  const root = newFolder();
  leave(root, { id: "bg_2" });
  put(join(root, ".runtime-tasks/bg_1.jsonl"));
  put(join(root, ".runtime-tasks/bg_2.log"));
  expect(recovered(root).drain()).toMatchObject([{ id: "bg_2", preview: "" }]);
});

test("a record that came with somebody's repository can name no other file, and no endless text", () => {
  const root = newFolder();
  writeFileSync(join(root, "secret"), "secret");
  leave(root, { id: "bg_1", outputFile: "secret" });
  leave(root, { id: "bg_2", status: "completed", preview: "x".repeat(100_000) });
  const path = leave(root, { id: "bg_3" });
  writeFileSync(path, readFileSync(path, "utf8").replaceAll("bg_3", "../bg_4"));
  const records = recovered(root).drain();
  expect(records.map(({ id, outputFile, preview }) => [id, outputFile, preview.length])).toEqual([
    ["bg_1", ".runtime-tasks/bg_1.log", 0],
    ["bg_2", ".runtime-tasks/bg_2.log", 500],
  ]);
});

test("two programs in one folder do not take each other's tasks for orphans", async () => {
  const root = newFolder();
  const manager = new BackgroundManager(new Workspace(root));
  manager.run("sleep 30");
  expect(recovered(root).list()).toEqual([]);
  expect(readdirSync(join(root, ".runtime-tasks")).filter((name) => name.endsWith(".jsonl"))).toHaveLength(1);
  await manager.stopAll();
});
