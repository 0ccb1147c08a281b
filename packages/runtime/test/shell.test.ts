import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { sessionLives, isAlive, runShell, spawnShell } from "../src/index.ts";
import { temporaryFolder } from "../src/testing.ts";

const cwd = temporaryFolder();
afterAll(() => rmSync(cwd, { recursive: true, force: true }));
// Set where these tests run, perhaps; what the runtime adds must do.
delete process.env["PYTHONUNBUFFERED"];
const pidFrom = (text: string) => Number(/\d+/.exec(text)?.[0]);

async function waitUntil(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error("waited ten seconds in vain");
    await delay(10);
  }
}

test("stdout and stderr come back in the order in which they were written", async () => {
  const result = await runShell("echo one; echo two >&2; echo three", { cwd });
  expect(result).toMatchObject({
    output: "one\ntwo\nthree\n",
    exitCode: 0,
    ending: "exited",
    leftBehind: false,
  });
});

test("exit codes and signals are reported", async () => {
  expect(await runShell("exit 7", { cwd })).toMatchObject({ exitCode: 7, ending: "exited" });
  expect(await runShell("kill -9 $$", { cwd })).toMatchObject({ exitCode: null, signal: "SIGKILL" });
});

test("stdin is closed: a command that reads it does not wait", async () => {
  expect(await runShell("cat; echo done", { cwd, timeoutMs: 5000 })).toMatchObject({ output: "done\n" });
});

test("a syntax error is output, not a crash", async () => {
  const result = await runShell("if", { cwd });
  expect(result.exitCode).not.toBe(0);
  expect(result.output).toMatch(/syntax error/i);
});

test("the middle of a long output is counted, its head and tail are kept", async () => {
  const { output } = await runShell("echo first; seq 1 200000; echo last", { cwd });
  expect(output.length).toBeLessThan(31_000);
  expect(output).toMatch(/^first\n1\n2\n/);
  expect(output).toMatch(/200000\nlast\n$/);
  const dropped = Number(/\[\.\.\. ([\d,]+) characters left out/.exec(output)?.[1]?.replaceAll(",", ""));
  expect(dropped + 30_000).toBe("first\nlast\n".length + 1_288_895);
});

test("characters of several bytes survive the borders of chunks", async () => {
  const { output } = await runShell("for i in $(seq 200); do printf 'ä€😀'; sleep 0.001; done", { cwd });
  expect(output).toBe("ä€😀".repeat(200));
});

test("a timeout ends the whole group, also one that ignores SIGTERM", async () => {
  const start = performance.now();
  const result = await runShell("trap '' TERM; sleep 70 & echo $!; wait; sleep 70", { cwd, timeoutMs: 200 });
  expect(result.ending).toBe("timed_out");
  expect(performance.now() - start).toBeLessThan(4000);
  await waitUntil(() => !isAlive(pidFrom(result.output)));
});

test("an abort ends the command", async () => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 100);
  const result = await runShell("sleep 71", { cwd, signal: abort.signal });
  expect(result).toMatchObject({ ending: "aborted", signal: "SIGTERM" });
});

test("an abort also ends what timeout puts into a process group of its own", async () => {
  const shell = spawnShell("timeout 60 sleep 59 | cat", { cwd });
  await delay(200);
  shell.output.resume();
  shell.kill();
  expect(await shell.ended).toMatchObject({ ending: "aborted" });
  expect(shell.pid !== undefined && sessionLives(shell.pid)).toBe(false);
});

test("what a foreground command leaves running is ended", async () => {
  const result = await runShell("sleep 72 & echo $!", { cwd });
  expect(result).toMatchObject({ ending: "exited", exitCode: 0, leftBehind: true });
  expect(isAlive(pidFrom(result.output))).toBe(false);
});

test("a background command lasts until its output is closed", async () => {
  const shell = spawnShell("(sleep 0.3; echo late) & echo early", { cwd });
  let output = "";
  shell.output.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await shell.ended;
  expect(output).toBe("early\nlate\n");
});

test.each(["/dev/stdout", "/dev/stderr", "/proc/self/fd/2"])("%s can be opened by name", async (name) => {
  const { output } = await runShell(`echo one; echo two > ${name}; echo three >&2; echo four >> ${name}`, {
    cwd,
  });
  expect(output).toBe("one\ntwo\nthree\nfour\n");
});

test("an error names the line of the command, and nothing that the user did not write", async () => {
  const { output } = await runShell("true\nno-such-program", { cwd });
  expect(output).toMatch(/line 2: no-such-program: command not found|2: no-such-program: not found/);
  expect((await runShell("if", { cwd })).output).not.toMatch(/exec|2>&1/);
});

test("a command may begin with a dash", async () => {
  expect((await runShell("-x", { cwd })).output).toMatch(/-x: (command )?not found/);
});

