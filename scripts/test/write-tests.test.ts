import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, onTestFinished, test } from "vitest";
import { spansOf, type Text } from "../../packages/runtime/src/terminal/text.ts";
import { findChapter } from "../lib/chapters.ts";
import { checkTests } from "../practice/write-tests/check.ts";
import { allWriteTests, writeTestsOf, type WriteTests } from "../practice/write-tests/exercise.ts";
import { openTests, putTestsAside } from "../practice/write-tests/folder.ts";
import { judgeMutants, judgeRight } from "../practice/write-tests/judge.ts";
import { rightLines, table } from "../practice/write-tests/show.ts";

/** That of s12, with these of its mutants, in folders of its own. */
function s12(...numbers: number[]): WriteTests {
  const exercise = writeTestsOf(findChapter("s12"));
  if (!exercise) throw new Error("s12 has mutants");
  const parent = temporaryFolder();
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  cpSync(exercise.source, join(parent, "source"), { recursive: true });
  const mutants = exercise.mutants.filter(({ number }) => numbers.includes(number));
  return { ...exercise, mutants, source: join(parent, "source"), folder: join(parent, "mine") };
}

const shown = (lines: readonly Text[]) =>
  lines
    .map((line) =>
      spansOf(line)
        .map((part) => (typeof part === "string" ? part : part.text))
        .join(""),
    )
    .join("\n");

/** A file with this as the tests, which begins on line 2. */
function testsIn(exercise: WriteTests, body: string): string {
  const file = join(exercise.folder, "../tests.ts");
  writeFileSync(file, `import { expect, test } from "vitest";\n${body}\n`);
  return file;
}

