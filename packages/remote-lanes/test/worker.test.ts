import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { sessionLives } from "@course/runtime";
import { expect, test } from "vitest";
import { mailKey, OUTPUT_BYTES, queueOf, type LaneJob } from "../src/protocol.ts";
import { hasRedis, startWorker, type TestRedis } from "../src/testing.ts";
import {
  foreignQueue,
  made,
  newFolder,
  newLane,
  newRedis,
  newWorker,
  newWorkerAndLane,
  onRedis,
} from "./setup.ts";

const AGENT = "a1";

function job(folder: string, more: Partial<LaneJob> = {}): LaneJob {
  return { command: "touch ran", timeoutSeconds: 5, folder, cwd: ".", agent: AGENT, retry: false, ...more };
}

/** What a worker answered to an agent. */
async function answer(redis: TestRedis, folder: string, agent = AGENT): Promise<string> {
  const look = redis.client();
  for (;;) {
    const letters = JSON.stringify(await look.xrange(mailKey(queueOf(folder), agent), "-", "+"));
    if (letters.includes("ended")) {
      look.disconnect();
      return letters;
    }
    await delay(20);
  }
}

onRedis("runs nothing of another folder, though the job lies in its queue", async () => {
  const redis = await newRedis();
  const [folder, other] = [newFolder(), newFolder()];
  await newWorker(["--redis", redis.url, "--dir", folder]);
  await foreignQueue(redis.url, folder).add("command", job(other), { jobId: "a1-bg_1" });
  expect(await answer(redis, folder)).toMatch(/failed_to_start.*it serves .*, not /);
  expect(existsSync(join(folder, "ran"))).toBe(false);
});

onRedis("refuses to start outside of its folder, links included", async () => {
  const redis = await newRedis();
  const outside = newFolder();
  const folder = join(outside, "agent");
  mkdirSync(join(folder, "sub"), { recursive: true });
  symlinkSync(outside, join(folder, "out"));
  await newWorker(["--redis", redis.url, "--dir", folder]);
  const queue = foreignQueue(redis.url, folder);
  for (const [index, cwd] of ["../", outside, "out", "sub/../.."].entries()) {
    await queue.add("command", job(folder, { cwd, agent: `a${index}` }), { jobId: `a${index}-bg_1` });
    expect(await answer(redis, folder, `a${index}`)).toMatch(/failed_to_start.*leads out of the workspace/);
  }
  for (const place of [folder, outside]) expect(existsSync(join(place, "ran"))).toBe(false);
});

onRedis("starts in a folder below its own", async () => {
  const redis = await newRedis();
  const folder = newFolder();
  mkdirSync(join(folder, "sub"));
  await newWorker(["--redis", redis.url, "--dir", folder]);
  await foreignQueue(redis.url, folder).add("command", job(folder, { cwd: "sub" }), { jobId: "a1-bg_1" });
  expect(await answer(redis, folder)).toMatch(/exited/);
  expect(existsSync(join(folder, "sub/ran"))).toBe(true);
});

onRedis("fails what is no job of ours, and goes on", async () => {
  const redis = await newRedis();
  const folder = newFolder();
  const worker = await newWorker(["--redis", redis.url, "--dir", folder]);
  const queue = foreignQueue(redis.url, folder);
  const faults = [{ command: undefined }, { timeoutSeconds: 31_536_000 }, { agent: "a:b" }];
  for (const [index, fault] of faults.entries()) {
    const data = { ...job(folder), ...fault } as LaneJob;
    const bad = await queue.add("command", data, { jobId: `bad-${index}` });
    while ((await bad.getState()) !== "failed") await delay(20);
  }
  await queue.add("command", job(folder), { jobId: "a1-bg_2" });
  expect(await answer(redis, folder)).toMatch(/a1-bg_2.*exited/);
  expect(worker.output()).not.toMatch(/bad-\d begins/);
});

onRedis("stands for the agent's folder where that is called differently", async () => {
  const redis = await newRedis();
  const [folder, agents] = [newFolder(), newFolder()];
  await newWorker(["--redis", redis.url, "--dir", folder, "--for", agents]);
  const { run } = await newLane(redis.url, agents);
  expect(await run("pwd").result).toMatchObject({ exitCode: 0, output: `${folder}\n` });
});

