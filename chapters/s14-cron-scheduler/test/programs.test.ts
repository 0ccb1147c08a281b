// Whole programs: a pipe that stays open, two in one folder, a kill, and -p.
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runChapter, temporaryFolder } from "@course/runtime/testing";
import { expect, onTestFinished, test } from "vitest";

const REPOSITORY = join(import.meta.dirname, "../../..");
const MAIN = join(import.meta.dirname, "../src/main.ts");

function newFolder(): string {
  const root = temporaryFolder();
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

/** A program whose prompts come from a pipe that stays open. */
function start(root: string, ...flags: string[]) {
  const program = spawn(
    process.execPath,
    ["--import", "./scripts/preflight.mjs", MAIN, "--offline", "--dir", root, ...flags],
    { cwd: REPOSITORY, stdio: ["pipe", "pipe", "pipe"] },
  );
  let text = "";
  for (const stream of [program.stdout, program.stderr])
    stream.on("data", (part: Buffer) => (text += part.toString()));
  const exited = new Promise((resolve) => program.once("exit", resolve));
  onTestFinished(() => void program.kill("SIGKILL"));
  return {
    program,
    exited,
    type: (line: string) => program.stdin.write(`${line}\n`),
    shows: (what: RegExp) => expect.poll(() => text, { timeout: 20_000 }).toMatch(what),
    count: (what: RegExp) => text.match(what)?.length ?? 0,
  };
}

function leave(root: string, id: string, times: object): void {
  mkdirSync(join(root, ".schedules"), { recursive: true });
  const schedule = {
    id,
    timeZone: "UTC",
    prompt: "Say hello",
    recurring: false,
    durable: true,
    createdAt: "2026-01-01T00:00:00.000Z",
    lastFiredAt: null,
    expiresAt: null,
    ...times,
  };
  writeFileSync(join(root, `.schedules/${id}.json`), JSON.stringify(schedule));
}

const PAST = { at: "2026-01-01T01:00:00Z", nextFireAt: "2026-01-01T01:00:00.000Z" };

test("with a pipe that stays open what is due runs by itself, again and again", async () => {
  const { type, shows } = start(newFolder());
  type("Every second, remind me to breathe");
  await shows(/(<schedule id="sch_1"[\s\S]*sch_1: Remind me to breathe[\s\S]*){3}/);
});

test("two programs start in a folder with a missed schedule: one fires it, marked late", async () => {
  const root = newFolder();
  leave(root, "sch_d1", PAST);
  const both = [start(root), start(root)];
  for (const { type } of both) type("hello");
  await Promise.all(both.map(({ shows }) => shows(/I am the offline model/)));
  const fires = () =>
    both.reduce((sum, { count }) => sum + count(/<schedule id="sch_d1" due="\S+" late="\d+ days">/g), 0);
  await expect.poll(fires, { timeout: 20_000 }).toBe(1);
  // Both have seen that it is gone, and answer what comes next.
  for (const { type } of both) type("Show the schedules");
  await Promise.all(both.map(({ shows }) => shows(/No schedules\./)));
  expect(fires()).toBe(1);
});

test("a program that is killed loses no durable schedule, and the next one fires it", async () => {
  const root = newFolder();
  const first = start(root);
  first.type("Every second, remind me to breathe, and keep it");
  await first.shows(/<schedule id="sch_d1"/);
  first.program.kill("SIGKILL");
  await first.exited;
  const second = start(root);
  second.type("hello");
  await second.shows(/<schedule id="sch_d1"/);
  expect(readdirSync(join(root, ".schedules")).filter((name) => name.endsWith(".json"))).toEqual([
    "sch_d1.json",
  ]);
});

test("-p runs its prompt alone, says which schedules it leaves, and ends", async () => {
  const root = newFolder();
  leave(root, "sch_d1", PAST);
  const args = ["--offline", "--dir", root, "-p", "Every 2 hours, remind me to breathe"];
  const { stdout, stderr, code } = await runChapter(import.meta.url, args);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Created sch_1: /);
  expect(stderr).toMatch(
    /Kept for the next start: sch_d1\. Nothing fires until then\.\n +Gone with this program: sch_1\./,
  );
  expect(stderr).not.toMatch(/<scheduled-prompt>/);
  expect(readdirSync(join(root, ".schedules"))).toContain("sch_d1.json");
});

test("on a fast clock the folder's own schedules are left alone", async () => {
  const root = newFolder();
  leave(root, "sch_d1", PAST);
  const lines = ["Every night at 02:30, remind me to sleep, and keep it", "Show the schedules"];
  const { stdout, stderr } = await runChapter(
    import.meta.url,
    ["--offline", "--dir", root, "--clock", "60x"],
    lines,
  );
  expect(stdout).toMatch(/sch_d1: 30 2 \* \* \* .*gone with this program/);
  expect(stderr).not.toMatch(/Say hello/);
  expect(readdirSync(join(root, ".schedules"))).toEqual(["sch_d1.json"]);
});

test("a speed that is none is one clear line", async () => {
  const { stderr, code } = await runChapter(import.meta.url, ["--clock", "soon", "-p", "hello"]);
  expect(stderr.trim()).toBe("--clock soon: expected 1x to 99999x, as in 60x.");
  expect(code).toBe(1);
});
