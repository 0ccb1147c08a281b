// Reading a file that others may have put there. Opening a FIFO waits for a writer, and reading a file
// of any size fills memory, so its kind and size are looked at first.
import { closeSync, openSync, readSync, statSync, type Stats } from "node:fs";

/** What is there is not a plain file of the expected size. The message is a predicate, as in "is a folder". */
export class NotPlainFileError extends Error {
  override readonly name = "NotPlainFileError";
}

/** Throws NotPlainFileError for a folder, and for what may make a reader or writer wait. */
export function checkPlain(stats: Stats): void {
  if (stats.isDirectory()) throw new NotPlainFileError("is a folder");
  if (!stats.isFile()) throw new NotPlainFileError("is a pipe, socket or device");
}

/** The whole file. Throws NotPlainFileError, and the file system's errors. */
export function readPlainFile(path: string, atMostBytes: number): Buffer {
  const stats = statSync(path);
  checkPlain(stats);
  if (stats.size > atMostBytes)
    throw new NotPlainFileError(`has ${inWords(stats.size)} bytes; at most ${inWords(atMostBytes)} are read`);
  const file = openSync(path, "r");
  try {
    // No more than was there when it was looked at: it may be growing.
    const content = Buffer.alloc(stats.size);
    let length = 0;
    for (;;) {
      const read = readSync(file, content, length, content.length - length, null);
      if (read === 0) break;
      length += read;
    }
    return content.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

function inWords(bytes: number): string {
  return bytes.toLocaleString("en");
}
