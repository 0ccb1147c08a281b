// This repository as files: cards, the edition, and chapters by their short names.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { loadChapters, readCard, readEdition, REPOSITORY } from "../src/terminal/repository.ts";
import { runChapter, temporaryFolder } from "../src/testing.ts";

const { version, edition } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as Record<
  string,
  string
>;

test("a card is what the package above a file says, of this edition", () => {
  const root = temporaryFolder();
  const course = { title: "Title", tryIt: [] };
  writeFileSync(join(root, "package.json"), JSON.stringify({ course }));
  mkdirSync(join(root, "src"));
  const url = pathToFileURL(join(root, "src/main.ts")).href;
  expect(readCard(url)).toEqual({ ...course, edition: `${version} of ${edition}` });
  expect(readEdition()).toMatch(/^\d+\.\d+\.\d+ of \d{4}-\d\d-\d\d$/);
});

test("chapters that are added bring their flags, and those of one that is not there are told", async () => {
  const main = pathToFileURL(join(REPOSITORY, "chapters/s01-agent-loop/test/any.ts")).href;
  const help = async (...args: string[]) => {
    const { stdout, code } = await runChapter(main, [...args, "--help"]);
    expect(code).toBe(0);
    return stdout;
  };
  expect(await help()).not.toMatch(/--permission-mode /);
  expect(await help("--with", "s05,s07")).toMatch(/--permission-mode /);
  expect(await runChapter(main, ["--with=s99"])).toMatchObject({
    stdout: "",
    stderr: expect.stringMatching(/^--with s99: there is no such chapter\. There are: full, s01, .*\.\n$/),
    code: 1,
  });
});

test("a chapter that there is not is told with those that there are", () => {
  const names = readdirSync(join(REPOSITORY, "chapters")).map((name) => name.replace(/-.*/, ""));
  expect(loadChapters([])).toEqual([]);
  expect(() => loadChapters(["s99"])).toThrow(
    `--with s99: there is no such chapter. There are: ${names.join(", ")}.`,
  );
});
