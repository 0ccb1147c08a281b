import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { runChapter, temporaryFolder } from "@course/runtime/testing";
import { expect, onTestFinished } from "vitest";
import { DIES, newAgent, newRedis, newWorker, onRedis, recordsIn, until } from "./remote-setup.ts";

const REPOSITORY = join(import.meta.dirname, "../../..");
const MAIN = join(import.meta.dirname, "../src/main.ts");

onRedis("a task whose worker dies is interrupted, and one that may be run again is", async () => {
  const redis = await newRedis();
  const root = temporaryFolder();
  const first = await newWorker(redis, root, "--name", "first", ...DIES);
  const agent = await newAgent(redis, root);
  const { manager } = agent;
  const lost = manager.run("echo one >>runs; sleep 60");
  const again = manager.run("echo two >>runs; test -e second || sleep 60", { retry: true });
  await until(() => existsSync(join(root, "runs")) && readFileSync(join(root, "runs"), "utf8").length === 8);
  first.process.kill("SIGKILL");
  await first.exited;
  // Nobody else is there: the agent itself finds out.
  await agent.told(1);
  expect(manager.check(lost.id)).toMatchObject({ status: "interrupted", worker: "first" });
  expect(manager.check(lost.id).preview).toMatch(/worker first was lost/);
  expect(manager.check(again.id).status).toBe("running");
  await newWorker(redis, root, "--name", "second");
  manager.run("touch second");
  await agent.told(3);
  expect(manager.check(again.id)).toMatchObject({ status: "completed", worker: "second" });
  expect(readFileSync(join(root, again.outputFile), "utf8")).toMatch(/first was lost; second runs it again/);
  await delay(1_000);
  expect([...agent.announced].sort()).toEqual(["bg_1", "bg_2", "bg_3"]);
  expect(readFileSync(join(root, "runs"), "utf8").split("\n").sort()).toEqual(["", "one", "two", "two"]);
});

onRedis("another worker that finds the job of a dead one does not run it again", async () => {
  const redis = await newRedis();
  const root = temporaryFolder();
  const first = await newWorker(redis, root, ...DIES);
  const agent = await newAgent(redis, root);
  agent.manager.run("echo run >>runs; sleep 60");
  await until(() => existsSync(join(root, "runs")));
  // The agent is gone before the worker is.
  await agent.manager.lane.close?.();
  first.process.kill("SIGKILL");
  await first.exited;
  await newWorker(redis, root, ...DIES);
  const look = redis.client();
  const [mail = ""] = await look.keys("lanes:*:mail:*");
  while (!JSON.stringify(await look.xrange(mail, "-", "+")).includes("lost")) await delay(50);
  look.disconnect();
  expect(readFileSync(join(root, "runs"), "utf8")).toBe("run\n");
});

onRedis("Redis that is away for ten seconds loses nothing, and the user is told", async () => {
  const redis = await newRedis();
  const root = temporaryFolder();
  // Its locks, of 30 seconds, outlast the ten.
  await newWorker(redis, root, "--concurrency", "2");
  const agent = await newAgent(redis, root);
  const runs = ["sleep 1; echo meanwhile", "sleep 12; echo after", "echo queued"];
  for (const command of runs) agent.manager.run(command);
  await until(() => agent.manager.list().filter(({ status }) => status === "running").length === 2);
  // Redis writes what it was told to its disk once a second.
  await delay(1_100);
  await redis.stop("SIGKILL");
  agent.manager.run("echo given while it was away");
  await delay(10_000);
  expect(agent.reports).toEqual([expect.stringMatching(/^Redis at 127\.0\.0\.1:\d+ is away/)]);
  await redis.start();
  await agent.told(4);
  await delay(500);
  expect([...agent.announced].sort()).toEqual(["bg_1", "bg_2", "bg_3", "bg_4"]);
  expect(agent.manager.list().map(({ status, preview }) => [status, preview])).toEqual([
    ["completed", "meanwhile\n"],
    ["completed", "after\n"],
    ["completed", "queued\n"],
    ["completed", "given while it was away\n"],
  ]);
  expect(agent.reports.slice(1)).toEqual([expect.stringMatching(/is back/)]);
});

onRedis("what Redis has lost is interrupted, and run again where it may be", async () => {
  const redis = await newRedis();
  const root = temporaryFolder();
  const agent = await newAgent(redis, root);
  agent.manager.run("echo once");
  agent.manager.run("echo again", { retry: true });
  const look = redis.client();
  const queued = async () => look.llen((await look.keys("lanes:*:wait"))[0] ?? "");
  while ((await queued()) < 2) await delay(20);
  await look.flushall();
  look.disconnect();
  await redis.stop();
  await redis.start();
  await newWorker(redis, root);
  await agent.told(2);
  expect(agent.manager.list()).toMatchObject([
    { status: "interrupted", preview: expect.stringMatching(/does not know it/) },
    { status: "completed", preview: "again\n" },
  ]);
});

onRedis("tasks outlive the agent: the next one takes them up, and tells each end once", async () => {
  const redis = await newRedis();
  const root = temporaryFolder();
  const worker = await newWorker(redis, root);
  const flags = ["--offline", "--dir", root, "--lanes", redis.url];
  const program = spawn(process.execPath, ["--import", "./scripts/preflight.mjs", MAIN, ...flags], {
    cwd: REPOSITORY,
    stdio: ["pipe", "ignore", "ignore"],
  });
  onTestFinished(() => void program.kill("SIGKILL"));
  program.stdin.write(
    "Run `echo early; touch began; sleep 1; echo first` and `touch two; until test -e go; do sleep 0.1; done; echo second` in the background\n",
  );
  await until(() => worker.output().split(" begins: ").length === 3);
  const exited = new Promise((resolve) => program.once("exit", resolve));
  program.kill("SIGKILL");
  await exited;
  expect(recordsIn(root)).toMatchObject([{ notified: false }, { notified: false }]);
  // One ends while nobody is there.
  await until(() => worker.output().includes("exited with 0"));
  // Without --lanes, nobody touches them.
  const { stderr: without } = await runChapter(import.meta.url, [
    "--offline",
    "--dir",
    root,
    "-p",
    "Run pwd",
  ]);
  expect(without).not.toMatch(/bg_1|interrupted/);
  const second = runChapter(import.meta.url, [...flags, "-p", "Run `touch go` in the background"]);
  const { stderr, stdout } = await second;
  expect(stderr).toMatch(/Taken up from the queue:\n.*bg_1.*\n.*bg_2/);
  for (const text of ["bg_1", "bg_2", "bg_3"])
    expect((stderr + stdout).match(new RegExp(`<task id="${text}" status="completed"`, "g"))).toHaveLength(1);
  expect(readFileSync(join(root, ".runtime-tasks/bg_1.log"), "utf8")).toBe("early\nfirst\n");
  const { stderr: third } = await runChapter(import.meta.url, [...flags, "-p", "Run pwd"]);
  expect(third).not.toMatch(/bg_\d/);
});

onRedis("leaving leaves tasks to the queue, and says so", async () => {
  const redis = await newRedis();
  const root = temporaryFolder();
  const worker = await newWorker(redis, root);
  const flags = ["--offline", "--dir", root, "--lanes", redis.url];
  const lines = ["Run `sleep 1; touch done` in the background", "/quit"];
  const { stdout, stderr } = await runChapter(import.meta.url, flags, lines);
  expect(stdout + stderr).toMatch(/These go on in the queue.*\n.*bg_1/);
  expect(recordsIn(root)).toMatchObject([{ notified: false }]);
  await until(() => worker.output().includes("exited with 0"));
});
