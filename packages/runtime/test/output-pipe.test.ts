// The pipes of commands, when something happens to them: a swept folder, one that cannot be opened, none that can be made.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test, vi } from "vitest";
import { openStreams } from "../src/processes/command-streams.ts";
import type { OutputPipe } from "../src/processes/output-pipe.ts";

/** As a program that has just started has them: no pipe is made yet. */
async function newPipes() {
  vi.resetModules();
  const { openPipe, PIPE_FOLDER: folder } = await import("../src/processes/output-pipe.ts");
  const open: OutputPipe[] = [];
  onTestFinished(() => {
    for (const { reader, writer } of open) {
      closeSync(writer);
      reader.destroy();
    }
    rmSync(folder, { recursive: true, force: true });
  });
  return { folder, openPipe, hold: () => open[open.push(openPipe()) - 1], names: () => readdirSync(folder) };
}

/** What comes out of the pipe, when this goes in. */
async function passed({ reader, writer }: OutputPipe, words: string): Promise<string> {
  writeSync(writer, words);
  closeSync(writer);
  const closed = once(reader, "close");
  const all = await text(reader);
  await closed;
  return all;
}

/** The number that the next file gets: larger where one before was left open. */
function nextDescriptor(): number {
  const descriptor = openSync("/dev/null", "r");
  closeSync(descriptor);
  return descriptor;
}

test("a pipe is used again when its writers are gone, and more are made when all are in use", async () => {
  const { openPipe, hold, names } = await newPipes();
  expect(await passed(openPipe(), "one")).toBe("one");
  const made = names().length;
  for (let count = 0; count < made; count++) hold();
  expect(names()).toHaveLength(made);
  hold();
  expect(names()).toHaveLength(2 * made);
});

test("where somebody has swept the folder away, new pipes are made", async () => {
  const { folder, openPipe, names } = await newPipes();
  expect(await passed(openPipe(), "one")).toBe("one");
  rmSync(folder, { recursive: true });
  for (const words of ["two", "three"]) expect(await passed(openPipe(), words)).toBe(words);
  expect(names().length).toBeGreaterThan(0);
});

test("a pipe that cannot be opened is told, leaves nothing open, and is tried again", async () => {
  const { folder, openPipe, hold, names } = await newPipes();
  expect(await passed(openPipe(), "one")).toBe("one");
  const paths = names().map((name) => join(folder, name));
  // A folder can be opened for reading and not for writing.
  for (const path of paths) {
    rmSync(path);
    mkdirSync(path);
  }
  const before = nextDescriptor();
  expect(openPipe).toThrow(/^EISDIR/);
  expect(nextDescriptor()).toBe(before);
  for (const path of paths) rmSync(path, { recursive: true });
  execFileSync("mkfifo", paths);
  for (const _ of paths) hold();
  expect(names()).toHaveLength(paths.length);
});

test("where mkfifo fails, its own words say why", async () => {
  const { folder, openPipe } = await newPipes();
  mkdirSync(folder);
  writeFileSync(join(folder, "3"), "");
  expect(openPipe).toThrow(/^mkfifo failed: mkfifo: .*3.*exists/);
});

test("what was read of a command's streams is the sum of both", async () => {
  const streams = openStreams({ separateErrors: true });
  onTestFinished(() => streams.destroy());
  writeSync(streams.stdio[1], "abc");
  writeSync(streams.stdio[2], "de");
  streams.closeGiven();
  await Promise.all(streams.readers.map((reader) => text(reader)));
  expect(streams.bytesRead).toBe(5);
});
