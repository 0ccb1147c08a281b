import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { REPOSITORY } from "@course/runtime/terminal";
import { expect, test } from "vitest";
import { Screen } from "../../runtime/src/terminal/screen.ts";
import type { Graded } from "../src/grade.ts";
import { Report } from "../src/report.ts";
import { running } from "./program.ts";

const BROKEN = "node examples/agents/loop-broken.mjs";
const CUT_OFF = "a call in a reply that was cut off is not run";

function start(...args: string[]) {
  const child = spawn(
    process.execPath,
    ["--import", "./scripts/preflight.mjs", "packages/grader/src/main.ts", ...args],
    { cwd: REPOSITORY, env: { ...process.env, INIT_CWD: REPOSITORY } },
  );
  const ended = Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once("exit", resolve)),
  ]);
  return { child, ended };
}

test("what explains several failures is said once, and nothing that a program printed moves the cursor", () => {
  let out = "";
  const report = new Report(new Screen({ write: (text) => (out += text) }));
  const failed = (name: string, id: string): Graded => ({
    name,
    status: "failed",
    expected: "a result",
    came: "none",
    why: `the API refused request 2 (400: ${id})`,
    printed: ["\x1b[2Jboom\x07"],
    lesson: "s01-agent-loop.md",
  });
  report.stage({ name: "loop", about: "x", checks: [failed("one", "toolu_1"), failed("two", "toolu_2")] });
  expect(out.match(/the API refused/g)).toHaveLength(1);
  expect(out.match(/ {6}why {7}as above/g)).toHaveLength(1);
  expect(out.match(/printed {3}boom/g)).toHaveLength(1);
  for (const code of ["\x1b", "\x07"]) expect(out).not.toContain(code);
});

test.concurrent("in a pipe it is plain text that fits into 80 columns, and names what to read", async () => {
  const [out, , code] = await start(BROKEN, "--stage", "loop,files").ended;
  expect(code).toBe(1);
  expect(out).not.toContain("\x1b");
  for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  expect(out).toContain(`  ✗ ${CUT_OFF}\n      expected  `);
  expect(out).toContain("      came      the command was run\n");
  expect(out).toContain("      learn     docs/s01-agent-loop.md\n");
  expect(out).toContain("not offered: a tool with a path and `content`\n");
  expect(out).toContain("9 passed, 1 failed, 10 not offered\nBegin with the first ✗ of loop");
});

test.concurrent("--json says the same to a program", async () => {
  const [out, , code] = await start(BROKEN, "--stage", "loop", "--json").ended;
  const result = JSON.parse(out) as { stages: { checks: { name: string; status: string }[] }[] };
  expect(code).toBe(1);
  expect(result).toMatchObject({
    command: BROKEN,
    ok: false,
    passed: 9,
    failed: 1,
    notOffered: 0,
    tools: { shell: "bash" },
  });
  const failed = result.stages.flatMap(({ checks }) => checks).filter(({ status }) => status === "failed");
  expect(failed).toMatchObject([{ name: CUT_OFF, came: "the command was run", lesson: "s01-agent-loop.md" }]);
});

test.concurrent("where all that applies passes, the exit code is 0", async () => {
  const [, , code] = await start("node examples/agents/loop.mjs", "--stage", "loop").ended;
  expect(code).toBe(0);
});

test.concurrent("a program that cannot be graded is one result, with its last words", async () => {
  const [out, , code] = await start("echo I am no agent; false").ended;
  expect(code).toBe(1);
  expect(out).toContain("It made no request to ANTHROPIC_BASE_URL, and ended with exit code 1.");
  expect(out).toContain("printed   I am no agent\n");
  expect(out).not.toContain("loop:");
});

test.concurrent("a program without tools has nothing that could be graded", async () => {
  const ask = `curl -s $ANTHROPIC_BASE_URL/v1/messages -H x-api-key:x -H anthropic-version:2023-06-01 -d '{"model":"claude-sonnet-5-5","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}'; true`;
  const [out, , code] = await start(ask, "--stage", "files").ended;
  expect(code).toBe(1);
  expect(out).toContain("Nothing was graded");
});

test.concurrent("a mistake in the arguments is one line", async () => {
  const [out, errors, code] = await start(BROKEN, "--stage", "loops").ended;
  expect([out, code]).toEqual(["", 1]);
  expect(errors).toMatch(/^--stage loops: there is no such stage\. .*\n$/);
});

test.concurrent("Ctrl-C ends the grader and what it started", async () => {
  const { child, ended } = start("sleep 16180.3; true");
  // The grader itself has it in its command line.
  const until = performance.now() + 20_000;
  while (running("16180.3").length < 2 && performance.now() < until) await delay(50);
  child.kill("SIGINT");
  expect((await ended)[2]).toBe(130);
  expect(running("16180.3")).toEqual([]);
});
