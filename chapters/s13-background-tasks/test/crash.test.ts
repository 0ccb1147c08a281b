import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { sessionLives } from "@course/runtime";
import { runChapter, temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";

const REPOSITORY = join(import.meta.dirname, "../../..");
const MAIN = join(import.meta.dirname, "../src/main.ts");

interface Saved {
  id: string;
  status: string;
  pid: number;
}

function records(root: string): Saved[] {
  const folder = join(root, ".runtime-tasks");
  try {
    const names = readdirSync(folder).filter((name) => /^bg_.*\.jsonl$/.test(name));
    return names.map((name) => {
      const lastLine = readFileSync(join(folder, name), "utf8").trim().split("\n").at(-1) ?? "";
      return JSON.parse(lastLine) as Saved;
    });
  } catch {
    return [];
  }
}

/** Starts s13 with a task that would run for minutes, and resolves when it runs. */
async function startWithTask(root: string, command: string) {
  const program = spawn(
    process.execPath,
    ["--import", "./scripts/preflight.mjs", MAIN, "--offline", "--dir", root],
    { cwd: REPOSITORY, stdio: ["pipe", "ignore", "ignore"] },
  );
  program.stdin.write(`Run \`${command}\` in the background\n`);
  const deadline = Date.now() + 20_000;
  for (;;) {
    const [record] = records(root).filter(({ status }) => status === "running");
    if (record) return { program, record };
    if (Date.now() > deadline) throw new Error("the task never ran");
    await delay(20);
  }
}

async function gone(group: number): Promise<boolean> {
  for (const deadline = Date.now() + 5000; Date.now() < deadline; await delay(20))
    if (!sessionLives(group)) return true;
  return false;
}

test.each(["SIGTERM", "SIGHUP", "SIGINT", "SIGKILL"] as const)(
  "after %s no process of a task is left",
  async (signal) => {
    const root = temporaryFolder();
    const { program, record } = await startWithTask(root, "sleep 300 & sleep 300");
    const exited = new Promise((resolve) => program.once("exit", resolve));
    program.kill(signal);
    await exited;
    expect(await gone(record.pid)).toBe(true);
    if (signal !== "SIGKILL") expect(records(root)).toMatchObject([{ status: "killed" }]);
  },
);

test("after a kill the next start lists the task as interrupted, and tells the model", async () => {
  const root = temporaryFolder();
  const { program, record } = await startWithTask(root, "sleep 301");
  const exited = new Promise((resolve) => program.once("exit", resolve));
  program.kill("SIGKILL");
  await exited;
  expect(records(root)).toMatchObject([{ status: "running" }]);
  const { stderr } = await runChapter(import.meta.url, ["--offline", "--dir", root, "-p", "Run pwd"]);
  expect(stderr).toMatch(new RegExp(`${record.id} +interrupted +.*sleep 301`));
  expect(stderr).toMatch(/<task id="bg_\w+" status="interrupted"/);
  expect(records(root)).toMatchObject([{ id: record.id, status: "interrupted" }]);
  expect(await gone(record.pid)).toBe(true);
  const { stderr: second } = await runChapter(import.meta.url, ["--offline", "--dir", root, "-p", "Run pwd"]);
  expect(second).not.toMatch(/interrupted/);
});
