// Lines at the end of a file, for a mailbox: a line is there whole or not at all, even where the disk is full or a
// writer was killed, and reading begins anywhere without reading what comes before.
import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, readSync, writeSync } from "node:fs";

/** Appends a line; only under a lock. Throws the file system's errors, and then nothing was appended. */
export function appendLine(path: string, line: string): void {
  const file = openSync(path, "a+");
  const { size } = fstatSync(file);
  try {
    // What a writer that was killed left unfinished gets a line of its own, which is no message.
    const isWhole = size === 0 || byteAt(file, size - 1) === NEWLINE;
    const bytes = Buffer.from(`${isWhole ? "" : "\n"}${line}\n`);
    for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
  } catch (error) {
    takeBack(file, size);
    throw error;
  } finally {
    closeSync(file);
  }
}

/** What cannot be taken back has no end of line, so it is no message. */
function takeBack(file: number, size: number): void {
  try {
    ftruncateSync(file, size);
  } catch {
    // The error of the write is the one to tell.
  }
}

const NEWLINE = 10;

function byteAt(file: number, position: number): number | undefined {
  const byte = Buffer.alloc(1);
  return readSync(file, byte, 0, 1, position) === 1 ? byte[0] : undefined;
}

interface Line {
  /** Where it begins, and where the next one does. */
  at: number;
  end: number;
  text: string;
}

/** The whole lines from a position on, each with its own. A position that is no beginning of a line gives a torn first one. */
export function* linesFrom(path: string, position: number): Generator<Line> {
  const bytes = bytesFrom(path, position);
  for (let start = 0; ;) {
    const end = bytes.indexOf(NEWLINE, start);
    // What has no end yet is being written.
    if (end === -1) return;
    yield { at: position + start, end: position + end + 1, text: bytes.toString("utf8", start, end) };
    start = end + 1;
  }
}

/** Closed before the first line is handed out: who asks only whether there is one never comes back for the end. */
function bytesFrom(path: string, position: number): Buffer {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - position));
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, position));
  } finally {
    closeSync(file);
  }
}

/** The whole number in a file; 0 where there is none. */
export function numberIn(path: string): number {
  try {
    const text = readFileSync(path, "utf8").trim();
    return /^\d{1,15}$/.test(text) ? Number(text) : 0;
  } catch {
    return 0;
  }
}
