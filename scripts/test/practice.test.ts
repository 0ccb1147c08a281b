import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runChapter, temporaryFolder, type ChapterRun } from "@course/runtime/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { spansOf } from "../../packages/runtime/src/terminal/text.ts";
import { findChapter } from "../lib/chapters.ts";
import { changeProgress, noteRun, readProgress, standing } from "../lib/progress.ts";
import { check } from "../practice/check.ts";
import { difference } from "../practice/difference.ts";
import { exerciseOf, exercises, type Exercise, type Step } from "../practice/exercise.ts";
import { makePackage, openFolder } from "../practice/folder.ts";
import { grade } from "../practice/grade.ts";
import { stepPage } from "../practice/pages.ts";
import { placeOf } from "../practice/place.ts";
import { reset } from "../practice/reset.ts";

/** The exercise of s03 in a folder of its own. */
function s03(): Exercise {
  const exercise = exerciseOf(findChapter("s03"));
  if (!exercise) throw new Error("s03 has an exercise");
  const parent = temporaryFolder();
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  return { ...exercise, folder: join(parent, "s03-todo") };
}

const LIST = "src/todo-list.ts";
const ours = readFileSync(join(import.meta.dirname, "../../chapters/s03-todo", LIST), "utf8");

test("every card's steps name functions that are there, and have three hints and a title of their own", () => {
  expect(exercises().length).toBeGreaterThan(4);
  for (const { steps } of exercises()) expect(steps.length).toBeGreaterThan(1);
});

test("a card with two hints, or with a function that is not there, is refused, and says which", () => {
  const folder = temporaryFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const chapter = { ...findChapter("s03"), folder };
  cpSync(join(findChapter("s03").folder, "src"), join(folder, "src"), { recursive: true });
  const step = { title: "T", write: ["TodoList.replace"], tests: ["t"], hints: ["1", "2", "3"] };
  const withStep = (change: object) => {
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({ course: { practice: [{ ...step, ...change }] } }),
    );
    return () => exerciseOf(chapter);
  };
  expect(withStep({})()?.steps[0]?.functions).toEqual([{ symbol: "TodoList.replace", file: LIST }]);
  expect(withStep({ hints: ["1", "2"] })).toThrow(/step 1 .*"T", has 2 hints; it needs 3/);
  expect(withStep({ write: ["TodoList.replace", "TodoList.gone"] })).toThrow(/no function TodoList\.gone/);
  expect(withStep({ tests: [] })).toThrow(/needs a title, functions to write, and tests/);
});

test("the check finds a test that passes with an empty function, and one that fails with ours", async () => {
  const exercise = s03();
  const [first] = exercise.steps;
  if (!first) throw new Error("a step");
  const wrong = { ...first, tests: ["offers the base tools and todo", "no such test"] };
  const problems = await check({ ...exercise, steps: [wrong] }, 0);
  expect(problems).toEqual([
    's03 with 0 of 1 steps written: there is no test "no such test", which step 1 names',
    's03 with 0 of 1 steps written: "offers the base tools and todo" of step 1 passes, although the step is not written',
  ]);
});

test("a file where the learner's folder belongs is named, and stays", () => {
  const exercise = s03();
  writeFileSync(exercise.folder, "mine");
  expect(() => openFolder(exercise)).toThrow(
    /s03-todo is a file, and a folder belongs there\. Move the file away\.$/,
  );
  expect(readFileSync(exercise.folder, "utf8")).toBe("mine");
});

