// What a queue between agent and command costs, and what it gives.
import { openLane } from "@course/remote-lanes";
import { redisMissing, startWorker, TestRedis, type TestWorker } from "@course/remote-lanes/testing";
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { BackgroundManager } from "@course/s13-background-tasks";
import { median, ratios, timed, type Figure } from "./figure.ts";

const TASKS = 200;
/** As many at once on either side. */
const AT_ONCE = 16;
const FEW = 100;
const MANY = 10_000;

/** Milliseconds until so many tasks have ended and were announced. */
async function announced(manager: BackgroundManager, count: number, command: string): Promise<number> {
  let told = 0;
  const all = new Promise<void>((resolve) => {
    const off = manager.onEnded(() => {
      told += manager.drain().length;
      if (told < count) return;
      off();
      resolve();
    });
  });
  return timed(() => {
    for (let index = 0; index < count; index++) manager.run(command);
    return all;
  });
}

async function withWorkers<T>(
  count: number,
  concurrency: number,
  measure: (manager: BackgroundManager) => Promise<T>,
): Promise<T> {
  const root = temporaryFolder();
  const redis = await TestRedis.start();
  const workers: TestWorker[] = [];
  const manager = new BackgroundManager(new Workspace(root));
  try {
    const args = ["--redis", redis.url, "--dir", root, "--concurrency", String(concurrency)];
    for (let index = 0; index < count; index++) workers.push(await startWorker(args));
    manager.lane = await openLane({ url: redis.url, folder: root, report: console.error });
    return await measure(manager);
  } finally {
    await manager.lane.close?.();
    for (const worker of workers) worker.process.kill("SIGKILL");
    await Promise.all(workers.map(({ exited }) => exited));
    await redis.remove();
  }
}

/** Tasks a second of 0.1 s each, with four at once on each worker: no more than forty a worker. */
async function throughput(workers: number): Promise<number> {
  const count = workers * 80;
  const ms = await withWorkers(workers, 4, async (manager) => {
    await announced(manager, 16, "true");
    return announced(manager, count, "sleep 0.1");
  });
  return (count / ms) * 1000;
}

export const remoteLanes: Figure = {
  name: "remote-lanes",
  question: "200 short tasks through Redis and one worker, all announced, against as many on this machine",
  aim: 1.5,
  unit: "ratio",
  obstacle: () => redisMissing(),
  async measure() {
    const local = () => announced(new BackgroundManager(new Workspace(temporaryFolder())), TASKS, "true");
    const costs = await withWorkers(1, AT_ONCE, async (manager) => {
      await announced(manager, AT_ONCE, "true");
      return ratios(7, () => announced(manager, TASKS, "true"), local);
    });
    const rates: string[] = [];
    for (const workers of [1, 2, 4]) rates.push((await throughput(workers)).toFixed(0));
    const ms = (total: number) => (total / TASKS).toFixed(1);
    return {
      values: costs.values,
      context: `${ms(costs.subject)} ms a task, local ${ms(costs.limit)}; 1, 2, 4 workers end ${rates.join(", ")} tasks of 0.1 s a second`,
    };
  },
};

export const remoteGrowth: Figure = {
  name: "remote-growth",
  question: "a task among 10,000 that wait in Redis, against one among 100",
  aim: 1.1,
  unit: "ratio",
  obstacle: () => redisMissing(),
  async measure() {
    const costs = await withWorkers(1, AT_ONCE, async (manager) => {
      const each = async (count: number) => (await announced(manager, count, "true")) / count;
      await each(FEW);
      const few = [await each(FEW), await each(FEW), await each(FEW), await each(FEW), await each(FEW)];
      return { few: median(few), many: await each(MANY) };
    });
    const { few, many } = costs;
    return { values: [many / few], context: `${many.toFixed(1)} ms a task, among 100 ${few.toFixed(1)} ms` };
  },
};
