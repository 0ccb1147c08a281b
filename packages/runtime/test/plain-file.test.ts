import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readPlainFile } from "../src/index.ts";

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "course-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test.each([0, 1, 99, 100])("a file of %d bytes is read whole where 100 are allowed", (bytes) => {
  const path = join(newFolder(), "a");
  writeFileSync(path, Buffer.alloc(bytes, 7));
  expect(readPlainFile(path, 100)).toEqual(Buffer.alloc(bytes, 7));
});

test("what is no plain file, or too large, is not read; the reason is the message", () => {
  const folder = newFolder();
  execFileSync("mkfifo", [join(folder, "fifo")]);
  symlinkSync("/dev/zero", join(folder, "device"));
  writeFileSync(join(folder, "large"), "x".repeat(1_001));
  const reading = (name: string) => () => readPlainFile(join(folder, name), 1_000);
  expect(reading("fifo")).toThrow(/^is a pipe, socket or device$/);
  expect(reading("device")).toThrow(/^is a pipe, socket or device$/);
  expect(reading(".")).toThrow(/^is a folder$/);
  expect(reading("large")).toThrow(/^has 1,001 bytes; at most 1,000 are read$/);
  expect(reading("missing")).toThrow("ENOENT");
});
