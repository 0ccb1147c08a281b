import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { stateFolder } from "../src/index.ts";
import { temporaryFolder } from "../src/testing.ts";
import { asUser, openFolder } from "./other-user.ts";

const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("git sees nothing of a state folder, whatever is put into it", () => {
  execFileSync("git", ["init", "--quiet"], { cwd: root });
  const folder = stateFolder(root, ".state", "deep/er");
  expect(folder).toBe(join(root, ".state/deep/er"));
  writeFileSync(join(folder, "a.txt"), "x");
  expect(execFileSync("git", ["status", "--porcelain"], { cwd: root, encoding: "utf8" })).toBe("");
});

test("a .gitignore that the user wrote stays", () => {
  const file = join(stateFolder(root, ".state"), ".gitignore");
  writeFileSync(file, "*.log\n");
  stateFolder(root, ".state");
  expect(readFileSync(file, "utf8")).toBe("*.log\n");
});

test("a folder that git cannot be kept from is refused", () => {
  const shared = openFolder();
  mkdirSync(join(shared, ".state"));
  chmodSync(join(shared, ".state"), 0o555);
  asUser(() => expect(() => stateFolder(shared, ".state")).toThrow(/^EACCES: .*\.gitignore/));
});
