// Every script that package.json names says what it does, and passes over nothing that is typed.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../lib/chapters.ts";

const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};
const files = [
  ...new Set(
    Object.values(scripts).flatMap((line) => /\S*(?:scripts|\.vitepress)\/[\w-]+\.ts/.exec(line)?.[0] ?? []),
  ),
];

test("there are scripts", () => {
  expect(files).toEqual(expect.arrayContaining(["scripts/diff.ts", "docs/.vitepress/site.ts"]));
});

test.each(files)("%s begins with what it does, which is its help", (file) => {
  const source = readFileSync(join(ROOT, file), "utf8");
  expect(source).toMatch(/^\/\/ npm /);
  expect(source).toMatch(/\b(?:commandLine|helpIfAsked)\(\s*import\.meta\.filename/);
});

const run = (...words: string[]) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "./scripts/preflight.mjs", ...words],
    { cwd: ROOT, encoding: "utf8" },
  );
  return { status, stdout, stderr };
};

test("--help prints that and ends, whatever else is typed", () => {
  const { status, stdout, stderr } = run("scripts/diff.ts", "s99", "--help");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^npm run diff s12 s13: .*\n--stat: [^/]*$/);
});

test.each([
  [["diff.ts", "s01", "s02", "s03"], '"s03" is one word too many. --help says what is expected.\n'],
  [["standalone.ts", "--all", "--count"], "--all and --count do not go together.\n"],
  [["standalone.ts", "--all", "s03"], "--all is about every chapter; leave out s03.\n"],
  [["practice.ts", "s03", "--hint", "--diff"], "--hint and --diff do not go together.\n"],
  [["practice.ts", "--hint"], "Name a chapter, as in: npm run practice s13 -- --hint\n"],
  [["docs.ts", "s03", "nosuch"], 'No page has "nosuch" in its name.\n'],
  [["offline-model.ts", "--port", "1e3"], "--port 1e3: expected 0 to 65535.\n"],
])("%j is refused", ([script = "", ...words], message) => {
  expect(run(`scripts/${script}`, ...words)).toEqual({ status: 1, stdout: "", stderr: message });
});
