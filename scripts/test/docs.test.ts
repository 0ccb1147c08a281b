import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { BlockCache, workOn } from "../lib/block-cache.ts";
import { breakIt } from "../lib/break-it.ts";
import { chapters, ROOT } from "../lib/chapters.ts";
import { firstDifference } from "../lib/difference.ts";
import { faultsOf } from "../lib/page-checks.ts";
import { fillPage } from "../lib/pages.ts";
import { sourceOf } from "../lib/symbols.ts";

const MANAGER = "chapters/s13-background-tasks/src/background-manager.ts";
const block = (directive: string, body = "") =>
  `Before\n\n<!-- ${directive} -->\n${body}<!-- end -->\n\nAfter\n`;

test("a code block is the source of the symbol, dedented, with its comment and path", async () => {
  const { text, faults } = await fillPage(block(`code ${MANAGER} BackgroundManager.drain`), "docs/x.md");
  expect(faults).toEqual([]);
  expect(text).toContain(`[${MANAGER}](../${MANAGER})`);
  expect(text).toMatch(
    /```ts\n\/\*\* Takes the notification queue.*\*\/\ndrain\(\): RuntimeTaskRecord\[\] \{\n {2}const/,
  );
  expect(text).toMatch(/\n\}\n```\n\n<!-- end -->\n\nAfter\n$/);
});

test("a page whose code block is out of date differs, and the line is named", async () => {
  const { text } = await fillPage(block(`code ${MANAGER} BackgroundManager.drain`), "docs/x.md");
  const stale = text.replace("splice(0)", "splice(1)");
  const again = await fillPage(stale, "docs/x.md");
  expect(again.text).toBe(text);
  expect(firstDifference(stale, again.text)).toMatch(/^line \d+ is .*splice\(1\).*should be .*splice\(0\)/);
});

test("a symbol or a file that is gone, and an unknown directive, are named with their page", async () => {
  for (const [directive, message] of [
    [`code ${MANAGER} BackgroundManager.flush`, "has no BackgroundManager.flush"],
    ["code chapters/none.ts x", "chapters/none.ts"],
    ["facts s99", 'no chapter "s99"'],
    ["fact s13", "there is no <!-- fact -->"],
  ]) {
    const page = block(directive ?? "");
    const { text, faults } = await fillPage(page, "docs/x.md");
    expect(text).toBe(page);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain("docs/x.md");
    expect(faults[0]).toContain(message);
  }
});

test("two blocks on a page are filled each for itself", async () => {
  const { text } = await fillPage(block("rail s01") + block("rail s13"), "docs/x.md");
  expect(text.match(/^After$/gm)).toHaveLength(2);
  expect(text).toContain("**[ s01 ]**");
  expect(text).toMatch(/\*\*\[ s13 \]\*\* > \[s14\]\(.*\) > \[s15\]/);
});

test("lines of a .jsonl that a run left are cut to what keep names, and a line that is not there is a fault", async () => {
  const file = "file full 1 .sessions/*.jsonl";
  const page = block(`${file} line=1..2 keep=type,version,kind`) + block(`${file} line=900 keep=type`);
  const { text, faults } = await fillPage(page, "docs/x.md");
  expect(text).toMatch(
    /```jsonc\n\{"type": "session", "version": 1, .*\}\n\{"type": "extension", .*"kind": "mode", .*\}\n```/,
  );
  expect(text).toContain("/* … id, model, startedAt */");
  expect(text).not.toContain("acceptEdits");
  expect(faults[0]).toMatch(/line=900 is none of them/);
});

test("dead links, TypeScript by hand and too much prose are faults", () => {
  const page = "<!-- edition -->\n[a](nowhere.md) [b](glossary.md) [c](https://example.org)";
  expect(faultsOf(page, "docs/x.md")).toEqual(["docs/x.md: the link to nowhere.md leads nowhere"]);
  expect(faultsOf("```ts\nlet x;\n```\n", "docs/x.md")[0]).toMatch(/not generated/);
  expect(faultsOf("line\n".repeat(111), "docs/s01-x.md")[0]).toMatch(/112 lines of prose/);
  const shortBlocks = "line\n\n<!-- rail s01 -->\n<!-- end -->\n\n".repeat(50);
  expect(faultsOf(shortBlocks, "docs/s01-x.md").join("\n")).not.toMatch(/lines of prose/);
});

