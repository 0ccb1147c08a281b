// What is kept of an output, and what is said of a command that does not start, without a command that runs.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { OutputCapture } from "../src/processes/output-capture.ts";
import { describeStartError } from "../src/processes/start-error.ts";
import { temporaryFolder } from "../src/testing.ts";
import { OutputFile } from "../src/workspace/output-file.ts";

/** Adds a text in chunks of so many bytes. */
function captured(text: string, chunkBytes: number, root?: string): OutputCapture {
  const capture = new OutputCapture(
    root === undefined ? undefined : () => new OutputFile(root, "bash", "id"),
  );
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) capture.add(bytes.subarray(at, at + chunkBytes));
  return capture;
}

const digits = (length: number) => Array.from({ length }, (_, index) => index % 10).join("");

test.each([1_000, 15_000, 15_001, 400_000])(
  "in chunks of %i bytes the first and last 15,000 are shown",
  (chunk) => {
    const whole = digits(30_000);
    expect(captured(whole, chunk).text() === whole).toBe(true);
    for (const more of [1, 1_234, 60_000, 200_000]) {
      const text = digits(30_000 + more);
      const note = `\n[... ${more.toLocaleString("en")} characters left out ...]\n`;
      const expected = text.slice(0, 15_000) + note + text.slice(-15_000);
      expect(captured(text, chunk).text() === expected, `${more} more`).toBe(true);
    }
  },
);

test("an output is written to a file once it is cut, from its beginning, and not before", () => {
  const root = temporaryFolder();
  const short = captured(digits(30_000), 1_000, root);
  expect([short.text().length, short.fullOutput]).toEqual([30_000, undefined]);
  const text = `ä${digits(40_000)}`;
  const long = captured(text, 7, root);
  expect(long.text()).toContain(
    "\n[... 10,001 characters left out; all are in .task_outputs/bash/id.txt ...]\n",
  );
  expect(long.fullOutput).toEqual({ file: ".task_outputs/bash/id.txt", length: 40_001 });
  expect(readFileSync(join(root, ".task_outputs/bash/id.txt"), "utf8") === text).toBe(true);
});

test("a character that an output ends in the middle of is in the file, too", () => {
  const root = temporaryFolder();
  const capture = captured(digits(75_001), 75_001, root);
  capture.add(Buffer.from([0xc3]));
  expect(capture.text()).toContain("\n[... 45,002 characters left out; all are in ");
  const kept = readFileSync(join(root, ".task_outputs/bash/id.txt"));
  expect([kept.length, kept.at(-1)]).toEqual([75_002, 0xc3]);
});

test("a file that cannot be written is tried once, and the output says why it was not kept", () => {
  let tries = 0;
  const capture = new OutputCapture(() => {
    tries += 1;
    throw new Error("the disk is full");
  });
  for (let part = 0; part < 10; part++) capture.add(Buffer.from(digits(10_000)));
  expect(capture.text()).toContain("[... 70,000 characters left out and not kept: the disk is full ...]");
  expect([tries, capture.fullOutput]).toEqual([1, undefined]);
});

test("half of a character at the end is shown as one that is not known", () => {
  const capture = new OutputCapture();
  capture.add(Buffer.from([0x61, 0xe2, 0x82]));
  expect(capture.text()).toBe("a\ufffd");
});

test.each<[string, RegExp]>([
  ["E2BIG", /^the command has 2 bytes, .* Write it to a file/],
  ["EMFILE", /^no file descriptor is left \(EMFILE\)\. Wait until running commands have ended/],
  ["ENFILE", /^no file descriptor is left \(ENFILE\)/],
  ["EAGAIN", /^the system starts no more processes \(EAGAIN\)\. Wait/],
  ["ENOMEM", /^the system starts no more processes \(ENOMEM\)/],
  ["EACCES", /^spawn EACCES\.$/],
])("a start that fails with %s is told with the next step", (code, message) => {
  const error = Object.assign(new Error(`spawn ${code}`), { code });
  expect(describeStartError(error, "ls", temporaryFolder())).toMatch(message);
});
