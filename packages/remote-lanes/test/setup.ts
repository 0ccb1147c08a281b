// What these tests share: a Redis, workers as processes, and a lane without an agent around it.
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { temporaryFolder } from "@course/runtime/testing";
import { Queue } from "bullmq";
import { onTestFinished, test } from "vitest";
import { openLane, type RemoteLane } from "../src/index.ts";
import { PREFIX, queueOf, type LaneJob } from "../src/protocol.ts";
import { hasRedis, startWorker, TestRedis, type TestWorker } from "../src/testing.ts";

/** A test that needs a Redis; where there is none it is not run, which is said. */
export const onRedis = test.runIf(hasRedis());

export async function newRedis(...options: string[]): Promise<TestRedis> {
  const redis = await TestRedis.start(...options);
  onTestFinished(() => redis.remove());
  return redis;
}

export async function newWorker(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<TestWorker> {
  const worker = await startWorker(["--silent-seconds", "2", ...args], env);
  onTestFinished(async () => {
    worker.process.kill("SIGKILL");
    await worker.exited;
  });
  return worker;
}

export interface TestLane {
  lane: RemoteLane;
  reports: string[];
  /** Starts a command; `ended` resolves with how it ended and what it wrote. */
  run(
    command: string,
    more?: { timeoutSeconds?: number; retry?: boolean },
  ): ReturnType<RemoteLane["start"]> & {
    result: Promise<{ ending: string; exitCode: number | null; error?: string; output: string }>;
  };
}

export async function newLane(url: string, folder: string): Promise<TestLane> {
  const reports: string[] = [];
  const lane = await openLane({ url, folder, report: (message) => reports.push(message) });
  onTestFinished(() => lane.close());
  let tasks = 0;
  const run: TestLane["run"] = (command, { timeoutSeconds = 30, retry = false } = {}) => {
    const task = lane.start({ id: `bg_${++tasks}`, command, timeoutSeconds, retry });
    const result = Promise.all([task.ended, text(task.output)]).then(([end, output]) => ({ ...end, output }));
    return Object.assign(task, { result });
  };
  return { lane, reports, run };
}

/** A worker of a new folder on a new Redis, and a lane of the same folder. */
export async function newWorkerAndLane(
  env?: NodeJS.ProcessEnv,
): Promise<Pick<TestLane, "run"> & { redis: TestRedis; folder: string; worker: TestWorker }> {
  const redis = await newRedis();
  const folder = newFolder();
  const worker = await newWorker(["--redis", redis.url, "--dir", folder], env);
  const { run } = await newLane(redis.url, folder);
  return { redis, folder, worker, run };
}

/** Resolves once commands have made these files in the folder. */
export async function made(folder: string, ...names: readonly string[]): Promise<void> {
  while (!names.every((name) => existsSync(join(folder, name)))) await delay(20);
}

export const newFolder = () => realpathSync(temporaryFolder());

/** A queue that anybody may write to who can write to the Redis. */
export function foreignQueue(url: string, folder: string): Queue<LaneJob> {
  const { hostname, port } = new URL(url);
  const queue = new Queue<LaneJob>(queueOf(folder), {
    connection: { host: hostname, port: Number(port), maxRetriesPerRequest: null },
    prefix: PREFIX,
  });
  onTestFinished(() => queue.close());
  return queue;
}