test("a learner is graded: unwritten, wrong, not parsed, done; and what is done is kept", async () => {
  const exercise = s03();
  const path = join(exercise.folder, LIST);
  const [first, second] = exercise.steps;
  if (!first || !second) throw new Error("two steps");
  expect(openFolder(exercise)).toBe(true);
  expect((await grade(exercise)).map(({ kind }) => kind)).toEqual(["unwritten", "later", "later"]);

  writeFileSync(path, ours.replace("items.length > MAXIMUM_ITEMS", "items.length >= MAXIMUM_ITEMS"));
  const [wrong] = await grade(exercise);
  if (wrong?.kind !== "failed") throw new Error(`the step is ${wrong?.kind}`);
  const parts = stepPage(exercise, first, wrong, 3).flatMap(spansOf);
  const page = parts.map((part) => (typeof part === "string" ? part : part.text));
  expect(page.join("\n")).toMatch(/3 of its 4 tests pass[\s\S]*✗\n twenty items fit/);

  writeFileSync(path, ours.replace("endRound(): boolean {", "endRound(): boolean { const ;"));
  expect(await grade(exercise)).toMatchObject([
    { kind: "unreadable", problem: expect.stringContaining("todo-list.ts:") },
    {},
    {},
  ]);

  writeFileSync(path, ours);
  expect((await grade(exercise)).map(({ kind }) => kind)).toEqual(["passed", "passed", "unwritten"]);
  expect(openFolder(exercise)).toBe(false);
  expect(readFileSync(path, "utf8")).toBe(ours);
  // What is ours in the third step counts as alike; the second function of the file is written.
  expect(difference(exercise, exercise.steps.slice(2))).toMatchObject({ added: 0, removed: 0 });

  const emptied: string[] = [];
  const note = (steps: readonly Step[]) => void emptied.push(...steps.map(({ title }) => title));
  expect(await reset(exercise, "2", true, note)).toMatch(/^Step 2 is empty again/);
  expect(emptied).toEqual([second.title]);
  expect(readFileSync(path, "utf8")).toMatch(/Not written yet: TodoList\.endRound/);
  expect(readFileSync(path, "utf8")).not.toMatch(/Not written yet: TodoList\.replace/);
  expect(readFileSync(join(`${exercise.folder}.old-1`, LIST), "utf8")).toBe(ours);
  await expect(reset(exercise, "9", true, note)).rejects.toThrow("s03 has no step 9; it has 1 to 3");
});

test("files that the learner has not touched follow the chapter", () => {
  const exercise = s03();
  const source = join(exercise.folder, "../package");
  cpSync(exercise.package, source, { recursive: true, filter: (path) => !path.includes("node_modules") });
  mkdirSync(join(source, "node_modules"));
  const mine = { ...exercise, package: source };
  openFolder(mine);
  const inFolder = (file: string) => readFileSync(join(mine.folder, file), "utf8");
  writeFileSync(join(mine.folder, LIST), "// mine\n");
  for (const file of [LIST, "src/agent.ts"])
    writeFileSync(join(source, file), `// newer\n${readFileSync(join(source, file), "utf8")}`);
  openFolder(mine);
  expect(inFolder(LIST)).toBe("// mine\n");
  expect(inFolder("src/agent.ts")).toMatch(/^\/\/ newer\n/);
});

test("the functions that are left empty keep their names, types and comments", () => {
  const exercise = s03();
  makePackage(exercise, exercise.folder, exercise.steps);
  const source = readFileSync(join(exercise.folder, LIST), "utf8");
  expect(source).toContain(
    `  /** Replaces the list. Throws ToolError on a bad one, and the old list stays. */
  replace(items: readonly TodoItem[]): void {
    throw new Error("Not written yet: TodoList.replace (s03, step 1: Check the list, then replace it). Next: npm run practice s03");
  }`,
  );
  expect(source).toContain("render(): string {\n    if (this.#items.length === 0)");
});

test("an error names the learner's line, a mistake in the syntax its place", () => {
  const error = new Error("boo");
  error.stack = `Error: boo\n    at run (/x/runtime/run.ts:1:1)\n    at endRound (file:///y/practice/s03-todo/src/todo-list.ts:52:9)`;
  expect(placeOf(error)).toBe("practice/s03-todo/src/todo-list.ts:52: boo");
  const syntax = new Error(
    'Transform failed with 1 error:\n/y/practice/s03-todo/src/a.ts:40:6: ERROR: Expected ")"',
  );
  expect(placeOf(syntax)).toBe('practice/s03-todo/src/a.ts:40:6 does not compile: Expected ")"');
});

