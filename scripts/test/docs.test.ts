import { expect, test } from "vitest";
import { chapters } from "../lib/chapters.ts";
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
  const stale = text.replace("notified = true", "notified = 1");
  const again = await fillPage(stale, "docs/x.md");
  expect(again.text).toBe(text);
  expect(firstDifference(stale, again.text)).toMatch(
    /^line \d+ is .*notified = 1.*should be .*notified = true/,
  );
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
  expect(text).toContain("**[ s13 ]** > s14 > s15");
});

test("dead links, TypeScript by hand and too much prose are faults", () => {
  expect(faultsOf("[a](nowhere.md) [b](glossary.md) [c](https://example.org)", "docs/x.md")).toEqual([
    "docs/x.md: the link to nowhere.md leads nowhere",
  ]);
  expect(faultsOf("```ts\nlet x;\n```\n", "docs/x.md")[0]).toMatch(/not generated/);
  expect(faultsOf("line\n".repeat(131), "docs/s01-x.md")[0]).toMatch(/132 lines of prose/);
});

test("a lesson's prompts and facts are the chapter's own", async () => {
  const { text } = await fillPage(block("tryit s13") + block("changed s12 s13"), "docs/x.md");
  for (const { prompt } of chapters.find(({ id }) => id === "s13")?.card.tryIt ?? [])
    expect(text).toContain(prompt);
  expect(text).toContain("| Tools | 8 | 6 (base + `background_run` + `check_background`) |");
});

test("every symbol form is found: functions, members, types, constants", () => {
  expect(sourceOf("packages/runtime/src/loop.ts", "runAgentLoop")).toMatch(
    /^\/\*\*[\s\S]*async function runAgentLoop/,
  );
  expect(sourceOf("packages/runtime/src/extension.ts", "Extension.tools")).toContain("readonly tools?");
  expect(sourceOf("packages/runtime/src/extension.ts", "StopReason")).toContain("export type StopReason");
  expect(sourceOf("packages/runtime/src/processes/reaper.ts", "SCRIPT")).toMatch(/^const SCRIPT/);
});