onRedis(
  "gives commands neither the model's key nor a terminal, and ends their whole session at a timeout",
  async () => {
    const env = { ...process.env, ANTHROPIC_API_KEY: "secret-key", npm_config_x: "1" };
    const { run } = await newWorkerAndLane(env);
    const seen = await run("env; cat; tty || true").result;
    expect(seen.output).not.toMatch(/secret-key|npm_config_x|\/dev\/pts/);
    const late = run("echo $$; sleep 50 & sleep 50", { timeoutSeconds: 0.5 });
    const { ending, output } = await late.result;
    expect(ending).toBe("timed_out");
    expect(sessionLives(Number(output))).toBe(false);
  },
);

onRedis("sends ten megabytes of an output, and its end", async () => {
  const { run } = await newWorkerAndLane();
  const { output } = await run("head -c 30000000 /dev/zero; echo the end").result;
  expect(output).toMatch(/the end\n$/);
  expect(output.length).toBeGreaterThan(OUTPUT_BYTES);
  expect(output.length).toBeLessThanOrEqual(OUTPUT_BYTES + 1 + 2_000);
});

onRedis("leaves no command behind when it is killed", async () => {
  const { folder, worker, run } = await newWorkerAndLane();
  const task = run("echo $$ >new; mv new pid; sleep 60 & sleep 60");
  await made(folder, "pid");
  worker.process.kill("SIGKILL");
  const { ending } = await task.result;
  expect(ending).toBe("lost");
  // Redis may tell that the worker is gone before the shell that outlives it has ended the command.
  const session = Number(readFileSync(join(folder, "pid"), "utf8"));
  while (sessionLives(session)) await delay(50);
});

onRedis("lets what runs come to its end at a first Ctrl-C, and takes no more", async () => {
  const { folder, worker, run } = await newWorkerAndLane();
  const first = run("touch began; sleep 1; echo done");
  await made(folder, "began");
  worker.process.kill("SIGINT");
  await delay(200);
  run("touch late");
  expect(await first.result).toMatchObject({ ending: "exited", output: "done\n" });
  expect(await worker.exited).toBe(0);
  expect(existsSync(join(folder, "late"))).toBe(false);
});

onRedis("ends what runs at a second one: lost, or run again by the next where it may be", async () => {
  const { redis, folder, worker, run } = await newWorkerAndLane();
  const lost = run("touch one; sleep 60");
  const again = run("touch two; test -e next || sleep 60", { retry: true });
  await made(folder, "one", "two");
  worker.process.kill("SIGINT");
  worker.process.kill("SIGINT");
  await delay(100);
  worker.process.kill("SIGINT");
  expect(await worker.exited).toBe(0);
  expect(await lost.result).toMatchObject({
    ending: "lost",
    output: expect.stringMatching(/was stopped under it/),
  });
  writeFileSync(join(folder, "next"), "");
  await newWorker(["--redis", redis.url, "--dir", folder]);
  expect(await again.result).toMatchObject({ ending: "exited" });
});

onRedis("gives up what it can no longer call its own", async () => {
  const { redis, folder, run } = await newWorkerAndLane();
  run("echo $$ >pid; sleep 60");
  await made(folder, "pid");
  // As after an outage that outlasts its lock.
  const look = redis.client();
  const [lock = ""] = await look.keys("*:lock");
  await look.set(lock, "somebody else");
  look.disconnect();
  const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
  while (sessionLives(pid)) await delay(50);
});

test.runIf(hasRedis() && process.platform === "linux")("listens at no port", async () => {
  const redis = await newRedis();
  const worker = await newWorker(["--redis", redis.url, "--dir", newFolder()]);
  const pid = worker.process.pid ?? 0;
  const sockets = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      return [];
    }
  });
  const tables = ["tcp", "tcp6"].map((name) => readFileSync(`/proc/${pid}/net/${name}`, "utf8"));
  const rows = tables
    .join("\n")
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  const own = rows.filter((row) => sockets.includes(row[9] ?? ""));
  const LISTEN = "0A";
  expect(own.length).toBeGreaterThan(0);
  expect(own.filter((row) => row[3] === LISTEN)).toEqual([]);
});

onRedis("says who can run commands through it", async () => {
  const redis = await newRedis("--requirepass", "se/cret");
  const url = redis.url.replace("//", "//:se%2Fcret@");
  const worker = await newWorker(["--redis", url, "--dir", newFolder()]);
  expect(worker.output()).toMatch(/Whoever can write to that Redis can run commands here, as you\./);
  expect(worker.output()).not.toMatch(/cret/);
});

test("a Redis that is not there is one line with the next step", async () => {
  const args = ["--dir", ".", "--redis", "redis://:secret@127.0.0.1:1"];
  await expect(startWorker(args)).rejects.toThrow(
    /^--redis 127\.0\.0\.1:1: nothing listens there\. Start .*\n$/,
  );
});
