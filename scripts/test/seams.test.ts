import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { chapters, ROOT, sourceFiles } from "../lib/chapters.ts";
import { fillPage } from "../lib/pages.ts";
import { chaptersBySeam, ranges, seamTable, turnPicture } from "../lib/seams.ts";

test("each seam has a chapter that uses it, and a line of the picture", async () => {
  const users = await chaptersBySeam();
  const rows = (await seamTable()).split("\n").slice(2);
  const picture = (await turnPicture()).split("\n");
  for (const row of rows) {
    const [, seam = ""] = /^\| `(\w+)`/.exec(row) ?? [];
    expect([...users.keys()], row).toContain(seam);
    expect(
      picture.filter((line) => new RegExp(` ${seam} +(s\\d\\d|full)`).test(line)),
      `the lines of the picture with ${seam}`,
    ).toHaveLength(1);
  }
});

test("a mechanism counts for the chapter that brought it, not for those that take it over", async () => {
  const users = await chaptersBySeam();
  // s16 and s17 have the teams of s15, and full has everything.
  expect(users.get("isBusy")).toEqual(["s13", "s14", "s15"]);
  expect(users.get("beforeStop")).toEqual(["s08"]);
  expect(users.get("arrangeSections")).toEqual(["s10"]);
});

test("chapters that follow each other are a range from three on", () => {
  expect(ranges(["s03", "s04", "s05", "s07", "s08", "s19", "full"], "-")).toBe(
    "s03-s05, s07, s08, s19, full",
  );
  expect(ranges([], "-")).toBe("");
});

test("the table of files names each folder in which a mechanism keeps its state", async () => {
  const { text } = await fillPage("<!-- files -->\n<!-- end -->\n", "docs/x.md");
  const sources = chapters.flatMap((chapter) =>
    sourceFiles(chapter).map((file) => readFileSync(join(chapter.folder, file), "utf8")),
  );
  const ofRuntime = readFileSync(join(ROOT, "packages/runtime/src/terminal/commands.ts"), "utf8");
  const folders = [...sources, ofRuntime].flatMap((source) =>
    [...source.matchAll(/(?:FOLDER = |root, )"(\.\w[^"]*)"/g)].map(([, folder]) => folder),
  );
  expect(folders).toEqual(expect.arrayContaining([".tasks", ".team", ".mcp", ".traces", ".sessions"]));
  // .git is git's own.
  const missing = folders.filter((folder) => folder !== ".git" && !text.includes(`\`${folder}/`));
  expect(
    missing,
    "folders and files that no record names; add @record to the type that is kept there",
  ).toEqual([]);
});
