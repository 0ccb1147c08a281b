// The program without a person: -p, lines from a pipe, JSON in and out, the demo; what goes where, and exit codes.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, script, type ScriptedModel } from "@course/offline-model/test";
import { expect, test } from "vitest";
import { REPOSITORY } from "../src/terminal/index.ts";
import { startProgram } from "../src/terminal/start-program.ts";
import { newHost, temporaryFolder } from "../src/testing.ts";
import { partsWith } from "./terminal/parts.ts";
import { PROGRAM } from "./terminal/terminal.ts";

const environment = async (model: ScriptedModel) => ({
  ANTHROPIC_BASE_URL: await model.start(),
  ANTHROPIC_API_KEY: "test",
});

/** Starts the program in a process of its own. */
async function start(model: ScriptedModel, args: string[]) {
  // The model of whoever runs the tests must not decide them.
  const shell = Object.entries(process.env).filter(([name]) => name !== "MODEL_ID");
  const env = { ...Object.fromEntries(shell), ...(await environment(model)), INIT_CWD: "" };
  return spawn(process.execPath, [...PROGRAM, ...args], { cwd: REPOSITORY, env });
}

/** Runs the program in this process. */
async function run(
  model: ScriptedModel,
  args: string[],
  input = "",
  { envFile, ...env }: { envFile?: string; MODEL_ID?: string } = {},
) {
  const { host, ended } = newHost(["--dir", temporaryFolder(), ...args], input);
  Object.assign(host.env, await environment(model), env);
  await startProgram(partsWith(envFile), host);
  await model.close();
  return ended;
}

const events = (stdout: string) =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { type: string; message?: string; stopReason?: string });

test("-p prints the answer alone; a run that fails prints none, and its exit code says so", async () => {
  const good = await run(script(call("print", { text: "x" }), say("the answer")), ["-p", "go"]);
  expect(good).toMatchObject({ stdout: "the answer\n", code: 0 });
  expect(good.stderr).toMatch(/● print x\n/);
  const bad = await run(script(), ["-p", "go"]);
  expect(bad).toMatchObject({ stdout: "", code: 1 });
  expect(bad.stderr).toContain("the script has only 0 replies");
});

test.each([
  ["stdout", ["--output-format", "stream-json"]],
  ["stderr", []],
] as const)("where nobody reads its %s, the program ends, with code 1", async (name, more) => {
  const model = script(call("print", { text: "x" }), say("the answer"));
  const child = await start(model, ["--dir", temporaryFolder(), "-p", "go", ...more]);
  const exited = once(child, "exit");
  child[name].destroy();
  child.stdin.end();
  expect(await exited).toEqual([1, null]);
  await model.close();
});

test.runIf(process.platform === "linux")(
  "an answer that cannot be written ends the program with code 1",
  async () => {
    const model = script(say("the answer"));
    const env = { ...process.env, ANTHROPIC_BASE_URL: await model.start(), ANTHROPIC_API_KEY: "test" };
    const full = openSync("/dev/full", "w");
    const args = [...PROGRAM, "--dir", temporaryFolder(), "-p", "go"];
    const child = spawn(process.execPath, args, { cwd: REPOSITORY, env, stdio: ["ignore", full, "ignore"] });
    expect(await once(child, "exit")).toEqual([1, null]);
    closeSync(full);
    await model.close();
  },
);

test("--output-format json prints one result, of a failure too", async () => {
  const good = await run(script(call("print", { text: "x" }), say("the answer")), [
    "-p",
    "go",
    "--output-format",
    "json",
  ]);
  expect(good.code).toBe(0);
  const result = JSON.parse(good.stdout) as { duration_ms: number; usage: Record<string, number> };
  expect(result).toMatchObject({
    type: "result",
    is_error: false,
    stop_reason: "end_turn",
    result: "the answer",
    num_turns: 2,
  });
  expect(Number.isInteger(result.duration_ms) && result.duration_ms >= 0).toBe(true);
  expect(result.usage["output_tokens"]).toBeGreaterThan(0);
  const bad = await run(script(), ["-p", "go", "--output-format", "json"]);
  expect(bad.code).toBe(1);
  expect(JSON.parse(bad.stdout)).toMatchObject({ is_error: true, stop_reason: "failed", num_turns: 0 });
});

test("stream-json prints events and nothing else, and goes on after a line that is no message", async () => {
  const once = await run(script(say("hi")), ["-p", "go", "--output-format", "stream-json"]);
  expect(events(once.stdout).at(-1)).toMatchObject({ type: "run_ended", stopReason: "end_turn" });
  expect(once.stderr).toBe("");

  const user = (content: unknown) => JSON.stringify({ type: "user", message: { role: "user", content } });
  const lines = [
    "no json",
    "null",
    JSON.stringify({ type: "other", message: { content: "x" } }),
    user("  "),
    user([{ type: "image" }]),
    user(7),
    user([{ type: "text", text: "in a block" }]),
  ];
  const model = script(say("one"), say("two"));
  const json = ["--input-format", "stream-json", "--output-format", "stream-json"];
  const many = await run(model, json, `${lines.join("\n")}\n\n${user("again")}\n`);
  expect(many.code).toBe(1);
  const seen = events(many.stdout);
  expect(seen.filter(({ type }) => type === "error").map(({ message }) => message)).toEqual([
    expect.stringMatching(/^A line of input is no JSON/),
    expect.stringMatching(/^A line of input is no message/),
    expect.stringMatching(/^A line of input is no message/),
    expect.stringMatching(/^A message is empty/),
    expect.stringMatching(/^A message holds something else than text/),
    expect.stringMatching(/^A line of input is no message/),
  ]);
  expect(seen.filter(({ type }) => type === "run_ended")).toHaveLength(2);
  expect(JSON.stringify(model.requests[0]?.messages)).toContain("in a block");
  expect((await run(script(say("fine")), json, `${user("go")}\n`)).code).toBe(0);
  expect((await run(script(), json, `${user("go")}\n`)).code).toBe(1);
});

