import { setTimeout as delay } from "node:timers/promises";
import { temporaryFolder } from "@course/runtime/testing";
import { expect } from "vitest";
import { DIES, newAgent, newRedis, newWorker, onRedis } from "./remote-setup.ts";

const TASKS = 300;
/** Fewer where workers are killed, for time's sake; REMOTE_TASKS=300 for as many. */
const UNDER_FIRE = Number(process.env["REMOTE_TASKS"] ?? 120);
const SECONDS = 0.2;
const WORKERS = ["one", "two", "three"];
const CONCURRENCY = 4;

onRedis(
  "300 tasks run beside each other on three workers, and each is announced once",
  { retry: 1 },
  async () => {
    const redis = await newRedis();
    const root = temporaryFolder();
    for (const name of WORKERS)
      await newWorker(redis, root, "--name", name, "--concurrency", `${CONCURRENCY}`);
    const { manager, announced, told } = await newAgent(redis, root);
    const start = performance.now();
    const ids = Array.from({ length: TASKS }, () => manager.run(`sleep ${SECONDS}`).id);
    await told(TASKS);
    const seconds = (performance.now() - start) / 1000;
    expect([...announced].sort()).toEqual(ids.sort());
    expect(new Set(manager.list().map(({ worker }) => worker))).toEqual(new Set(WORKERS));
    const limit = (TASKS * SECONDS) / (WORKERS.length * CONCURRENCY);
    // On a quiet machine it is less than 1.25. One after the other they would take twelve times as long.
    console.log(`${seconds.toFixed(2)} s, the limit is ${limit} s: ${(seconds / limit).toFixed(2)}`);
    expect(seconds / limit).toBeLessThan(6);
  },
);

onRedis("all tasks end and are announced once though a worker is killed every second", async () => {
  const redis = await newRedis();
  const root = temporaryFolder();
  const start = (name: string) =>
    newWorker(redis, root, "--name", name, "--concurrency", `${CONCURRENCY}`, ...DIES);
  const workers = await Promise.all(WORKERS.map(start));
  const { manager, announced, told } = await newAgent(redis, root);
  let kills = 0;
  let isOver = false;
  // The next one dies when there are three again: on a busy machine a start can take longer than a second.
  const killing = async () => {
    for (; ; kills += 1) {
      await delay(1_000);
      if (isOver) return;
      const index = Math.floor(Math.random() * workers.length);
      workers[index]?.process.kill("SIGKILL");
      workers[index] = await start(`${WORKERS[index]}-${kills + 1}`);
    }
  };
  const killed = killing();
  // Every other one may be run again.
  const ids = Array.from(
    { length: UNDER_FIRE },
    (_, index) => manager.run(`sleep ${SECONDS}`, { retry: index % 2 === 0 }).id,
  );
  await told(UNDER_FIRE);
  isOver = true;
  await killed;
  await delay(2_000);
  const counts = new Map<string, number>();
  for (const { status } of manager.list()) counts.set(status, (counts.get(status) ?? 0) + 1);
  console.log(
    `${kills} workers killed: ${[...counts].map(([status, count]) => `${count} ${status}`).join(", ")}`,
  );
  expect([...announced].sort()).toEqual(ids.sort());
  expect([...counts.keys()].filter((status) => !["completed", "interrupted"].includes(status))).toEqual([]);
  // Of those that may be run again, only one whose workers were killed three times is given up.
  const given = manager.list().filter(({ retry, status }) => retry && status !== "completed");
  expect(given.length).toBeLessThan(UNDER_FIRE / 50 + 1);
});
