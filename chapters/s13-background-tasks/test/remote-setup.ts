// What the tests of lanes past this machine share: a Redis of their own, workers as processes, and agents.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { openLane } from "@course/remote-lanes";
import { hasRedis, startWorker, TestRedis, type TestWorker } from "@course/remote-lanes/testing";
import { BackgroundManager, type RuntimeTaskRecord } from "@course/s13-background-tasks";
import { onTestFinished, test } from "vitest";

/** A test that needs a Redis; where there is none it is not run, which is said. */
export const onRedis = test.runIf(hasRedis());

export async function newRedis(): Promise<TestRedis> {
  const redis = await TestRedis.start();
  onTestFinished(() => redis.remove());
  return redis;
}

/** For a worker that a test kills: it counts as lost soon. On a busy machine, one that lives can be silent as long. */
export const DIES = ["--silent-seconds", "2"];

export async function newWorker(redis: TestRedis, root: string, ...more: string[]): Promise<TestWorker> {
  const worker = await startWorker(["--redis", redis.url, "--dir", root, ...more]);
  onTestFinished(async () => {
    worker.process.kill("SIGKILL");
    await worker.exited;
  });
  return worker;
}

export interface TestAgent {
  manager: BackgroundManager;
  /** Ids of what was announced, in its order. */
  announced: string[];
  /** What the user was told. */
  reports: string[];
  /** Resolves when so many were announced. */
  told(count: number): Promise<void>;
}

/** An agent without a model: a manager on the queue, which announces what has ended as the loop would. */
export async function newAgent(redis: TestRedis, root = temporaryFolder()): Promise<TestAgent> {
  const reports: string[] = [];
  const announced: string[] = [];
  const report = (message: string) => void reports.push(message);
  const manager = new BackgroundManager(new Workspace(root), report);
  manager.lane = await openLane({ url: redis.url, folder: root, report });
  onTestFinished(() => manager.lane.close?.());
  manager.onEnded(() => announced.push(...manager.drain().map(({ id }) => id)));
  const told = async (count: number) => {
    while (announced.length < count) await delay(20);
  };
  return { manager, announced, reports, told };
}

export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(20);
}

/** The last state of each task that a folder keeps. */
export function recordsIn(root: string): RuntimeTaskRecord[] {
  const folder = join(root, ".runtime-tasks");
  const names = readdirSync(folder).filter((name) => /^bg_.*\.jsonl$/.test(name));
  return names.flatMap((name) => {
    const line = readFileSync(join(folder, name), "utf8").trim().split("\n").at(-1) ?? "";
    return line === "" ? [] : [JSON.parse(line) as RuntimeTaskRecord];
  });
}
