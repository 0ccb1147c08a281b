// Rules: for which files one counts, and what is no rule.
import { expect, test } from "vitest";
import { matches, parseRule } from "../src/rule-file.ts";

const rule = (paths: string) => parseRule(`---\npaths: ${paths}\n---\nBody.`);

test.each(["[]", '""', '" , "', "7", "[1, 2]", '["src/**", 3]', "{ a: b }", "true"])(
  "paths: %s is told as wrong",
  (paths) => {
    expect(() => rule(paths)).toThrow(/^paths is .*; expected globs, such as "src\/\*\*\/\*\.ts"$/);
  },
);

test.each<[string, string[] | undefined]>([
  ["no frontmatter at all", undefined],
  ["---\n---\nBody.", undefined],
  ["---\npaths:\n---\nBody.", undefined],
  ["---\ndescription: x\n---\nBody.", undefined],
  ["---\npaths: a.ts\n---\nBody.", ["a.ts"]],
  ['---\npaths: "a/**, b.{ts,tsx} ,c"\n---\nBody.', ["a/**", "b.{ts,tsx}", "c"]],
  ["---\npaths: [a, b]\n---\nBody.", ["a", "b"]],
])("%j counts for %j", (text, paths) => {
  expect(parseRule(text).paths).toEqual(paths);
});

test.each([
  ["src/**/*.ts", "src/a.ts", true],
  ["./src/**", "src/deep/a.ts", true],
  ["/src/*", "src/a.ts", true],
  ["src/*", "src/deep/a.ts", false],
  ["**/*.md", ".github/a.md", true],
  ["*.ts", "src/a.ts", false],
])("%s and %s: %s", (paths, file, isMatch) => {
  expect(matches(rule(JSON.stringify(paths)), file)).toBe(isMatch);
});
