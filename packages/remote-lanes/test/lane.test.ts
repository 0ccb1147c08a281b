// A lane and a worker in one program, on a real Redis: what goes over and comes back.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished } from "vitest";
import { CommandWorker } from "../src/command-worker.ts";
import { mailKey, stopKey } from "../src/protocol.ts";
import { connect, redisPlace } from "../src/redis-place.ts";
import type { TestRedis } from "../src/testing.ts";
import { foreignQueue, newFolder, newLane, newRedis, onRedis } from "./setup.ts";

/** A worker in this program. */
async function work(redis: TestRedis, folder: string, concurrency = 4) {
  const connection = await connect(redisPlace(redis.url, "--redis"), "--redis");
  const said: string[] = [];
  const report = (line: string) => void said.push(line);
  const options = { folder, agentFolder: folder, name: "w", concurrency, silentSeconds: 2, report };
  const worker = new CommandWorker(connection, options);
  onTestFinished(async () => {
    worker.giveUp();
    await worker.close();
    connection.disconnect();
  });
  return { worker, said };
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(20);
}

onRedis("a command waits for a worker, says when and where it begins, and how it ends", async () => {
  const redis = await newRedis();
  const folder = newFolder();
  const { run, lane } = await newLane(redis.url, folder);
  const task = run("echo out; echo err >&2; exit 3");
  expect([task.running, task.hasBegun, task.isOpen]).toEqual([{}, false, true]);
  expect(await lane.workers()).toBe(0);
  const before = Date.now();
  const { worker, said } = await work(redis, folder);
  expect(worker.queue).toBe(lane.queue);
  await task.begins;
  const { startedAt = "", ...running } = task.running;
  expect(running).toEqual({ status: "running", worker: "w" });
  expect(Date.parse(startedAt)).toBeGreaterThanOrEqual(before);
  expect(await task.result).toMatchObject({
    ending: "exited",
    exitCode: 3,
    signal: null,
    output: "out\nerr\n",
  });
  const { endedAt = "" } = await task.ended;
  expect(Date.parse(endedAt)).toBeGreaterThanOrEqual(Date.parse(startedAt));
  await until(() => said.length > 1);
  expect(said).toEqual([
    expect.stringMatching(/-bg_1 begins: echo out;/),
    expect.stringMatching(/-bg_1 exited with 3, \d+\.\d s$/),
  ]);
  expect(await lane.workers()).toBe(1);
  expect(worker.running).toBe(0);
});

onRedis("what ended is forgotten when it was told, with its letters and its mark to stop", async () => {
  const redis = await newRedis();
  const folder = newFolder();
  const look = redis.client();
  onTestFinished(() => look.disconnect());
  await work(redis, folder);
  const { run, lane } = await newLane(redis.url, folder);
  const { agent } = lane.marks.remote;
  const [first, second] = [run("echo one"), run("sleep 60")];
  await first.result;
  await second.begins;
  second.kill();
  expect(await second.result).toMatchObject({ ending: "aborted" });
  expect(await look.exists(stopKey(lane.queue, second.id))).toBe(1);
  const [newest] = await look.xrange(mailKey(lane.queue, agent), "-", "+");
  expect(newest?.[1][1]).toContain("bg_1");
  first.forget();
  second.forget();
  await until(async () => (await look.xlen(mailKey(lane.queue, agent))) === 0);
  await until(async () => (await look.exists(stopKey(lane.queue, second.id))) === 0);
});

onRedis("what is stopped before a worker begins it never runs, and leaves the queue", async () => {
  const redis = await newRedis();
  const folder = newFolder();
  const { run } = await newLane(redis.url, folder);
  const [stopped, next] = [run("touch stopped"), run("touch next")];
  stopped.kill();
  expect(await stopped.result).toMatchObject({ ending: "aborted", output: "" });
  await work(redis, folder);
  expect(await next.result).toMatchObject({ ending: "exited" });
  expect(existsSync(join(folder, "stopped"))).toBe(false);
});

