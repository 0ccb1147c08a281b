// What both sides read and what they are started with, without a Redis.
import { hostname } from "node:os";
import { expect, test } from "vitest";
import { temporaryFolder } from "@course/runtime/testing";
import { lockKey, mailKey, queueOf, readJob, readLetter, stopKey } from "../src/protocol.ts";
import { connect, redisPlace } from "../src/redis-place.ts";
import { workerFlags } from "../src/worker-flags.ts";

const folder = temporaryFolder();
const flags = (...args: string[]) => workerFlags(["--dir", folder, ...args], {});

test("a worker needs nothing but its folder; the rest has defaults", () => {
  expect(flags()).toEqual({
    redis: { url: "redis://127.0.0.1:6379", name: "127.0.0.1:6379" },
    folder,
    agentFolder: folder,
    concurrency: 4,
    name: `${hostname()}-${process.pid}`,
    silentSeconds: 30,
  });
});

test("what a worker is told counts, up to the limits that are named", () => {
  const name = "n".repeat(40);
  const told = flags("--for", "agent/work", "--concurrency", "64", "--silent-seconds", "2", "--name", name);
  expect(told).toMatchObject({ agentFolder: "/agent/work", concurrency: 64, silentSeconds: 2, name });
  expect(flags("--concurrency", "1", "--silent-seconds", "3600")).toMatchObject({ silentSeconds: 3_600 });
});

test.each([
  [["--concurrency", "65"], /^--concurrency 65: expected a whole number from 1 to 64\.$/],
  [["--concurrency", "1.5"], /^--concurrency 1\.5: expected/],
  [["--concurrency", ""], /^--concurrency : expected/],
  [["--silent-seconds", "1"], /^--silent-seconds 1: expected a whole number from 2 to 3600\.$/],
  [["--silent-seconds", "3601"], /^--silent-seconds 3601/],
  [["--name", ""], /^--name "": expected 1 to 40 characters/],
  [["--name", "n".repeat(41)], /^--name "n+": expected 1 to 40 characters/],
  [["extra"], /^"extra" is one word too many\. --help says what is expected\.$/],
])("%j is refused, and the value is named", (args, line) => {
  expect(() => flags(...args)).toThrow(line);
});

test.each([
  [[], /^Name the folder in which commands run: npm run worker -- --dir FOLDER/],
  [["--dir", "/nowhere/at/all"], /does not exist/],
  [["--dir", ".", "--concurrency", "0"], /--concurrency 0: expected a whole number from 1 to 64/],
  [["--dir", ".", "--redis", "127.0.0.1"], /expected redis:/],
  [["--dir", ".", "--name", "a\nb"], /--name "a\\nb"/],
  [["--wat"], /^Unknown option '--wat'\. --help lists all flags\.$/],
])("the arguments %j are refused", (args, line) => {
  expect(() => workerFlags(args, {})).toThrow(line);
});

test("help is given whatever else is missing, and a folder is taken from where npm was started", () => {
  expect(workerFlags(["--help"], {})).toBe("help");
  expect(workerFlags(["-h"], {})).toBe("help");
  expect(workerFlags(["--dir", "."], { INIT_CWD: folder })).toMatchObject({ folder });
});

test("of a flag that npm swallowed only one that was not given again is named, with what to type", () => {
  const env = { npm_lifecycle_event: "worker", npm_config_silent_seconds: "5" };
  expect(() => workerFlags(["--dir", folder], env)).toThrow(
    `npm took --silent-seconds for itself. Write: npm run worker -- --dir ${folder} --silent-seconds 5`,
  );
  expect(workerFlags(["--dir", folder, "--silent-seconds=5"], env)).toMatchObject({ silentSeconds: 5 });
});

test("a folder has one queue, another of the same name another, and a name of odd characters one that Redis takes", () => {
  expect(queueOf("/home/a/work")).toMatch(/^work-[0-9a-f]{8}$/);
  expect(queueOf("/home/a/work")).toBe(queueOf("/home/a/work"));
  expect(queueOf("/home/b/work")).not.toBe(queueOf("/home/a/work"));
  expect(queueOf("/home/a b:c.d-e")).toMatch(/^a_b_c\.d-e-/);
  expect(queueOf("/")).toMatch(/^root-/);
});

test("the keys are where BullMQ has its own, and each is another", () => {
  expect(lockKey("q", "j")).toBe("lanes:q:j:lock");
  expect(new Set([mailKey("q", "j"), stopKey("q", "j"), lockKey("q", "j")]).size).toBe(3);
});

const JOB = { command: "ls", timeoutSeconds: 5, folder: "/", cwd: ".", agent: "a1", retry: false };

test.each([
  ["command", ""],
  ["timeoutSeconds", 0],
  ["timeoutSeconds", 86_401],
  ["agent", "a".repeat(65)],
  ["agent", ""],
  ["retry", "yes"],
  ["folder", undefined],
])("a job whose %s is %j is refused by that name", (name, value) => {
  expect(readJob(JOB)).toEqual(JOB);
  expect(() => readJob({ ...JOB, [name]: value })).toThrow(`not a job of this course: ${name}`);
});

test("a letter is read by its kind; what is none is undefined, not an error", () => {
  const letters = [
    { kind: "began", job: "j", run: "1", worker: "w" },
    { kind: "output", job: "j", run: "1" },
    { kind: "ended", job: "j", run: "1", ending: "lost", exitCode: null, signal: null, note: "n" },
  ];
  for (const letter of letters) {
    expect(readLetter(JSON.stringify(letter))).toEqual(letter);
    for (const name of Object.keys(letter).filter((each) => each !== "note"))
      expect(readLetter(JSON.stringify({ ...letter, [name]: {} }))).toBeUndefined();
  }
  expect(readLetter('{"kind": "ended", "ending": "exploded"}')).toBeUndefined();
  expect(readLetter("no JSON")).toBeUndefined();
});

test("a database is part of a Redis's name, but for the one that it has anyway", () => {
  const name = (url: string) => redisPlace(url, "--lanes").name;
  expect(name("redis://h")).toBe(name("redis://h:6379/0"));
  expect(name("redis://h/15")).toBe("h:6379/15");
  for (const url of ["redis://h/1234", "redis://", "http://h", "h:6379x"])
    expect(() => name(url)).toThrow(/expected redis:/);
});

test("a host that is not there, and a port at which nothing listens, are said with the next step", async () => {
  const refused = (url: string) => expect(connect(redisPlace(url, "--lanes"), "--lanes")).rejects;
  await refused("redis://127.0.0.1:1").toThrow(
    "--lanes 127.0.0.1:1: nothing listens there. Start a Redis: redis-server --bind 127.0.0.1 --port 1 --appendonly yes",
  );
  await refused("redis://nowhere.invalid").toThrow(
    "--lanes nowhere.invalid:6379: there is no such host. Check the name in the URL.",
  );
});
