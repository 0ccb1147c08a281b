import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { REPOSITORY } from "@course/runtime/terminal";
import { firstDifference, requestDifference } from "../src/mine/compare.ts";
import { steady } from "../src/mine/steady.ts";
import { replay, traceOf, type Traced } from "./program.ts";

const practice = mkdtempSync(join(tmpdir(), "course-practice-"));
const runs: Traced[] = [];
let background: Traced;
let subagents: Traced;
beforeAll(() => {
  background = traceOf(
    "s13",
    "Run `sleep 1; echo build ok` in the background, and create notes/plan.md meanwhile",
  );
  subagents = traceOf("s04", "Ask a subagent: how many tests are there?");
  runs.push(background, subagents);
});
afterAll(() => {
  rmSync(practice, { recursive: true, force: true });
  for (const { remove } of runs) remove();
});

/** The learner's folder: ours, with one text replaced in one file. */
function write(name: string, file = "", from = "", to = ""): void {
  const [folder, ours] = [join(practice, name), join(REPOSITORY, "chapters", name)];
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const part of ["package.json", "src"])
    cpSync(join(ours, part), join(folder, part), { recursive: true });
  symlinkSync(join(ours, "node_modules"), join(folder, "node_modules"));
  if (file === "") return;
  const source = readFileSync(join(folder, "src", file), "utf8");
  if (!source.includes(from)) throw new Error(`${file} does not hold ${from}`);
  writeFileSync(join(folder, "src", file), source.replace(from, to));
}

const mine = ({ file }: Traced) => replay([file, "--mine"], { COURSE_PRACTICE: practice });

test("who has not begun is told how to", () => {
  expect(mine(background)).toEqual({
    stdout: "",
    stderr: "--mine: you have not begun s13. Begin with: npm run practice s13\n",
    code: 1,
  });
});

test("a mechanism that does what ours does differs in nothing, subagents included", () => {
  write("s13-background-tasks");
  expect(mine(background).stdout).toMatch(/^Nothing differs: 4 requests, and what was told on the way/);
  write("s04-subagent");
  expect(mine(subagents).stdout).toMatch(/^Nothing differs: \d+ requests/);
});

test("the first request that is not the same is shown, where it is not the same, with both versions", () => {
  write("s13-background-tasks", "render-tasks.ts", "<background-results>\\n", "<results>\\n");
  const { stdout, code } = mine(background);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^It first differs here\. Request 4 of 4: message 7 \(user\), block 1, a text\n/);
  expect(stdout).toMatch(/trace │ <background-results>/);
  expect(stdout).toMatch(/yours │ <results>/);
});

test("a mechanism that throws is a difference, and no stack trace", () => {
  write(
    "s13-background-tasks",
    "render-tasks.ts",
    "return `<background-results>",
    "throw new Error('my mistake'); return `<background-results>",
  );
  const { stdout, stderr, code } = mine(background);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^It first differs here\. Request 4 of 4 is not sent/);
  expect(stderr + stdout).not.toMatch(/\n\s+at /);
});

test("what differs from run to run is no difference", () => {
  const folders = ["/tmp/a", "/tmp/b"];
  const one = { text: 'at 2026-11-26T10:00:00.123Z in /tmp/a: 0.4 s, seconds="1.0"', signature: "x" };
  const other = { text: 'at 2026-11-27T11:00:00.000Z in /tmp/b: 12 s, seconds="2.5"', signature: "y" };
  expect(steady(one, folders)).toEqual(steady(other, folders));
  expect(steady({ text: "3 tasks" }, folders)).not.toEqual(steady({ text: "4 tasks" }, folders));
});

test("a difference is named by where it is", () => {
  expect(firstDifference({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] })).toEqual(["a", 1, "b"]);
  expect(firstDifference([1], [1, 2])).toEqual([1]);
  expect(firstDifference({ a: 1 }, { a: 1 })).toBeUndefined();
  const message = (text: string) => ({ messages: [{ role: "user", content: [{ type: "text", text }] }] });
  expect(requestDifference(message("a"), message("b"))).toEqual({
    place: "message 1 (user), block 1, a text",
    trace: "a",
    mine: "b",
  });
  expect(requestDifference({ system: "a" }, { system: "b" })?.place).toBe("the system prompt");
});
