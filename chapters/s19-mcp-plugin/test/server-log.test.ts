// What of a server's standard error is kept, to the byte.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { ServerLog } from "../src/server-log.ts";

const MARKER = "\n[what comes after 1000000 bytes is not kept]\n";

function logOf(...chunks: string[]): string {
  const root = temporaryFolder();
  const log = new ServerLog(root, "odd");
  for (const chunk of chunks) log.write(chunk);
  log.close();
  return readFileSync(join(root, log.name), "utf8");
}

test("a megabyte is kept, and one marker says that there was more", () => {
  const megabyte = "x".repeat(1_000_000);
  expect(logOf("a", "b\n")).toBe("ab\n");
  for (const chunks of [[megabyte], [megabyte.slice(1), "x"]]) expect(logOf(...chunks)).toBe(megabyte);
  for (const chunks of [[`${megabyte}y`], [megabyte, "y"], [megabyte, "y", "z"], [`${megabyte}y`, "z"]])
    expect(logOf(...chunks) === megabyte + MARKER).toBe(true);
});

test("the last line is known, also where no log can be written; then it is not tried again", () => {
  const root = temporaryFolder();
  writeFileSync(join(root, ".mcp"), "a file is in the folder's place");
  const log = new ServerLog(root, "odd");
  log.write("one\n");
  rmSync(join(root, ".mcp"));
  mkdirSync(join(root, ".mcp"));
  log.write("two\n\n");
  log.write("\n");
  expect(log.lastLine).toBe("two");
  expect(existsSync(join(root, log.name))).toBe(false);
  log.close();
});
