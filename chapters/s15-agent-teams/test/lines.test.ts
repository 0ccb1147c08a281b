// The lines of a mailbox's file: where one ends, what a full disk leaves, and that no file stays open.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { Mailbox } from "@course/s15-agent-teams";
import { expect, test } from "vitest";
import { appendLine, linesFrom, numberIn } from "../src/mail-file.ts";

const newFile = (text = "") => {
  const path = join(temporaryFolder(), "lines");
  writeFileSync(path, text);
  return path;
};

test.each([
  ["", "new\n"],
  ["\n", "\nnew\n"],
  ["h", "h\nnew\n"],
  ["one\n", "one\nnew\n"],
  ["one\nhalf", "one\nhalf\nnew\n"],
])("behind %j a line stands for itself", (before, after) => {
  const path = newFile(before);
  appendLine(path, "new");
  expect(readFileSync(path, "utf8")).toBe(after);
});

test("each line is told with where it begins and where the next one does, in bytes; a position reads on from there", () => {
  const path = newFile("é\n\nthree\nhalf");
  const all = [
    { at: 0, end: 3, text: "é" },
    { at: 3, end: 4, text: "" },
    { at: 4, end: 10, text: "three" },
  ];
  expect([...linesFrom(path, 0)]).toEqual(all);
  expect([...linesFrom(path, 3)]).toEqual(all.slice(1));
  for (const position of [10, 14, 1_000]) expect([...linesFrom(path, position)]).toEqual([]);
});

test.each([
  ["42\n", 42],
  ["7", 7],
  ["9".repeat(15), 999_999_999_999_999],
  ["9".repeat(16), 0],
  ["-1", 0],
  ["x", 0],
  ["", 0],
])("the number in a file that holds %j is %d", (text, number) => {
  expect(numberIn(newFile(text))).toBe(number);
});

test("where there is no file, the number is 0", () => {
  expect(numberIn(join(temporaryFolder(), "none"))).toBe(0);
});

test("what a full disk took of a line is taken back, so that the next one follows the last whole one", () => {
  const path = newFile();
  const source = join(import.meta.dirname, "../src/mail-file.ts");
  const program = `import { appendLine } from ${JSON.stringify(source)};
    appendLine(${JSON.stringify(path)}, "one");
    try { appendLine(${JSON.stringify(path)}, "x".repeat(100_000)); } catch (error) { console.log(error.code); }
    appendLine(${JSON.stringify(path)}, "two");`;
  // A file may not grow past 8 blocks in this shell: the first part of the long line is written, the rest is not.
  const node = ["--import", "tsx", "--input-type=module", "-e", program];
  const told = execFileSync("sh", ["-c", 'ulimit -f 8; exec "$0" "$@"', process.execPath, ...node], {
    cwd: join(import.meta.dirname, ".."),
    encoding: "utf8",
  });
  expect(told).toBe("EFBIG\n");
  expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
});

test("no file stays open, also where somebody asks only whether there is mail", async () => {
  const box = new Mailbox(new Workspace(temporaryFolder()), "ada");
  await box.put("lead", "one");
  const path = newFile("one\n");
  const open = () => readdirSync("/dev/fd").length;
  const before = open();
  for (let index = 0; index < 50; index++) {
    expect(box.hasUnread).toBe(true);
    appendLine(path, "more");
    for (const _ of linesFrom(path, 0));
  }
  expect(open() - before).toBeLessThan(25);
});
