// The log of what was done: what each step leaves in it, and what is read of a log that somebody cut or grew.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { EventLog, type WorktreeEvent } from "../src/events.ts";

function open(folder = temporaryFolder()) {
  const problems: string[] = [];
  const heard: string[] = [];
  const log = new EventLog(
    folder,
    (problem) => problems.push(problem),
    ({ worktree, step, phase }) => heard.push(`${worktree} ${step} ${phase}`),
  );
  const shown = () => log.last(99).map(({ step, phase, reason }) => [step, phase, reason]);
  return { log, problems, heard, shown, file: join(folder, "events.jsonl") };
}

test("a step is a line before it and one after it, with when and by whom", async () => {
  const { log, heard, shown } = open();
  expect(await log.step("a", "add", () => 42)).toBe(42);
  expect(heard).toEqual(["a add begin", "a add end"]);
  expect(shown()).toEqual([
    ["add", "begin", undefined],
    ["add", "end", undefined],
  ]);
  expect(log.last(1)).toEqual([
    expect.objectContaining({
      worktree: "a",
      phase: "end",
      pid: process.pid,
      at: expect.stringMatching(/Z$/),
    }),
  ]);
});

test.runIf(existsSync("/proc/self/fd"))("the log is open only while it is written", async () => {
  const openFiles = () => readdirSync("/proc/self/fd").length;
  const { log } = open();
  const before = openFiles();
  for (let step = 0; step < 20; step++) await log.step("a", "add", () => {});
  expect(openFiles() - before).toBeLessThan(20);
});

test("a step that fails is noted with the first line of why, and rejects with the whole", async () => {
  const { log, heard, shown } = open();
  const why = `${"x".repeat(250)}\nsecond line`;
  await expect(log.step("a", "merge", () => Promise.reject(new Error(why)))).rejects.toThrow(why);
  expect(shown()).toEqual([
    ["merge", "begin", undefined],
    ["merge", "failed", "x".repeat(200)],
  ]);
  expect(heard).toEqual(["a merge begin"]);
});

test("the last are given, oldest first, without what is no event", async () => {
  const { log, file, shown } = open();
  expect(log.last(5), "of a log that is not there").toEqual([]);
  for (const step of ["reserve", "add", "ready"] as const) await log.step("a", step, () => {});
  expect(log.last(2).map(({ step, phase }) => `${step} ${phase}`)).toEqual(["ready begin", "ready end"]);
  const [whole = ""] = readFileSync(file, "utf8").split("\n");
  const { step: _, ...part } = JSON.parse(whole) as WorktreeEvent;
  writeFileSync(file, `${whole}\nnull\n7\n{}\n${JSON.stringify(part)}\n${whole}\n${whole.slice(0, 30)}`);
  expect(shown()).toEqual([
    ["reserve", "begin", undefined],
    ["reserve", "begin", undefined],
  ]);
});

test("of a long log only the end is read", async () => {
  const { log, file } = open();
  await log.step("a", "add", () => {});
  appendFileSync(file, `${"x".repeat(20_000)}\n`);
  await log.step("a", "ready", () => {});
  expect(log.last(99).map(({ step }) => step)).toEqual(["ready", "ready"]);
});

test("a log that cannot be written is reported, and stops no step; a link is not followed", async () => {
  const { log, problems, file } = open();
  const elsewhere = join(temporaryFolder(), "elsewhere");
  symlinkSync(elsewhere, file);
  expect(await log.step("a", "add", () => "done")).toBe("done");
  expect(existsSync(elsewhere)).toBe(false);
  expect(problems[0]).toMatch(/^The events of the worktrees are not written: /);
  const other = open();
  mkdirSync(other.file);
  expect(await other.log.step("a", "add", () => "done")).toBe("done");
  expect(other.problems).toHaveLength(2);
  expect(other.log.last(5)).toEqual([]);
});
