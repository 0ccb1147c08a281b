// What the build makes of the sources: lit lines, rows of a comparison, arcs, commands.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tryItCommands } from "../.vitepress/build/commands.ts";
import { readCourse } from "../.vitepress/build/course.ts";
import { escapeHtml, highlightedLines } from "../.vitepress/build/highlight.ts";
import { rowsOf, stacked } from "../.vitepress/theme/compare/rows.ts";
import { arcsOf, listOf } from "../.vitepress/theme/course/arcs.ts";
import { diffTexts } from "../../scripts/lib/file-diff.ts";
import { BLOCK, parseDirective } from "../../scripts/lib/directive.ts";
import { ROOT } from "../../scripts/lib/chapters.ts";
import { lineNumbersOf } from "../../scripts/lib/symbols.ts";

test("the lines lit in a file are those that the page quotes", () => {
  const pages = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"));
  const blocks = pages.flatMap((page) => [...readFileSync(join(ROOT, "docs", page), "utf8").matchAll(BLOCK)]);
  const code = blocks.filter(([, , name]) => name === "code");
  expect(code.length).toBeGreaterThan(100);
  for (const [whole, directive = "", name = "", rest = ""] of code) {
    const { words, quotes } = parseDirective(name, rest);
    const [path = "", symbol = ""] = words;
    const source = readFileSync(join(ROOT, path), "utf8").split("\n");
    const lit = lineNumbersOf(path, symbol, quotes).map((line) => source[line - 1]?.trim());
    const [, quoted = ""] = /```ts\n([\s\S]*?)\n```/.exec(whole) ?? [];
    const lines = quoted.split("\n").map((line) => line.trim());
    const wanted = lines.filter((line) => line !== "" && line !== "// …");
    // A comment behind a statement is no part of its symbol, but stands on its line.
    const shown = lit.filter(Boolean).map((line, at) => line?.slice(0, wanted[at]?.length));
    expect(shown, directive).toEqual(wanted);
  }
});

describe("a comparison", () => {
  const rows = rowsOf(diffTexts("a.ts", "one\ntwo\nthree\n", "one\nzwei\nzwei und\nthree\n"));

  test("puts what was removed beside what came in its place", () => {
    const places = rows.map((row) => (row.kind === "gap" ? "gap" : [row.before?.line, row.after?.line]));
    expect(places).toEqual([
      [1, 1],
      [2, 2],
      [undefined, 3],
      [3, 4],
    ]);
  });

  test("on a narrow screen shows what was removed above what came", () => {
    const places = stacked(rows).map((row) =>
      row.kind === "gap" ? "gap" : [row.before?.line, row.after?.line],
    );
    expect(places).toEqual([
      [1, 1],
      [2, undefined],
      [undefined, 2],
      [undefined, 3],
      [3, 4],
    ]);
  });

  test("leaves out what is the same between two parts, and says so", () => {
    const many = Array.from({ length: 30 }, (_, line) => `line ${line}`);
    const changed = many.with(2, "another").with(27, "another");
    const kinds = rowsOf(diffTexts("a.ts", many.join("\n"), changed.join("\n"))).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "gap")).toHaveLength(1);
    expect(kinds.indexOf("gap")).toBeGreaterThan(3);
  });
});

test("a prompt's command types what has to come before it", () => {
  const [first, second] = tryItCommands("s12");
  expect(first).toBe("npm run s12 -- --try 1");
  expect(second).toBe("printf '%s\\n' 1 'Complete task 1' | npm run s12");
});

test("the graph has an arc for each dependency between chapters, from the package that has it", () => {
  const { chapters } = readCourse();
  const arcs = arcsOf(chapters).map(({ from, to }) => `${from} ${to}`);
  expect(arcs).toContain("s15 s13");
  expect(arcs).toContain("s08 s07");
  expect(arcs).not.toContain("s08 s04");
  expect(arcsOf(chapters).filter(({ path }) => path.includes("NaN"))).toEqual([]);
});

test("the graph names three or more chapters in a row by the first and the last", () => {
  const all = ["s01", "s02", "s03", "s04", "s05", "full"];
  expect(listOf(["s01", "s02", "s03", "s05", "full"], all)).toBe("s01 to s03, s05, full");
  expect(listOf(["s03", "s04"], all)).toBe("s03, s04");
  expect(listOf([], all)).toBe("");
});

test("the first page says what the README and the overview say", () => {
  const { intro, commands, transcript, questions, chapters } = readCourse();
  expect(intro).toMatch(/^A course in which you build a coding agent/);
  expect(commands).toHaveLength(2);
  expect(transcript).toContain("bg_3 completed");
  expect(Object.keys(questions)).toEqual(
    [...new Set(chapters.map(({ stage }) => stage))].filter((stage) => questions[stage]),
  );
  expect(Object.keys(questions).length).toBeGreaterThan(3);
});

test("highlighted lines hold the source's text, one piece each", async () => {
  const source = "const a = `x\n<b>`; // & so on\n";
  const lines = await highlightedLines("a.ts", source);
  expect(lines.map((line) => line.replace(/<\/?span[^>]*>/g, ""))).toEqual(
    source
      .trimEnd()
      .split("\n")
      .map((line) => escapeHtml(line).replaceAll("&quot;", "&quot;")),
  );
});
