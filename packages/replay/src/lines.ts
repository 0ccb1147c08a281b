// A file's lines, one after the other, whatever they hold: a file of 100 MB takes no more memory than its longest line.
// Not covered: a file that is written to meanwhile; what comes later is not seen.
import { createReadStream, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { withoutMark } from "@course/runtime";

/** A longer line is counted and not read: nothing that an agent writes is as long, and JavaScript would hold it twice. */
export const LONGEST_LINE = 16 * 1024 * 1024;
const NEWLINE = 0x0a;

export interface Line {
  /** From 1. */
  number: number;
  /** Where in the file it begins, and its length without the line break, in bytes. */
  offset: number;
  bytes: number;
  /** Undefined where it is longer than LONGEST_LINE. */
  text: string | undefined;
  /** False where the file ends without a line break: whoever wrote it may have been cut off. */
  isEnded: boolean;
}

/** Throws an Error that names the path and the next step where there is nothing to read. */
export function checkReadable(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) throw new Error(`There is no file ${path}. npm run replay lists the traces that there are.`);
  if (stats.isDirectory()) throw new Error(`${path} is a folder. Name a file, as in ${path}/NAME.jsonl.`);
  if (!stats.isFile())
    throw new Error(`${path} is not a plain file. Write what it holds to a file, and name that.`);
}

/** Rejects with the file system's errors. */
export async function* readLines(path: string): AsyncGenerator<Line> {
  const parts = new LineParts();
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      parts.add(chunk.subarray(from, end));
      yield parts.take(true);
      from = end + 1;
    }
    parts.add(chunk.subarray(from));
  }
  if (parts.bytes > 0) yield parts.take(false);
}

/** What a line holds, where it was found. */
export async function readLineAt(
  path: string,
  { offset, bytes }: Pick<Line, "offset" | "bytes">,
): Promise<string> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(Math.min(bytes, LONGEST_LINE));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
    return textOf(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

class LineParts {
  #parts: Buffer[] = [];
  #number = 1;
  #offset = 0;
  bytes = 0;

  add(part: Buffer): void {
    this.bytes += part.length;
    if (this.bytes > LONGEST_LINE) this.#parts = [];
    // A copy: the stream's memory is used again.
    else if (part.length > 0) this.#parts.push(Buffer.from(part));
  }

  take(isEnded: boolean): Line {
    const text = this.bytes > LONGEST_LINE ? undefined : textOf(Buffer.concat(this.#parts));
    const line = { number: this.#number, offset: this.#offset, bytes: this.bytes, text, isEnded };
    this.#number += 1;
    this.#offset += this.bytes + 1;
    this.#parts = [];
    this.bytes = 0;
    return line;
  }
}

/** Without a byte order mark, and without the CR of a file that went through Windows. */
function textOf(buffer: Buffer): string {
  return withoutMark(buffer.toString("utf8")).replace(/\r$/, "");
}
