import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { OUTPUT_BYTES } from "@course/remote-lanes";
import { Workspace } from "@course/runtime";
import { runChapter, temporaryFolder } from "@course/runtime/testing";
import { LOG_BYTES } from "@course/s13-background-tasks";
import { expect, test } from "vitest";
import { openRemoteLane } from "../src/remote-lanes.ts";
import { newAgent, newRedis, newWorker, onRedis, recordsIn, until } from "./remote-setup.ts";

const REPOSITORY = join(import.meta.dirname, "../../..");

onRedis("a command ends as it does on this machine", async () => {
  const redis = await newRedis();
  const root = temporaryFolder();
  const agent = await newAgent(redis, root);
  const { manager } = agent;
  expect(manager.run("echo hi; exit 3").status).toBe("queued");
  manager.run("echo hi");
  manager.run("echo hi; sleep 30", { timeoutSeconds: 0.5, taskId: 7 });
  await newWorker(redis, root, "--name", "build-1");
  await agent.told(3);
  const common = { worker: "build-1", preview: "hi\n", notified: true, type: "remote_bash" };
  const ends = [
    { id: "bg_1", status: "failed", exitCode: 3, ...common },
    { id: "bg_2", status: "completed", exitCode: 0, ...common },
    { id: "bg_3", status: "timed_out", exitCode: null, taskId: 7, ...common },
  ];
  expect(manager.list()).toMatchObject(ends);
  expect(recordsIn(root).sort((a, b) => a.id.localeCompare(b.id))).toMatchObject(ends);
  for (const { outputFile } of manager.list())
    expect(readFileSync(join(root, outputFile), "utf8")).toBe("hi\n");
  await delay(300);
  const look = redis.client();
  const keys = await look.keys("lanes:*");
  const [mail = ""] = keys.filter((key) => key.includes(":mail:"));
  expect([await look.xlen(mail), keys.filter((key) => key.includes("bg_"))]).toEqual([0, []]);
  expect(await look.ttl(mail)).toBeGreaterThan(0);
  look.disconnect();
});

onRedis("output arrives while the command runs", async () => {
  const redis = await newRedis();
  const root = temporaryFolder();
  await newWorker(redis, root);
  const { manager } = await newAgent(redis, root);
  const { id } = manager.run("echo early; sleep 60");
  await until(() => manager.check(id).preview === "early\n");
  expect(manager.check(id)).toMatchObject({ status: "running", exitCode: null });
});

onRedis("a log is capped as a local one is, and the end of the output is shown", async () => {
  expect(OUTPUT_BYTES).toBe(LOG_BYTES);
  const redis = await newRedis();
  const root = temporaryFolder();
  await newWorker(redis, root);
  const agent = await newAgent(redis, root);
  const { id, outputFile } = agent.manager.run("head -c 30000000 /dev/zero; echo the end");
  await agent.told(1);
  const log = readFileSync(join(root, outputFile));
  expect(log.length).toBeLessThan(LOG_BYTES + 100);
  expect(log.subarray(-60).toString()).toMatch(/\[output beyond 10,485,760 bytes is not kept\]\n$/);
  expect(agent.manager.check(id).preview).toMatch(/the end\n$/);
});

onRedis("stopping reaches a worker within a second, and a command that waits never starts", async () => {
  const redis = await newRedis();
  const root = temporaryFolder();
  await newWorker(redis, root, "--concurrency", "1");
  const { manager } = await newAgent(redis, root);
  const { id } = manager.run("sleep 60 & sleep 60");
  await until(() => manager.check(id).status === "running");
  const waiting = manager.run("touch started");
  await delay(200);
  expect(await manager.stop(waiting.id)).toMatchObject({ status: "killed", startedAt: null });
  const start = performance.now();
  expect(await manager.stop(id)).toMatchObject({ status: "killed" });
  expect(performance.now() - start).toBeLessThan(1_000);
  expect(() => readFileSync(join(root, "started"))).toThrow("ENOENT");
  expect(manager.drain()).toEqual([]);
});

onRedis("two agents on one queue do not take each other's results", async () => {
  const redis = await newRedis();
  const root = temporaryFolder();
  await newWorker(redis, root);
  const agents = [await newAgent(redis, root), await newAgent(redis, root)];
  const ids = agents.map(({ manager }) =>
    Array.from({ length: 20 }, (_, index) => manager.run(`echo ${index}`).id),
  );
  await Promise.all(agents.map(({ told }) => told(20)));
  await delay(300);
  expect(agents.map(({ announced }) => [...announced].sort())).toEqual(ids.map((own) => [...own].sort()));
  expect(new Set(ids.flat()).size).toBe(40);
});

onRedis("s13 with --lanes runs what the model asks for on a worker, and /lanes says on which", async () => {
  const redis = await newRedis();
  const root = temporaryFolder();
  await newWorker(redis, root, "--name", "build-1");
  const flags = ["--offline", "--dir", root, "--lanes", redis.url];
  const until = "until grep -q completed .runtime-tasks/bg_1.jsonl; do sleep 0.1; done";
  const lines = ["Run `sleep 0.2; echo build ok` in the background", `Run \`${until}\``, "/lanes"];
  const { stdout, code } = await runChapter(import.meta.url, flags, lines);
  expect(stdout).toMatch(/^A sleep 0\.2; echo .*▲ +completed/m);
  expect(readFileSync(join(root, ".runtime-tasks/bg_1.log"), "utf8")).toBe("build ok\n");
  expect(stdout).toContain("build-1 ran bg_1");
  expect(code).toBe(0);
});

test("a Redis that is not there is one clear line, without the password", async () => {
  const args = ["--lanes", "redis://:secret@127.0.0.1:1", "-p", "Run pwd"];
  const { stdout, stderr, code } = await runChapter(import.meta.url, args);
  expect(stderr).toMatch(
    /^--lanes 127\.0\.0\.1:1: nothing listens there\. Start a Redis: redis-server .*\n$/,
  );
  expect(stdout).not.toContain("secret");
  expect(code).toBe(1);
});

test("without --lanes the queue's packages are not loaded", () => {
  const script = `
    import { createRequire } from "node:module";
    const { Workspace } = await import("@course/runtime");
    const { createAgent } = await import("./src/agent.ts");
    createAgent(new Workspace("."), {});
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    const count = () => loaded.concat(Object.keys(createRequire(import.meta.url).cache)).filter((name) => /bullmq|ioredis/.test(name)).length;
    const before = count();
    await import("@course/remote-lanes");
    console.log(before === 0, count() > 0);`;
  const preflight = join(REPOSITORY, "scripts/preflight.mjs");
  const args = ["--import", preflight, "--input-type=module", "-e", script];
  const cwd = join(import.meta.dirname, "..");
  expect(execFileSync(process.execPath, args, { cwd, encoding: "utf8" }).trim()).toBe("true true");
});

onRedis("who opens a lane at which no worker waits is told how to start one", async () => {
  const redis = await newRedis();
  const root = temporaryFolder();
  const told: string[] = [];
  const open = async () => {
    const lane = await openRemoteLane(redis.url, new Workspace(root), (message) => void told.push(message));
    await lane.close?.();
  };
  await open();
  expect(told).toEqual([
    expect.stringMatching(/^No worker waits at \S+ yet\. .*npm run worker -- --redis URL --dir /),
  ]);
  await newWorker(redis, root);
  // Soon after, Redis knows of it, and nothing more is told.
  for (let before = 0; before < told.length; await delay(20)) {
    before = told.length;
    await open();
  }
});