test("a lesson's prompts and facts are the chapter's own", async () => {
  const { text } = await fillPage(block("tryit s13") + block("changed s12 s13"), "docs/x.md");
  for (const { prompt } of chapters.find(({ id }) => id === "s13")?.card.tryIt ?? [])
    expect(text).toContain(prompt);
  expect(text).toContain("| Tools | 8 | 6 (base + `background_run` + `check_background`) |");
});

test("a part of a symbol is quoted within its head and end, and the rest is elided", async () => {
  const { text } = await fillPage(
    block(`code ${MANAGER} BackgroundManager.#follow "const end = await" "this.#running -= 1"`),
    "docs/x.md",
  );
  expect(text).toMatch(
    /```ts\nasync #follow\(slot: Slot\): Promise<void> \{\n {2}\/\/ …\n {2}const end = [\s\S]* -= 1;\n {2}\/\/ …\n\}\n```/,
  );
});

test("what is named inside a function is found, and what is there twice is not guessed", () => {
  const tasks = "chapters/s13-background-tasks/src/background-tasks.ts";
  expect(sourceOf(tasks, "backgroundTasks.beforeModel")).toMatch(/^beforeModel\(session\) \{\n {2}const/);
  expect(() => sourceOf(tasks, "backgroundTasks.run.commands")).toThrow(/has no backgroundTasks\.run/);
});

test.each([
  ['"const ended" "return nothing"', /docs\/x\.md:3: .*"return nothing" is not in BackgroundManager\.drain/],
  ['"ended"', /"ended" stands on \d lines of BackgroundManager\.drain/],
  ['"return ended" "const ended"', /stands before/],
  ['"a" "b" "c"', /3 texts .* are quoted/],
])("a quoted part that is gone or not one is a fault with page and line: %s", async (quotes, message) => {
  const page = block(`code ${MANAGER} BackgroundManager.drain ${quotes}`);
  const { text, faults } = await fillPage(page, "docs/x.md");
  expect(text).toBe(page);
  expect(faults.join()).toMatch(message);
});

test("a lesson has blocks of 15 lines and prose of 110, at most", async () => {
  const { text } = await fillPage(block(`code ${MANAGER} BackgroundManager.#follow`), "docs/s13-x.md");
  expect(faultsOf(text, "docs/x.md").join()).not.toMatch(/lines of ts/);
  const longer = text + "line\n".repeat(111);
  expect(faultsOf(longer, "docs/s13-x.md").join()).toMatch(
    /11\d lines of prose; .*at most 110.*18 lines of ts; quote the 15/,
  );
});

test("an anchor that no heading has is a fault, on its own page and on others", () => {
  const page =
    "<!-- edition -->\n\n## How it `works`\n\n[a](#how-it-works) [b](#gone) [c](glossary.md#gone)\n";
  expect(faultsOf(page, "docs/x.md")).toEqual([
    expect.stringMatching(/#gone leads to no heading; docs\/x\.md has #how-it-works$/),
    expect.stringMatching(/glossary\.md#gone leads to no heading/),
  ]);
});

test("a page of docs that names no edition is a fault", () => {
  expect(faultsOf("# X\n", "docs/x.md")).toEqual(["docs/x.md names no edition; add <!-- edition -->"]);
});

test("a transcript, a request, a file and a prediction come from one run, cut to what matters", async () => {
  const page = [
    'transcript s12 1 "task_update id: 3" "Created 3 tasks."',
    "request s12 1 call=2 keep=tools.-1.name,messages.-1,reply.content.-1",
    'file s12 1 .tasks/task_3.json "subject" "blockedBy"',
    'request s12 1 call=1 text=system "coding agent" "coding agent"',
    "request s12 1 call=1 text=messages.-1.content.0.text",
    'request s12 1 call=2 list=yes "  1  assistant" "tool_use task_create {\\"subject\\":\\"Write"',
    'predict s12 1 "Who blocks task 3?" file .tasks/task_3.json holds="blockedBy"',
  ].map((directive) => block(directive));
  const { text, faults } = await fillPage(page.join(""), "docs/x.md");
  expect(faults).toEqual([]);
  expect(text).toMatch(/```text\n\[… \d+ lines left out\]\n● task_update/);
  expect(text).toMatch(
    /"tools": \[\/\* … 7 more \*\/, \{"name": "task_get", \/\* … description, input_schema \*\/\}\]/,
  );
  expect(text).toMatch(/"type": "tool_result", "tool_use_id": "toolu_1"|"tool_use_id": "toolu_1"/);
  expect(text).toMatch(/```json\n\[… 2 lines left out\]\n {2}"subject": "Publish the release"/);
  expect(text).toMatch(/```text\nYou are a coding agent\.\n\[… \d+ lines? left out\]\n```/);
  expect(text).toMatch(/\n {2}1 {2}assistant\n {7}thinking: .*\n {7}tool_use task_create/);
  expect(text).toMatch(/```text\nPlan these tasks: write the changelog, .* others\n```/);
  expect(text).toMatch(/Who blocks task 3\?\n\n<details>\n<summary>/);
});

test.each([
  ['predict s12 1 "?" file .tasks/task_3.json holds="no such"', /prediction is wrong/],
  ["request s12 1 call=99", /requests; call=99 is not one/],
  ["request s12 1 keep=messages.7", /there is no 7; there are 0/],
  ["request s12 1 text=messages.0.content.7", /there is no 7 on the way to messages\.0\.content\.7/],
  ["request s12 1 text=messages", /messages is no text/],
  ["file s12 1 .tasks/task_9.json", /left no \.tasks\/task_9\.json; \.tasks has .*task_1\.json/],
  ["transcript s12 99", /s12 has no prompt 99/],
])("what a run does not have is a fault: %s", async (directive, message) => {
  expect((await fillPage(block(directive), "docs/x.md")).faults.join()).toMatch(message);
});

test("an exercise shows the change, the command and what the one test says, and that it must", async () => {
  const shown = await breakIt("s12", "trust-both-ends");
  expect(shown).toMatch(
    /^```diff\n--- chapters\/s12-task-system\/src\/task-store\.ts\n[\s\S]*\n- {4}agree\(tasks\);/,
  );
  expect(shown).toContain('npm test s12 -- -t "a file whose edges disagree');
  expect(shown).toMatch(
    /FAIL test\/task-board\.test\.ts > a file whose edges .*\nAssertionError: the edges as/,
  );
});

test("an exercise may change the runtime, whose tests are run then", async () => {
  const shown = await breakIt("s02", "dangling-link");
  expect(shown).toMatch(/^```diff\n--- packages\/runtime\/src\/workspace\/safe-path\.ts\n/);
  expect(shown).toContain('npm test runtime -- -t "a link to a file that does not exist yet');
  expect(shown).toMatch(/FAIL test\/safe-path\.test\.ts > .*\nAssertionError: a link to \.\.\/not-yet/);
});

test.each([
  [
    "a patch that no longer applies",
    "tasks survive a restart",
    "agree(taskz)",
    /does not apply to .*task-store\.ts/,
  ],
  ["a test that survives", "tasks survive a restart", "agree(tasks)", /"tasks survive a restart" survives/],
  ["a test that is not there", "no such test", "agree(tasks)", /0 tests are named "no such test"/],
])("an exercise fails on %s", async (_, test, line, message) => {
  const folder = join(ROOT, "chapters/s12-task-system/break");
  const name = `test-${process.pid}-${Math.random().toString(36).slice(2)}`;
  mkdirSync(folder, { recursive: true });
  const path = "chapters/s12-task-system/src/task-store.ts";
  writeFileSync(
    join(folder, `${name}.patch`),
    `question: What?\ntest: ${test}\n\n--- a/${path}\n+++ b/${path}\n@@ -1,1 +1,0 @@\n-    ${line};\n`,
  );
  try {
    await expect(breakIt("s12", name)).rejects.toThrow(message);
  } finally {
    rmSync(join(folder, `${name}.patch`));
  }
});

test("a block that was made from the same sources is not made again, and a changed one is", async () => {
  const page = "docs/fixture-of-the-cache.md";
  const cache = new BlockCache();
  const filled = await fillPage(block(`code ${MANAGER} BackgroundManager.drain`), page, { cache });
  expect(workOn(filled.text, page, cache)).toBe(0);
  expect((await fillPage(filled.text, page, { cache })).made).toBe(0);
  expect(workOn(filled.text.replace("splice(0)", "splice(1)"), page, cache)).toBeGreaterThan(0);
  expect(workOn(filled.text.replace(".drain -->", ".check -->"), page, cache)).toBeGreaterThan(0);
});

test("every symbol form is found: functions, members, types, constants", () => {
  expect(sourceOf("packages/runtime/src/loop.ts", "runAgentLoop")).toMatch(
    /^\/\*\*[\s\S]*async function runAgentLoop/,
  );
  expect(sourceOf("packages/runtime/src/extension.ts", "Extension.tools")).toContain("readonly tools?");
  expect(sourceOf("packages/runtime/src/extension.ts", "StopReason")).toContain("export type StopReason");
  expect(sourceOf("packages/runtime/src/processes/reaper.ts", "SCRIPT")).toMatch(/^const SCRIPT/);
});