test("lines of a pipe run one after the other, and one that fails is told by the exit code", async () => {
  const { stdout, stderr, code } = await run(
    script(say("one"), say("two")),
    [],
    "first words\n\n2\n9\n/tools\n/messages x\nmore\n",
  );
  expect(stdout).toMatch(/^one\ntwo\n {2}ask .*\n/);
  expect(stdout).not.toMatch(/There is no/);
  expect(stderr).toContain("There is no prompt 9; type 1 to 6, or your own words.\n");
  expect(stderr).toMatch(/There is no message x\./);
  expect(stderr).toContain("you > first words\n");
  expect(stderr).toContain("you > second of the card\n");
  expect(code).toBe(1);
  expect((await run(script(say("one")), [], "go\n/quit\nnever\n")).code).toBe(0);
  // A line that asks for what there is not was not done.
  for (const line of ["9", "/nope", "/messages x", "/cost x"])
    expect(await run(script(), [], `${line}\n`)).toMatchObject({ stdout: "", code: 1 });
});

test("a pipe without lines runs the demo under a banner, and --demo does so with its input left alone", async () => {
  for (const [args, input] of [
    [[], ""],
    [["--demo"], "not read\n"],
  ] as const) {
    const { stdout, code } = await run(script(say("shown")), [...args], input);
    expect(stdout).toMatch(/^test Test · test · edition 1\.0\.0 of 2026-11-25\nAn insight\.\n/);
    expect(stdout).toMatch(/you > first of the card\nshown\n/);
    expect(stdout).not.toContain("not read");
    expect(code).toBe(0);
  }
  expect((await run(script(), ["--demo"])).code).toBe(1);
});

test.each<[string[], RegExp]>([
  [["--ofline"], /^Unknown flag --ofline\. Did you mean --offline\?.*\n$/],
  [["--fault", "529"], /^--fault needs the offline model\. Add --offline\.\n$/],
  [["--offline", "-p", "x"], /^The offline model lives in the repository\..*\n$/],
])("%j is one line on stderr and exit code 1", async (args, message) => {
  const { stdout, stderr, code } = await run(script(), args);
  expect({ stdout, code }).toEqual({ stdout: "", code: 1 });
  expect(stderr).toMatch(message);
});

test("--help names the program and its flags, and asks no model", async () => {
  const model = script();
  const { stdout, code } = await run(model, ["--help"]);
  expect(stdout).toMatch(/^Test: \n\nFlags:\n {2}-p, --print PROMPT/);
  expect(code).toBe(0);
});

test("--max-turns ends a run that goes on, --trace writes it down, and --step needs a person", async () => {
  const folder = temporaryFolder();
  const turns = () => script(call("print", { text: "1" }), call("print", { text: "2" }), say("end"));
  const limited = await run(turns(), ["-p", "go", "--max-turns", "2", "--dir", folder, "--trace"]);
  expect(limited.code).toBe(1);
  expect(limited.stderr).toContain("Stopped at the limit of model calls (2).");
  expect(limited.stderr).toMatch(new RegExp(`^Tracing to ${folder}/\\.traces/`));
  expect(readdirSync(join(folder, ".traces")).filter((name) => name.endsWith(".jsonl"))).toHaveLength(1);
  const untraced = temporaryFolder();
  expect((await run(turns(), ["-p", "go", "--max-turns", "3", "--dir", untraced])).code).toBe(0);
  expect(existsSync(join(untraced, ".traces"))).toBe(false);
  const steps = await run(turns(), ["--step"], "go\n");
  expect(steps.stderr).toContain("--step needs somebody at the prompt.");
  expect(steps.code).toBe(1);
});

test("Ctrl-C ends what has no prompt, with its own exit code", async () => {
  const model = script(call("wait", { file: "/no/such/file" }));
  const child = await start(model, ["-p", "go", "--output-format", "stream-json"]);
  let seen = "";
  child.stdout.on("data", (part: Buffer) => {
    seen += part.toString();
    if (seen.includes("tool_started")) child.kill("SIGINT");
  });
  expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(130);
  await model.close();
});

test("a program reads .env, says what it cannot read there, and the shell's variables win", async () => {
  const file = join(temporaryFolder(), ".env");
  writeFileSync(file, "MODEL_ID=claude-haiku-5-5\nANTHROPIC_API_KEY=of-the-file\nA B\n");
  const shown = async (env: { MODEL_ID?: string }) => {
    const { stdout, stderr } = await run(script(say("x")), ["--demo"], "", { envFile: file, ...env });
    return { model: /model +(\S+) at/.exec(stdout)?.[1], stderr };
  };
  expect(await shown({})).toEqual({
    model: "claude-haiku-5-5",
    stderr: `${file}, line 3, is not a clean NAME=value; check it.\n`,
  });
  expect((await shown({ MODEL_ID: "claude-opus-5" })).model).toBe("claude-opus-5");
});