test("what was printed before a time-out is kept, and what is printed on SIGTERM", async () => {
  const command = "trap 'echo cleaned up; exit' TERM; echo up; while :; do sleep 0.05; done";
  const { output, ending } = await runShell(command, { cwd, timeoutMs: 500 });
  expect([ending, output.split("\n")[0], output.includes("cleaned up")]).toEqual(["timed_out", "up", true]);
});

const hasPython = spawnSync("python3", ["--version"]).status === 0;
test.runIf(hasPython)("what Python prints arrives while it runs", async () => {
  const shell = spawnShell(`python3 -c 'import time; print("from python"); time.sleep(60)'`, { cwd });
  const [chunk] = (await once(shell.output, "data")) as [Buffer];
  shell.kill();
  expect(chunk.toString()).toMatch(/^from python/);
  await shell.ended;
});

test("what is written while this thread is busy is kept, though its exit is seen before it is read", async () => {
  const busy = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  const first = spawnShell("echo now", { cwd });
  const second = runShell("sleep 0.5; echo kept", { cwd });
  // The first one's exit waits while its output is read; then both exits are seen, and time passes before the next read.
  first.output.once("data", () => {
    busy(700);
    setImmediate(() => busy(300));
  });
  busy(300);
  expect(await second).toMatchObject({ output: "kept\n", ending: "exited", leftBehind: false });
});

test("a slow reader gets all that was written before the time-out", async () => {
  // The middle is more than a stream holds for its reader, and so the last line still lies in the pipe at the end.
  const middle = "dd if=/dev/zero bs=30000 count=1 2>&-";
  const command = `echo first; sleep 0.1; ${middle}; sleep 0.1; echo last; sleep 60`;
  const shell = spawnShell(command, { cwd, timeoutMs: 700 });
  let output = "";
  for await (const chunk of shell.output as AsyncIterable<Buffer>) {
    output += chunk.toString();
    await delay(900);
  }
  expect(output).toBe(`first\n${"\0".repeat(30_000)}last\n`);
  expect(await shell.ended).toMatchObject({ ending: "timed_out" });
});

test("what a process that escaped prints later reaches no other command", async () => {
  const stray = "trap '' PIPE; echo $$; while sleep 0.02; do echo stray; done";
  const escaped = await runShell(`setsid sh -c "${stray.replace("$$", "\\$\\$")}" &`, { cwd });
  try {
    // The first may start before the pipe was given back.
    const outputs = [await runShell("sleep 0.1", { cwd }), await runShell("sleep 0.3", { cwd })];
    expect(escaped.output).toContain("stray");
    expect(outputs.map(({ output }) => output)).toEqual(["", ""]);
  } finally {
    process.kill(pidFrom(escaped.output), "SIGKILL");
  }
});

test.each([
  ["a folder that was removed", "pwd", join(cwd, "gone"), /the folder \S+gone does not exist/],
  ["a folder that is a file", "pwd", import.meta.filename, /shell\.test\.ts is not a folder/],
  ["a NUL byte", "echo a\0b", cwd, /NUL byte/],
  ["a command that is too long", `echo ${"x".repeat(300_000)}`, cwd, /300,005 bytes.*file/],
])("%s is named", async (_, command, folder, message) => {
  const result = await runShell(command, { cwd: folder });
  expect(result).toMatchObject({ ending: "failed_to_start", error: expect.stringMatching(message) });
});

test("the commands of a program that is killed die with it", async () => {
  const script = `
    import { spawnShell } from ${JSON.stringify(join(import.meta.dirname, "../src/index.ts"))};
    const shell = spawnShell("trap '' TERM HUP; timeout 80 sleep 73 & wait; sleep 73", { cwd: ${JSON.stringify(cwd)} });
    console.log(shell.pid);
    shell.output.resume();`;
  const program = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const group = await new Promise<number>((resolve) =>
    program.stdout.once("data", (data: Buffer) => resolve(Number(data))),
  );
  await waitUntil(() => sessionLives(group));
  await delay(50);
  program.kill("SIGKILL");
  await waitUntil(() => !sessionLives(group));
});

test("an input is read from stdin, also by name, and one that is not read makes nobody wait", async () => {
  const input = "ä".repeat(200_000);
  const [piped, byName, unread] = await Promise.all([
    runShell("wc -c", { cwd, input }),
    runShell("wc -c < /dev/stdin", { cwd, input }),
    runShell("echo done", { cwd, input }),
  ]);
  expect([piped.output.trim(), byName.output.trim(), unread.output]).toEqual(["400000", "400000", "done\n"]);
});

test("stderr comes apart where it is asked for, and a variable is added to the environment", async () => {
  const shell = spawnShell('echo "out $EXTRA"; echo "err $EXTRA" >&2; echo named > /dev/stderr', {
    cwd,
    env: { EXTRA: "here" },
    separateErrors: true,
  });
  const [output, errors, end] = await Promise.all([
    text(shell.output),
    shell.errors ? text(shell.errors) : "none",
    shell.ended,
  ]);
  expect({ output, errors, exitCode: end.exitCode }).toEqual({
    output: "out here\n",
    errors: "err here\nnamed\n",
    exitCode: 0,
  });
});
