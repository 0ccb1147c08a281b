// Reads a part of a text file: as many whole lines as fit, and no more of the file than that takes.
// Not covered: encodings other than UTF-8; their other bytes are shown as replacement characters.
import { open } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import { ToolError } from "../errors.ts";
import { withoutMark } from "./byte-order-mark.ts";

export const MAXIMUM_CHARACTERS = 50_000;
const CHUNK_BYTES = 64 * 1024;
/** A NUL byte this early marks a file as binary, as in git and grep. */
const SNIFFED_BYTES = 8_000;

/**
 * The lines from `offset` on (counted from 1), at most `limit`, at most 50,000 characters, and a last
 * line in brackets that says how to go on if there is more. Throws ToolError for a binary file and for
 * an offset past the end, and the file system's errors.
 */
export async function readLines(
  target: string,
  path: string,
  offset: number,
  limit: number,
): Promise<string> {
  const lines = new LineWindow(offset, limit);
  const file = await open(target);
  try {
    const decoder = new StringDecoder("utf8");
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let position = 0; !lines.isFull;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, position);
      const chunk = buffer.subarray(0, bytesRead);
      if (position === 0 && chunk.subarray(0, SNIFFED_BYTES).includes(0))
        throw new ToolError(`${path} is a binary file.`);
      const text = bytesRead === 0 ? decoder.end() : decoder.write(chunk);
      lines.add(position === 0 ? withoutMark(text) : text);
      if (bytesRead === 0) break;
      position += bytesRead;
    }
  } finally {
    await file.close();
  }
  return lines.render(path);
}

class LineWindow {
  readonly #offset: number;
  readonly #limit: number;
  /** The number of the line that `#text` begins with; grows while lines are skipped. */
  #first = 1;
  #text = "";
  #endsInBreak = true;

  constructor(offset: number, limit: number) {
    this.#offset = offset;
    this.#limit = limit;
  }

  add(text: string): void {
    if (text !== "") this.#endsInBreak = text.endsWith("\n");
    let rest = text;
    while (this.#first < this.#offset) {
      const end = rest.indexOf("\n");
      if (end === -1) return;
      rest = rest.slice(end + 1);
      this.#first += 1;
    }
    this.#text += rest;
  }

  /** There is more than can be returned. */
  get isFull(): boolean {
    return this.#text.length > MAXIMUM_CHARACTERS || this.#endOf(this.#limit) < this.#text.length;
  }

  /** Where line number `count` of the window ends, its line break included. */
  #endOf(count: number): number {
    if (count === Infinity) return Infinity;
    let end = 0;
    for (let line = 0; line < count; line++) {
      end = this.#text.indexOf("\n", end) + 1;
      if (end === 0) return Infinity;
    }
    return end;
  }

  render(path: string): string {
    if (this.#text === "" && this.#offset > 1) {
      const lines = this.#first - (this.#endsInBreak ? 1 : 0);
      throw new ToolError(`${path} has only ${lines} lines; offset ${this.#offset} is past its end.`);
    }
    if (this.#text === "") return "(the file is empty)";
    if (!this.isFull) return this.#text;
    const lastBreak = this.#text.lastIndexOf("\n", MAXIMUM_CHARACTERS - 1) + 1;
    const end = Math.min(
      this.#endOf(this.#limit),
      this.#text.length > MAXIMUM_CHARACTERS ? lastBreak : Infinity,
    );
    if (end === 0) {
      const start = this.#text.slice(0, MAXIMUM_CHARACTERS);
      return `${start}\n[line ${this.#first} goes on; cut it with bash, or continue with offset ${this.#first + 1}]`;
    }
    const shown = this.#text.slice(0, end);
    const last = this.#first + breaksIn(shown) - 1;
    return `${shown}[lines ${this.#first} to ${last}; there is more, continue with offset ${last + 1}]`;
  }
}

function breaksIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}
