// A file that cannot be written beside its place: what is written all the same, what is refused, and what lies about then.
import fs, { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { writeFileAtomic } from "../src/index.ts";
import { asUser, isRoot, openFolder } from "./other-user.ts";

let root: string;
beforeEach(() => void (root = openFolder()));

const at = (name: string) => join(root, name);
const text = (name: string) => readFileSync(at(name), "utf8");

function file(content: string): void {
  writeFileSync(at("a"), content);
  chmodSync(at("a"), 0o666);
}

test("a file whose folder takes no other is written in place", () => {
  file("one");
  chmodSync(root, 0o555);
  asUser(() => writeFileAtomic(at("a"), "two"));
  expect([readdirSync(root), text("a")]).toEqual([["a"], "two"]);
});

test.runIf(isRoot)(
  "a file of somebody else's is written in place, stays theirs, and none lies beside it",
  () => {
    file("one");
    asUser(() => writeFileAtomic(at("a"), "two"));
    expect([readdirSync(root), text("a"), statSync(at("a")).uid]).toEqual([["a"], "two", 0]);
  },
);

test("a new file in a folder that takes none is refused, and the error names it", () => {
  chmodSync(root, 0o555);
  asUser(() => expect(() => writeFileAtomic(at("new"), "x")).toThrow(/^EACCES: .*\/new'$/));
  expect(readdirSync(root)).toEqual([]);
});

test("any other failure is told, the file stays whole, and none lies beside it", () => {
  file("one");
  // A full disk, which no test can make.
  const full = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
  vi.spyOn(fs, "renameSync").mockImplementation(() => {
    throw full;
  });
  syncBuiltinESMExports();
  try {
    expect(() => writeFileAtomic(at("a"), "two")).toThrow(full);
  } finally {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  }
  expect([readdirSync(root), text("a")]).toEqual([["a"], "one"]);
});
