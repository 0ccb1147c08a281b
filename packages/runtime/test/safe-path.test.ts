import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { OutsideWorkspaceError, safePath } from "../src/index.ts";
import { temporaryFolder } from "../src/testing.ts";

let outside: string;
let root: string;
beforeAll(() => {
  outside = temporaryFolder();
  root = join(outside, "root");
  mkdirSync(join(root, "a", "b"), { recursive: true });
  writeFileSync(join(root, "a", "file.txt"), "x");
  writeFileSync(join(outside, "secret"), "x");
  mkdirSync(join(outside, "root-twin"));
  const links = {
    "to-secret": join(outside, "secret"),
    "to-parent": "..",
    "to-a": "a",
    "to-nothing": join(outside, "not-yet"),
    "to-nothing-inside": join("a", "not-yet"),
    chain: "to-parent",
    ring: "ring",
    // The system does not see that one: it stops at the folder that is missing.
    "missing-ring": "missing/../missing-ring",
    "a/up": "../..",
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, name));
});
afterAll(() => rmSync(outside, { recursive: true }));

test.each([
  "..",
  "../secret",
  "a/../../secret",
  "./.././secret",
  "a//..//..//secret",
  "a/b/../../../root-twin",
  "/etc/passwd",
  "/",
  "to-secret",
  "to-parent",
  "to-parent/secret",
  "to-nothing",
  "chain/secret",
  "to-a/up/secret",
  "a/up/new/file",
  "ring",
  "ring/x",
  "missing-ring",
])("refuses %s and names it", (path) => {
  expect(() => safePath(root, path)).toThrow(path);
});

test.each(["ring", "missing-ring"])("%s is said to lead in a circle", (path) => {
  expect(() => safePath(root, path)).toThrow(`${path} is a link that leads in a circle.`);
});

test("what the system cannot follow is told with its reason", () => {
  const long = "n".repeat(300);
  expect(() => safePath(root, long)).toThrow(`${long} cannot be resolved (ENAMETOOLONG).`);
});

/** Where a path leads, or that it is refused. The lesson of s02 quotes it, so it holds no random folder's name. */
function leadsTo(path: string): string {
  try {
    return relative(outside, safePath(root, path));
  } catch (error) {
    if (!(error instanceof OutsideWorkspaceError)) throw error;
    return "refused";
  }
}

test("a link inside the workspace does not lead out of it", () => {
  expect(leadsTo("to-secret"), "to-secret is a link to a file outside; read_file would open").toBe("refused");
});

test("a link to a file that does not exist yet does not lead out either", () => {
  expect(leadsTo("to-nothing"), "a link to ../not-yet: write_file would create").toBe("refused");
});

test("refuses a NUL byte", () => {
  expect(() => safePath(root, "a\0b")).toThrow(/NUL/);
});

test.each([
  ["..foo", "..foo"],
  ["...", "..."],
  ["a/../b", "b"],
  ["", ""],
  [".", ""],
  ["a b/ü ñ/日本.txt", "a b/ü ñ/日本.txt"],
  ["not/yet/there.txt", "not/yet/there.txt"],
  ["to-a/file.txt", "a/file.txt"],
  ["to-nothing-inside", "a/not-yet"],
  ["a/file.txt/x", "a/file.txt/x"],
])("accepts %j", (path, expected) => {
  expect(safePath(root, path)).toBe(expected === "" ? root : join(root, expected));
});

test("accepts an absolute path inside, also through a link to the root", () => {
  expect(safePath(root, join(root, "a", "file.txt"))).toBe(join(root, "a", "file.txt"));
  const alias = join(outside, "alias");
  symlinkSync(root, alias);
  expect(safePath(alias, join(alias, "a"))).toBe(join(root, "a"));
});

const segment = fc.constantFrom(
  "..",
  ".",
  "",
  "a",
  "b",
  "up",
  "to-parent",
  "to-a",
  "to-secret",
  "chain",
  "..foo",
  "new",
  "é",
);

test("no spelling of a path leads out of the root", () => {
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 8 }), fc.boolean(), (segments, absolute) => {
      let result: string;
      try {
        result = safePath(root, (absolute ? root + sep : "") + segments.join(sep));
      } catch (error) {
        return error instanceof Error && error.name === "ToolError";
      }
      return result === root || result.startsWith(root + sep);
    }),
    { numRuns: 2000 },
  );
});

test("a plain name is accepted as it is", () => {
  const name = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
    .filter((text) => !/[/\0]/.test(text) && ![".", ".."].includes(text));
  fc.assert(
    fc.property(name, (text) => {
      const path = safePath(root, join("a", "b", `n${text}`));
      return basename(path) === `n${text}` && dirname(path) === join(root, "a", "b");
    }),
  );
});
