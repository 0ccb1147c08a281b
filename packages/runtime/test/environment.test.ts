import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadEnvironment } from "../src/terminal/environment.ts";
import { temporaryFolder } from "../src/testing.ts";

const folder = temporaryFolder();
const file = join(folder, ".env");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(text: string, shell = {}) {
  writeFileSync(file, text);
  return loadEnvironment(shell, file);
}

test("the shell's variables win, and a file that is not there is no problem", () => {
  expect(load("A=file\nB=file\n", { A: "shell" })).toEqual({ env: { A: "shell", B: "file" }, problems: [] });
  expect(loadEnvironment({ A: "1" }, join(folder, "none"))).toEqual({ env: { A: "1" }, problems: [] });
});

test.each([
  ["apostrophes in values", "A=it's\nB=can't\n", { A: "it's", B: "can't" }],
  ["quotes in a comment behind a value", `A=b # it's "x"\n`, { A: "b" }],
  ["a comment behind quotes", `A="b" # c\n`, { A: "b" }],
  ["an assignment in a comment", "# A='x\nMODEL_ID=good\nB='y'\n", { MODEL_ID: "good", B: "y" }],
  ["JSON", `A={"a":"b"}\n`, { A: '{"a":"b"}' }],
  ["nothing in quotes, and nothing at all", `A=""\nB=\nC='c'\n`, { A: "", B: "", C: "c" }],
  ["a colon", "A: b\n", { A: "b" }],
  ["export, blanks and Windows line endings", "\uFEFF\r\n  export A = b\r\n\r\nB=c\r\n", { A: "b", B: "c" }],
  [
    "a value of several lines",
    `A="one\ntwo # no comment\n= three"\nB=c\n`,
    { A: "one\ntwo # no comment\n= three", B: "c" },
  ],
])("no alarm for %s", (_, text, env) => {
  expect(load(text)).toEqual({ env, problems: [] });
});

test.each([
  ["a blank in a name", "\n\nA B=c\n", 3],
  ["a quote that is not closed", `A="b\nMODEL_ID=x\n`, 1],
  ["a quote that is closed early", `A=1\n\nB="b" c\n`, 3],
  ["a name alone", "# comment\nA\n", 2],
  ["a line behind blank lines", "\n\nA=1\n\nthree\n", 5],
  ["a line behind a value of several lines", `A="one\ntwo"\nthree\n`, 3],
])("an alarm for %s names the line", (_, text, line) => {
  expect(load(text).problems).toEqual([`${file}, line ${line}, is not a clean NAME=value; check it.`]);
});

test("a file that cannot be read is said to be ignored", () => {
  mkdirSync(join(folder, "env-folder"));
  expect(loadEnvironment({}, join(folder, "env-folder")).problems).toEqual([
    expect.stringMatching(/cannot be read \(EISDIR\)/),
  ]);
});