test("each exercise has five mutants, each with three hints, of which the last is the change", () => {
  expect(allWriteTests().map(({ chapter }) => chapter.id)).toEqual(["s12", "s13"]);
  for (const { mutants } of allWriteTests()) {
    expect(mutants.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    for (const { hints } of mutants) expect(hints[2]).toMatch(/^This is the change, in src\/\S+:\n[-+]/);
    expect(mutants.every(({ hints }) => hints.length === 3)).toBe(true);
  }
});

test("a learner begins with a file that names the mutants, and keeps what they wrote", () => {
  const exercise = s12(1, 3);
  const file = join(exercise.folder, "test/mine.test.ts");
  expect(openTests(exercise)).toBe(true);
  expect(readFileSync(file, "utf8")).toMatch(/1\. Two tasks can wait[\s\S]*3\. An update that is refused/);
  writeFileSync(file, "// mine\n");
  expect(openTests(exercise)).toBe(false);
  expect(readFileSync(file, "utf8")).toBe("// mine\n");
  expect(putTestsAside(exercise)).toMatch(/mine\.test\.ts\.old-1$/);
  expect(openTests(exercise)).toBe(true);
});

test.each([
  ["what does not compile", "const ;", { kind: "unreadable", place: "test/mine.test.ts:2" }],
  [
    "what throws while it is loaded",
    'throw new Error("boo");',
    { kind: "unreadable", place: "test/mine.test.ts:2", message: "boo" },
  ],
  ["a file without a test", "console.log(expect, test);", { kind: "no tests" }],
  [
    "a test that is red",
    'test("one", () => expect(1).toBe(2));',
    {
      kind: "red",
      title: "one",
      place: "test/mine.test.ts:2",
      message: expect.stringMatching(/^expected 1 to be 2/),
    },
  ],
  [
    "a test that waits for ever",
    'test("one", () => new Promise(() => {}));',
    { kind: "red", title: "one", message: "waited too long for something that did not come" },
  ],
  [
    "an error after a test's end",
    'test("one", async () => {\n  setTimeout(() => { throw new Error("late"); }, 1);\n  await new Promise((r) => setTimeout(r, 100));\n});',
    { kind: "red", place: "test/mine.test.ts:3", message: expect.stringContaining("late") },
  ],
])("%s is told with its place", async (_, body, expected) => {
  const exercise = s12();
  const limits = { testMs: 500, runMs: 40_000 };
  expect(await judgeRight(exercise, testsIn(exercise, body), limits)).toMatchObject(expected);
});

test("a test that loops for ever is named, and ended", async () => {
  const exercise = s12();
  const body = 'test("one", () => {});\ntest("two", () => { for (;;); });';
  const right = await judgeRight(exercise, testsIn(exercise, body), { testMs: 500, runMs: 6_000 });
  expect(right).toMatchObject({ kind: "endless", title: "two", place: "test/mine.test.ts:3" });
  expect(shown(rightLines(exercise, right))).toMatch(/mine\.test\.ts:3: "two" does not come to an end$/);
});

test("a test that passes once and fails once is flaky", async () => {
  const exercise = s12();
  const taken = JSON.stringify(join(exercise.folder, "../taken"));
  const body = `import { mkdirSync } from "node:fs";\ntest("one", () => { expect(() => mkdirSync(${taken})).not.toThrow(); });`;
  const right = await judgeRight(exercise, testsIn(exercise, body));
  expect(right).toMatchObject({ kind: "flaky", title: "one" });
  expect(shown(rightLines(exercise, right))).toMatch(/"one" passes in one run and fails in another/);
});

test("a mutant is killed by an expectation or by time, and not by an error or by a test that does not look", async () => {
  const exercise = s12(1, 2, 3, 4);
  const start = `import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { TaskBoard } from "@course/s12-task-system";
const board = async () => {
  const made = new TaskBoard(new Workspace(temporaryFolder()));
  await made.create("write", { description: "here" });
  await made.create("publish", { blockedBy: [1] });
  return made;
};`;
  const body = `${start}
test("cycle", async () => { await expect((await board()).update(1, { addBlockedBy: [2] })).rejects.toThrow("cycle"); });
test("late", async () => {
  const refused = await (await board()).update(2, { status: "completed" }).catch(() => undefined);
  if (refused) await new Promise(() => {});
});
test("error", async () => {
  const { description } = await (await board()).update(1, { status: "in_progress" });
  if (description === "") throw new Error("lost");
});`;
  const file = testsIn(exercise, body);
  const limits = { testMs: 2_000, runMs: 40_000 };
  expect(await judgeRight(exercise, file, limits)).toEqual({ kind: "green", tests: 3 });
  const fates = await judgeMutants(exercise, file, limits);
  expect(fates).toEqual([
    { kind: "killed", by: "cycle", isLate: false },
    { kind: "killed", by: "late", isLate: true },
    { kind: "survived" },
    { kind: "errored", by: "error", message: "lost" },
  ]);
  expect(shown(table(exercise.mutants, fates))).toMatch(
    /1 {2}killed .*\n +by "cycle"\n {2}2 {2}killed .*\n +by "late", which waited too long\n {2}3 {2}survived .*\n {2}4 {2}survived .*\n +"error" threw/,
  );
});

test("the check is content with ours, and finds a mutant that survives, and one that does not compile", async () => {
  const exercise = s12(4);
  expect(await checkTests(exercise)).toEqual([]);
  const reference = join(exercise.source, "reference.ts");
  writeFileSync(reference, readFileSync(join(exercise.source, "begin.ts"), "utf8"));
  expect(await checkTests(exercise)).toEqual([
    expect.stringMatching(/4-description-lost\.patch is survived by /),
  ]);
  const [mutant] = exercise.mutants;
  const hunk = mutant?.patch.changes[0]?.hunks[0];
  if (!hunk) throw new Error("a change");
  hunk.lines = hunk.lines.map((line) => line.replace(/^\+.*/, "+        nowhere();"));
  expect(await checkTests(exercise)).toContainEqual(
    expect.stringMatching(/4-description-lost\.patch does not compile: Cannot find name 'nowhere'/),
  );
});
