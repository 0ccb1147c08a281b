// A file that cannot be written beside its place: what is written all the same, what is refused, and what lies about then.
import fs, {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { writeFileAtomic } from "../src/index.ts";

const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;

let root: string;
beforeEach(() => {
  // Not in the folder of all tests, which is closed to others.
  root = mkdtempSync(join(tmpdir(), "course-"));
  chmodSync(root, 0o777);
});
afterEach(() => {
  chmodSync(root, 0o755);
  rmSync(root, { recursive: true });
});

const at = (name: string) => join(root, name);
const text = (name: string) => readFileSync(at(name), "utf8");

/** Root may do everything, so it acts as somebody else. */
function asUser(act: () => void): void {
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    act();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

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
