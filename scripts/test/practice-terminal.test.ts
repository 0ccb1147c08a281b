// What a person at a terminal meets: a loop that does not end, the question of --reset, and --watch.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { TestTerminal } from "../../packages/runtime/test/terminal/terminal.ts";
import { findChapter, ROOT } from "../lib/chapters.ts";
import { exerciseOf } from "../practice/exercise.ts";
import { makePackage } from "../practice/folder.ts";

const LIST = "src/todo-list.ts";
const TITLE = exerciseOf(findChapter("s03"))?.steps[0]?.title ?? "";
const NODE = `${process.execPath} --import ./scripts/preflight.mjs`;

/** A folder for the learner's work, which programs that are started from now on use. */
function practice(): string {
  const folder = join(temporaryFolder(), "practice");
  mkdirSync(folder);
  vi.stubEnv("COURSE_PRACTICE", folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(join(folder, ".."), { recursive: true, force: true });
  });
  return folder;
}

/** s03 in that folder, all written, with a change in the list. Returns the list's path. */
function written(folder: string, change: (source: string) => string): string {
  const exercise = exerciseOf(findChapter("s03"));
  if (!exercise) throw new Error("s03 has an exercise");
  makePackage(exercise, join(folder, "s03-todo"), []);
  const list = join(folder, "s03-todo", LIST);
  writeFileSync(list, change(readFileSync(list, "utf8")));
  return list;
}

function terminal(shell: string): TestTerminal {
  const opened = new TestTerminal({ url: "", shell: `unset ANTHROPIC_BASE_URL; exec ${shell}` });
  onTestFinished(() => opened.kill());
  return opened;
}

test("a mechanism that loops for ever is named with its line, and Ctrl-C ends the program", async () => {
  const folder = practice();
  const list = written(folder, (source) =>
    source.replace("endRound(): boolean {", "endRound(): boolean {\n    for (;;);"),
  );
  const line = readFileSync(list, "utf8").split("\n").indexOf("    for (;;);") + 1;
  const work = join(folder, "work");
  mkdirSync(work);
  const at = terminal(`${NODE} chapters/s03-todo/src/main.ts --mine --offline --dir ${work}`);
  await at.shows("s03 >");
  at.type("Run pwd\r");
  await at.shows("Ctrl-C ends the program.");
  expect(at.screen.text).toContain(
    `busy for 3 s, in endRound:\n  practice/s03-todo/src/todo-list.ts:${line}`,
  );
  at.type("\x03");
  await at.exit;
  expect(at.screen.text).toMatch(/Ended: your code did not come back, in endRound:\n {2}practice/);
});

test.each([
  ["n\r", "Nothing was changed.", false],
  ["\x04", "Nothing was changed.", false],
  ["y\r", "is made anew. What you wrote is in", true],
])("--reset asks, and %j is an answer", async (keys, answer, isReset) => {
  const folder = practice();
  const list = written(folder, (source) => `${source}// mine\n`);
  const marks = join(folder, ".progress.json");
  const steps = { T: { hints: 0, passed: "x" }, [TITLE]: { hints: 1, passed: "x" } };
  writeFileSync(marks, JSON.stringify({ version: 1, chapters: { s03: { steps } } }));
  const at = terminal(`${NODE} scripts/practice.ts s03 --reset`);
  await at.shows("Begin all steps of s03 anew? What you wrote is kept beside. [y/N]");
  at.type(keys);
  expect(await at.exit).toBe(0);
  // The terminal breaks the line where the folder's name is long.
  const words = (text: string) => text.replaceAll(/\s/g, "");
  expect(words(at.screen.text)).toContain(words(answer));
  expect(readFileSync(list, "utf8").endsWith("// mine\n")).toBe(!isReset);
  expect(existsSync(join(folder, "s03-todo.old-1"))).toBe(isReset);
  const kept = JSON.parse(readFileSync(marks, "utf8")) as { chapters: { s03: { steps: object } } };
  expect(kept.chapters.s03.steps).toEqual({
    ...steps,
    [TITLE]: isReset ? { hints: 1 } : { hints: 1, passed: "x" },
  });
});

test("Ctrl-C at the question of --reset changes nothing", async () => {
  const folder = practice();
  written(folder, (source) => source);
  const at = terminal(`${NODE} scripts/practice.ts s03 --reset`);
  await at.shows("[y/N]");
  at.type("\x03");
  expect(await at.exit).toBe(130);
  expect(readdirSync(folder)).toEqual(["s03-todo"]);
});

test("--watch runs the tests when a file is saved, and Ctrl-C leaves", async () => {
  const folder = practice();
  const right = readFileSync(join(findChapter("s03").folder, LIST), "utf8");
  const list = written(folder, (source) =>
    source.replace("items.length > MAXIMUM_ITEMS", "items.length >= MAXIMUM_ITEMS"),
  );
  const program = spawn("sh", ["-c", `exec ${NODE} scripts/practice.ts s03 --watch`], { cwd: ROOT });
  onTestFinished(() => void program.kill("SIGKILL"));
  const exited = new Promise((resolve) => program.once("exit", resolve));
  let said = "";
  program.stdout.on("data", (text: Buffer) => (said += text.toString()));
  await vi.waitFor(() => expect(said).toMatch(/✗ twenty items fit[\s\S]*Waiting for you to save/), 30_000);
  said = "";
  writeFileSync(list, right);
  await vi.waitFor(() => expect(said).toMatch(/All 3 steps pass\.[\s\S]*Waiting for you to save/), 30_000);
  program.kill("SIGINT");
  expect(await exited).toBe(130);
});
