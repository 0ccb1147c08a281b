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
