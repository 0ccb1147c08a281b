// Whole programs with three teammates at work: however they end, nothing stays, and the next start says who was interrupted.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "@course/runtime";
import { runChapter, temporaryFolder } from "@course/runtime/testing";
import { expect, onTestFinished, test } from "vitest";

const REPOSITORY = join(import.meta.dirname, "../../..");
const MAIN = join(import.meta.dirname, "../src/main.ts");
const NAMES = ["ada", "bob", "cleo"];

interface Config {
  members: { name: string; state: string; reason?: string }[];
}

const config = (root: string) => JSON.parse(readFileSync(join(root, ".team/config.json"), "utf8")) as Config;

/** Starts a program whose three teammates each run a command that would take minutes. */
async function startAtWork(root: string, isTerminal = false) {
  const command = `${process.execPath} --import ./scripts/preflight.mjs ${MAIN} --offline --dir ${root}`;
  const program = isTerminal
    ? spawn("script", ["-qfec", command, "/dev/null"], { cwd: REPOSITORY, stdio: ["pipe", "pipe", "ignore"] })
    : spawn("sh", ["-c", `exec ${command}`], { cwd: REPOSITORY, stdio: ["pipe", "pipe", "ignore"] });
  const exited = new Promise((resolve) => program.once("exit", resolve));
  onTestFinished(() => void program.kill("SIGKILL"));
  let shown = "";
  program.stdout.on("data", (part: Buffer) => (shown += part.toString()));
  if (isTerminal) await expect.poll(() => shown, { timeout: 20_000 }).toMatch(/s15.* > /);
  const jobs = NAMES.map((name) => `${name} to run \`echo $$ > ${name}.pid; sleep 600\``);
  program.stdin.write(`Start three teammates: ${jobs.join(", ")}${isTerminal ? "\r" : "\n"}`);
  const pids = () =>
    NAMES.map((name) => {
      try {
        return Number(readFileSync(join(root, `${name}.pid`), "utf8"));
      } catch {
        return 0;
      }
    });
  await expect.poll(() => pids().every((pid) => pid > 0), { timeout: 30_000 }).toBe(true);
  return { program, exited, pids: pids() };
}

async function expectNothingLeft(root: string, pids: readonly number[]): Promise<void> {
  await expect.poll(() => pids.filter(isAlive), { timeout: 5_000 }).toEqual([]);
  const names = ["", "inbox"].flatMap((below) => readdirSync(join(root, ".team", below)));
  expect(names.filter((name) => name.endsWith(".tmp"))).toEqual([]);
}

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("after %s nothing stays", async (signal) => {
  const root = temporaryFolder();
  const { program, exited, pids } = await startAtWork(root);
  program.kill(signal);
  await exited;
  await expectNothingLeft(root, pids);
  expect(config(root).members.map(({ state, reason }) => `${state}: ${reason}`)).toEqual(
    NAMES.map(() => "stopped: the program ended"),
  );
});

test.each([
  ["Ctrl-D", ["\u0004"]],
  ["Ctrl-C twice", ["\u0003", "\u0003"]],
])("after %s in a terminal nothing stays", async (_, keys) => {
  const root = temporaryFolder();
  const { program, exited, pids } = await startAtWork(root, true);
  for (const key of keys) program.stdin.write(key);
  await exited;
  await expectNothingLeft(root, pids);
  expect(config(root).members.every(({ state }) => state === "stopped")).toBe(true);
});

test("after kill -9 nothing stays, and the next start says who was interrupted", async () => {
  const root = temporaryFolder();
  const { program, exited, pids } = await startAtWork(root);
  program.kill("SIGKILL");
  await exited;
  await expectNothingLeft(root, pids);
  expect(config(root).members.map(({ state }) => state)).toEqual(NAMES.map(() => "working"));
  const { stdout, stderr, code } = await runChapter(
    import.meta.url,
    ["--offline", "--dir", root],
    ["Who is on the team?"],
  );
  expect(code).toBe(0);
  for (const name of NAMES) expect(stderr).toMatch(new RegExp(`${name} \\(to run .* was interrupted`));
  expect(stdout).toMatch(/cleo .*: stopped, its program was killed/);
});

test("-p ends when all are idle and their mail is told", async () => {
  const root = temporaryFolder();
  const prompt = "Start two teammates: ada to run `sleep 1; echo one`, bob to run `sleep 1; echo two`";
  const { stdout, code } = await runChapter(import.meta.url, ["--offline", "--dir", root, "-p", prompt]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/two/);
});
