// What "nothing is left running" holds for. Commands run for real, and /proc says what is left of them.
import { spawn } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { runShell, sessionLives, spawnShell } from "../src/index.ts";
import { REPOSITORY } from "../src/terminal/repository.ts";
import { temporaryFolder } from "../src/testing.ts";

const cwd = temporaryFolder();
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function waitUntil(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error("waited ten seconds in vain");
    await delay(10);
  }
}

const noPipesAreLeft = () => !readdirSync(cwd).some((name) => name.startsWith("course-output-"));

/** Runs a program of a few lines that may use spawnShell and delay, and returns its output. */
function runProgram(lines: string, shell?: string): Promise<string> {
  const source = `
    import fs from "node:fs";
    import { setTimeout as delay } from "node:timers/promises";
    import { runShell, spawnShell } from ${JSON.stringify(join(REPOSITORY, "packages/runtime/src/index.ts"))};
    ${lines}`;
  const node = [process.execPath, "--import", "tsx", "--input-type=module", "-e", source];
  const [file = "", ...args] = shell ? ["bash", "-c", shell, "bash", ...node] : node;
  const env = { ...process.env, TMPDIR: cwd };
  const program = spawn(file, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  program.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => program.once("close", () => resolve(output)));
}

/** Each process starts the next and leaves, and none heeds SIGTERM. */
const FORKS_ON = `trap '' TERM; hop() { /bin/true; hop & exit 0; }; hop`;
const STUBBORN = {
  "in the shell's own group": `${FORKS_ON} & sleep 60`,
  "in a group that timeout made": `timeout 60 bash -c "${FORKS_ON}"; sleep 60`,
  "in a new group each time": `bash -mc "${FORKS_ON}"; sleep 60`,
};

const onLinux = describe.runIf(process.platform === "linux");

onLinux("what is ended", () => {
  test.each(Object.entries(STUBBORN))("what forks on while it is ended, %s", async (_, command) => {
    const shell = spawnShell(command, { cwd });
    shell.output.resume();
    const session = shell.pid ?? 0;
    await waitUntil(() => sessionLives(session));
    await delay(100);
    shell.kill();
    await shell.ended;
    expect(sessionLives(session)).toBe(false);
  });

  test.each([
    ["timeout", "timeout 60 sleep 59 >/dev/null 2>&1 &"],
    ["job control", "set -m; sleep 59 >/dev/null 2>&1 &"],
  ])("what %s left in a group of its own, with its output elsewhere", async (_, command) => {
    const result = await runShell(`echo $$; ${command}`, { cwd });
    expect(result).toMatchObject({ ending: "exited", exitCode: 0, leftBehind: true });
    expect(sessionLives(Number.parseInt(result.output))).toBe(false);
  });
});

onLinux("what is ended, though the program can end nothing itself", () => {
  test.each(Object.entries(STUBBORN))(
    "after a kill -9 of the program: what forks on %s",
    async (_, command) => {
      const output = await runProgram(`
      const shell = spawnShell(${JSON.stringify(command)}, { cwd: ${JSON.stringify(cwd)} });
      console.log(shell.pid);
      await delay(300);
      process.kill(process.pid, "SIGKILL");`);
      await waitUntil(() => !sessionLives(Number(output)));
    },
  );

  test("after a kill -9 of the reaper and then the program: what ran before, and what was started since", async () => {
    const output = await runProgram(`
      const start = () => spawnShell("sleep 60", { cwd: ${JSON.stringify(cwd)} }).pid;
      const children = () => fs.readFileSync("/proc/self/task/" + process.pid + "/children", "utf8").trim().split(" ").map(Number);
      const before = start();
      const reaper = children().find((pid) => pid !== before);
      process.kill(reaper, "SIGKILL");
      while (children().includes(reaper) || children().length < 2) await delay(10);
      await delay(100);
      console.log(JSON.stringify([before, start()]));
      await delay(100);
      process.kill(process.pid, "SIGKILL");`);
    const sessions = JSON.parse(output) as number[];
    expect(sessions).toHaveLength(2);
    await waitUntil(() => !sessions.some((session) => sessionLives(session)));
  });
});

test.each([0, 2, 4, 6, 40])(
  "with %i file descriptors left a command runs, or does not start and says why",
  async (spare) => {
    const output = await runProgram(
      `const held = [];
      try { for (;;) held.push(fs.openSync("/dev/null", "r")); } catch {}
      for (let count = 0; count < ${spare}; count++) fs.closeSync(held.pop());
      const result = await runShell("echo hi", { cwd: ${JSON.stringify(cwd)} });
      held.forEach((file) => fs.closeSync(file));
      console.log(JSON.stringify(result));`,
      'ulimit -n 128; exec "$@"',
    );
    const result = JSON.parse(output) as { ending: string; output: string; error?: string };
    if (result.ending === "exited") expect(result.output).toBe("hi\n");
    else
      expect(result).toMatchObject({ ending: "failed_to_start", error: expect.stringMatching(/descriptor/) });
    if (spare === 40) expect(result.ending).toBe("exited");
    await waitUntil(noPipesAreLeft);
  },
);

test("the pipes of a program are gone when it is", async () => {
  const output = await runProgram(`
    await runShell("true", { cwd: ${JSON.stringify(cwd)} });
    console.log(fs.readdirSync(process.env.TMPDIR).join());`);
  expect(output).toMatch(/course-output-/);
  await waitUntil(noPipesAreLeft);
});

test("a command that is stopped before it has started is ended at once", async () => {
  const result = await runShell("sleep 60", { cwd, signal: AbortSignal.abort(), timeoutMs: 5_000 });
  expect(result).toMatchObject({ ending: "aborted", exitCode: null });
});

test("where there is no /proc, a session lives as long as its first group", async () => {
  const platform = Object.getOwnPropertyDescriptor(process, "platform") ?? {};
  Object.defineProperty(process, "platform", { ...platform, value: "darwin" });
  onTestFinished(() => void Object.defineProperty(process, "platform", platform));
  const shell = spawnShell("sleep 60", { cwd });
  shell.output.resume();
  const session = shell.pid ?? 0;
  expect(sessionLives(session)).toBe(true);
  shell.kill();
  expect((await shell.ended).ending).toBe("aborted");
  expect(sessionLives(session)).toBe(false);
  const elsewhere = await runShell("set -m; sleep 1 >/dev/null 2>&1 &", { cwd });
  expect(elsewhere, "what is in another group is not found").toMatchObject({ leftBehind: false });
});