/** Runs s03 with a learner's folder in which `change` has been made to the list. */
async function runMine(change: (source: string) => string): Promise<ChapterRun> {
  const exercise = s03();
  const practice = join(exercise.folder, "../practice");
  makePackage(exercise, join(practice, "s03-todo"), []);
  const list = join(practice, "s03-todo", LIST);
  writeFileSync(list, change(readFileSync(list, "utf8")));
  vi.stubEnv("COURSE_PRACTICE", practice);
  onTestFinished(() => void vi.unstubAllEnvs());
  const main = pathToFileURL(join(exercise.package, "test/any.test.ts")).href;
  const folder = join(practice, "workspace");
  mkdirSync(folder);
  return runChapter(main, ["--mine", "--offline", "--dir", folder, "--demo"]);
}

test("--mine runs the learner's mechanism, and names it in the banner", async () => {
  const { stdout } = await runMine((source) => source.replace("done`].join", "done, says mine`].join"));
  expect(stdout).toMatch(/^yours +s03$/m);
  expect(stdout).toMatch(/0 of 3 done, says mine/);
});

test("a mechanism that throws costs the turn, and the place is told", async () => {
  const { stdout } = await runMine((source) =>
    source.replace("endRound(): boolean {", 'endRound(): boolean { throw new Error("boo");'),
  );
  expect(stdout).toMatch(/failed in beforeModel: boo\n.*practice\/s03-todo\/src\/todo-list\.ts:\d+/);
  expect(stdout).toMatch(/you > \/todo/);
});

test("a mechanism that does not compile is one line with its place", async () => {
  const { stdout, stderr, code } = await runMine((source) =>
    source.replace("endRound(): boolean {", "endRound(): boolean { const ;"),
  );
  expect(stderr).toMatch(
    /^\S*practice\/s03-todo\/src\/todo-list\.ts:\d+(:\d+)? does not compile: .*\nMend it, or see where you are: npm run practice s03\n$/,
  );
  expect([stdout, code]).toEqual(["", 1]);
});

test("progress is kept; a broken file and one of another version are set aside, and said so", () => {
  const folder = temporaryFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, ".progress.json");
  const problems: string[] = [];
  const told = (problem: string) => void problems.push(problem);
  changeProgress("s03", ({ steps }) => (steps["old title"] = { hints: 1, passed: "2026-01-01" }), told, file);
  noteRun("s03", file);
  noteRun("s12", file);
  const known = readProgress(told, file);
  expect(standing(known["s03"], ["new title"])).toEqual({
    isRun: true,
    practised: 0,
    renamed: ["old title"],
  });
  expect(standing(known["s03"], ["old title", "b"])).toMatchObject({ practised: 1, renamed: [] });
  expect(standing(known["s13"], ["a"])).toEqual({ isRun: false, practised: 0, renamed: [] });
  expect(problems).toEqual([]);
  const broken = [
    "{",
    '{"version":2,"chapters":{}}',
    '{"version":1,"chapters":{"s03":{"steps":{"a":1}}}}',
    "[]",
  ];
  for (const text of broken) {
    writeFileSync(file, text);
    expect(readProgress(told, file)).toEqual({});
    expect(existsSync(file)).toBe(false);
  }
  expect(problems).toEqual([
    expect.stringMatching(/^\.progress\.json is not JSON\. It was set aside as \.progress\.json\.old-\d+/),
    expect.stringMatching(/is of version 2, not 1/),
    expect.stringMatching(/is no progress of this course/),
    expect.stringMatching(/is no progress of this course/),
  ]);
  expect(readdirSync(folder).length).toBeGreaterThan(0);
});