onRedis("a worker runs as many at once as it may", async () => {
  const redis = await newRedis();
  const folder = newFolder();
  const { worker } = await work(redis, folder, 2);
  const { run } = await newLane(redis.url, folder);
  const tasks = [1, 2, 3].map((number) =>
    run(`touch began-${number}; until test -e go; do sleep 0.05; done`),
  );
  await Promise.all(tasks.slice(0, 2).map(({ begins }) => begins));
  await delay(300);
  expect(worker.running).toBe(2);
  expect(tasks[2]?.hasBegun).toBe(false);
  writeFileSync(join(folder, "go"), "");
  for (const task of tasks) expect(await task.result).toMatchObject({ ending: "exited" });
});

onRedis("a later program takes up what an earlier one gave to the queue, from its beginning", async () => {
  const redis = await newRedis();
  const folder = newFolder();
  await work(redis, folder);
  const earlier = await newLane(redis.url, folder);
  const task = earlier.run("echo one; until test -e go; do sleep 0.05; done; echo two");
  await task.begins;
  const { remote } = earlier.lane.marks;
  await earlier.lane.close();
  const { lane, run } = await newLane(redis.url, folder);
  expect(lane.marks.remote.agent).not.toBe(remote.agent);
  expect(lane.takesUp({ remote })).toBe(true);
  for (const other of [undefined, { ...remote, server: "h:1" }, { ...remote, queue: "q" }])
    expect(lane.takesUp({ remote: other })).toBe(false);
  const taken = lane.start({ id: "bg_1", command: "echo again", timeoutSeconds: 5, remote });
  expect(taken.id).toBe(task.id);
  const output = text(taken.output);
  await taken.begins;
  await run("touch go").result;
  expect(await taken.ended).toMatchObject({ ending: "exited", exitCode: 0 });
  expect(await output).toBe("one\ntwo\n");
});

onRedis("what the queue does not know any more is lost, unless it may be run again", async () => {
  const redis = await newRedis();
  const folder = newFolder();
  const earlier = await newLane(redis.url, folder);
  const { remote } = earlier.lane.marks;
  const { lane } = await newLane(redis.url, folder);
  const record = { command: "echo again", timeoutSeconds: 5, remote };
  const lost = lane.start({ id: "bg_7", ...record });
  const output = text(lost.output);
  expect(await lost.ended).toEqual({ ending: "lost", exitCode: null, signal: null });
  expect(await output).toBe("\n[the queue does not know it any more: whether it ran is not known]\n");
  const again = lane.start({ id: "bg_8", ...record, retry: true });
  const second = text(again.output);
  await work(redis, folder);
  expect(await again.ended).toMatchObject({ ending: "exited" });
  expect(await second).toBe("again\n");
});

onRedis(
  "a job that was begun by a worker that is gone is not begun again, and its agent hears why",
  async () => {
    const redis = await newRedis();
    const folder = newFolder();
    const { lane, run } = await newLane(redis.url, folder);
    const task = run("touch ran");
    const queue = foreignQueue(redis.url, folder);
    await until(async () => (await queue.getJob(task.id)) !== undefined);
    await (await queue.getJob(task.id))?.updateProgress({ begunBy: "another" });
    await work(redis, folder);
    expect(await task.result).toMatchObject({
      ending: "lost",
      output: "\n[a worker was lost: whether the command came to its end is not known]\n",
    });
    expect(existsSync(join(folder, "ran"))).toBe(false);
    expect(lane.marks.type).toBe("remote_bash");
  },
);

onRedis(
  "that Redis is away is said once, that it is back, too, and what was given meanwhile is run",
  async () => {
    const redis = await newRedis();
    const folder = newFolder();
    const { run, reports } = await newLane(redis.url, folder);
    await work(redis, folder);
    await run("true").result;
    await redis.stop();
    await until(() => reports.length > 0);
    const task = run("echo late");
    await delay(300);
    await redis.start();
    expect(await task.result).toMatchObject({ output: "late\n" });
    expect(reports).toEqual([
      expect.stringMatching(/^Redis at 127\.0\.0\.1:\d+ is away\. Tasks that run go on/),
      expect.stringMatching(/^Redis at 127\.0\.0\.1:\d+ is back\.$/),
    ]);
  },
);
