// What these tests share: a Redis, workers as processes, and a lane without an agent around it.
import { realpathSync } from "node:fs";
import { text } from "node:stream/consumers";
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
