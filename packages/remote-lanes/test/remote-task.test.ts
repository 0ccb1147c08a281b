import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import type { Letter } from "../src/protocol.ts";
import { RemoteTask } from "../src/remote-task.ts";

const job = { command: "true", timeoutSeconds: 5, folder: "/", cwd: ".", agent: "a", retry: true };
const end = { ending: "exited", exitCode: 0, signal: null } as const;

/** A task, and what delivers letters to it in their order. */
function newTask() {
  const task = new RemoteTask("a-bg_1", job, "mail", { stop: () => {}, forget: () => {} });
  let letters = 0;
  const take = (letter: Letter, data?: string) =>
    task.take({
      letter,
      id: `${1_000 * ++letters}-0`,
      stream: "mail",
      data: data === undefined ? undefined : Buffer.from(data),
    });
  return { task, take };
}

const began = (run: string, worker: string): Letter => ({ kind: "began", job: "a-bg_1", run, worker });
const output = (run: string): Letter => ({ kind: "output", job: "a-bg_1", run });
const ended = (run: string, exitCode: number): Letter => ({
  kind: "ended",
  job: "a-bg_1",
  run,
  ...end,
  exitCode,
});

test("what an earlier run still sends is not taken for the later one's", async () => {
  const { task, take } = newTask();
  await take(began("1", "first"));
  await take(output("1"), "one ");
  await take(began("2", "second"));
  await take(output("1"), "late ");
  await take(ended("1", 1));
  await take(output("2"), "two");
  await take(ended("2", 0));
  expect(await task.ended).toEqual({ ...end, endedAt: "1970-01-01T00:00:07.000Z" });
  expect(await text(task.output)).toBe("one \n[the worker first was lost; second runs it again]\ntwo");
  expect(task.running).toMatchObject({ worker: "second" });
});

test("the first end counts", async () => {
  const { task, take } = newTask();
  await take(began("1", "first"));
  await take(ended("1", 0));
  await task.lose("too late");
  await take(began("2", "second"));
  await take(ended("2", 1));
  expect(await task.ended).toMatchObject({ exitCode: 0 });
  expect(task.running).toMatchObject({ worker: "first" });
});

test("words of a worker cannot steer the terminal", async () => {
  const { task, take } = newTask();
  await take(began("1", "evil\u001b[2J\nname"));
  await take({ ...ended("1", 0), note: "a\u0007b" } as Letter);
  expect(task.running.worker).toBe("evil [2J name");
  expect(await text(task.output)).toBe("\n[a b]\n");
});

test("a task begins with its first letter, or when it ends without one", async () => {
  const { task, take } = newTask();
  let begun = false;
  void task.begins.then(() => (begun = true));
  await take(output("0"), "early ");
  expect([begun, task.hasBegun, task.running]).toEqual([false, false, {}]);
  await take(began("1", "w"));
  expect([begun, task.hasBegun]).toEqual([true, true]);
  expect(task.running).toEqual({ status: "running", startedAt: "1970-01-01T00:00:02.000Z", worker: "w" });
  expect(task.letters).toEqual(["1000-0", "2000-0"]);
  const refused = newTask();
  await refused.take({
    ...ended("1", 0),
    ending: "failed_to_start",
    exitCode: null,
    error: "no\nfolder",
  } as Letter);
  await refused.task.begins;
  expect([refused.task.hasBegun, refused.task.isOpen]).toEqual([false, false]);
  expect(await refused.task.ended).toMatchObject({ ending: "failed_to_start", error: "no folder" });
});

test("a task that is lost says so in its output, and what comes later is only noted to be removed", async () => {
  const { task, take } = newTask();
  await take(began("1", "w"));
  await task.lose(`a\u0007b${"x".repeat(300)}`);
  expect(await task.ended).toEqual({ ending: "lost", exitCode: null, signal: null });
  await take(output("1"), "late");
  expect(await text(task.output)).toBe(`\n[a b${"x".repeat(197)}]\n`);
  expect(task.letters).toHaveLength(2);
});

test("output that nobody reads holds up the letters behind it, not memory, once the task has begun", async () => {
  const { task, take } = newTask();
  await take(began("1", "w"));
  let isTaken = false;
  const taking = take(output("1"), "x".repeat(1_000_000)).then(() => (isTaken = true));
  await new Promise(setImmediate);
  expect(isTaken).toBe(false);
  task.output.resume();
  await taking;
  const waiting = newTask();
  await waiting.take(output("1"), "x".repeat(1_000_000));
  expect(waiting.task.hasBegun).toBe(false);
});

test("who stops or forgets a task does so by the task", () => {
  const asked: string[] = [];
  const task = new RemoteTask("a-bg_1", job, "mail", {
    stop: ({ id }) => asked.push(`stop ${id}`),
    forget: ({ id }) => asked.push(`forget ${id}`),
  });
  task.kill();
  task.forget();
  expect(asked).toEqual(["stop a-bg_1", "forget a-bg_1"]);
});
