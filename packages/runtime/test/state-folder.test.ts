import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { stateFolder } from "../src/index.ts";
import { temporaryFolder } from "../src/testing.ts";
import { asUser, openFolder } from "./other-user.ts";

const root = temporaryFolder();
const UNWRITABLE =
  "Nothing can be written to .state (EACCES). Change the permissions of its folder, or work in another one.";
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

test.each(["", "deep"])("a file in its place is named (%j)", (below) => {
  const place = temporaryFolder();
  if (below !== "") mkdirSync(join(place, ".state"));
  writeFileSync(join(place, ".state", below), "mine");
  expect(() => stateFolder(place, ".state", "deep")).toThrow(
    ".state/deep is a file, and a folder belongs there. Move the file away.",
  );
});

test.each(["", "deep"])(
  "a link out of the workspace is refused, and nothing is written there (%j)",
  (below) => {
    const elsewhere = temporaryFolder();
    const place = temporaryFolder();
    if (below !== "") mkdirSync(join(place, ".state"));
    symlinkSync(elsewhere, join(place, ".state", below));
    expect(() => stateFolder(place, ".state", "deep")).toThrow(
      /^\.state(\/deep)? leads out of the workspace, by a symbolic link\. Remove the link\.$/,
    );
    expect(readdirSync(elsewhere)).toEqual([]);
  },
);

test("a link that leads in a circle is told as that", () => {
  const place = temporaryFolder();
  symlinkSync(".state", join(place, ".state"));
  expect(() => stateFolder(place, ".state")).toThrow(".state is a link that leads in a circle.");
});

test("a link to another folder of the workspace is as good as a folder", () => {
  const place = temporaryFolder();
  mkdirSync(join(place, "kept"));
  symlinkSync("kept", join(place, ".state"));
  expect(stateFolder(place, ".state")).toBe(join(place, ".state"));
  expect(readdirSync(join(place, "kept"))).toEqual([".gitignore"]);
});

test("a folder that git cannot be kept from is refused", () => {
  const shared = openFolder();
  mkdirSync(join(shared, ".state"));
  chmodSync(join(shared, ".state"), 0o555);
  asUser(() => expect(() => stateFolder(shared, ".state")).toThrow(UNWRITABLE));
});

test("where nobody may write, what to do about it is said", () => {
  const shared = openFolder();
  chmodSync(shared, 0o555);
  asUser(() => expect(() => stateFolder(shared, ".state")).toThrow(UNWRITABLE));
});
