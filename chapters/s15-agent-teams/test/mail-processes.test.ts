import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Workspace } from "@course/runtime";
import { nodeArguments, temporaryFolder } from "@course/runtime/testing";
import { Mailbox } from "@course/s15-agent-teams";
import { expect, onTestFinished, test } from "vitest";

const WORKER = join(import.meta.dirname, "mail-worker.ts");
const WANTED = 1_000;

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, nodeArguments(WORKER, ...args), {
    stdio: ["ignore", "ignore", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

test("eight writers and two readers, killed at random: each of a thousand messages is read once", async () => {
  const root = temporaryFolder();
  const box = new Mailbox(new Workspace(root), "ada");
  let generation = 0;
  const writer = () => start(root, "write", `w${generation++}`, "100000");
  const reader = () => start(root, "read", "r");
  const writers = Array.from({ length: 8 }, writer);
  const readers = Array.from({ length: 2 }, reader);
  const replace = (among: ChildProcess[], make: () => ChildProcess) => {
    const place = Math.floor(Math.random() * among.length);
    among[place]?.kill("SIGKILL");
    among[place] = make();
  };
  while (box.all().length < WANTED) {
    await delay(400);
    replace(writers, writer);
    replace(readers, reader);
  }
  for (const child of writers) child.kill("SIGKILL");
  await expect.poll(() => box.hasUnread, { timeout: 30_000 }).toBe(false);
  const sent = box.all().map(({ id, content }) => `${id} ${content}`);
  const kept = () => readFileSync(join(root, "kept"), "utf8").trim().split("\n");
  await expect.poll(() => kept().length, { timeout: 30_000 }).toBeGreaterThanOrEqual(sent.length);
  expect(kept()).toEqual(sent);
  // A writer that was killed may have sent its last message without knowing; none is sent twice.
  expect(new Set(box.all().map(({ content }) => content)).size).toBe(sent.length);
});
