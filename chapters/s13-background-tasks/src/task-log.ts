// A task's output, on disk and never in memory: at most LOG_BYTES, then a marker, while the rest is
// read and dropped so that the command does not stall. The last 500 characters are kept.
import { closeSync, openSync, writeFile } from "node:fs";
import type { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";
import { PREVIEW_CHARACTERS } from "./runtime-task.ts";

export const LOG_BYTES = 10 * 1024 * 1024;
/** Four bytes a character at the most. */
const PREVIEW_BYTES = 4 * PREVIEW_CHARACTERS;

/** Writes at the file's present position. Opening and closing do not wait, and need no thread. */
const append = promisify(writeFile);

export class TaskLog {
  #tail = Buffer.alloc(0);
  #bytes = 0;
  #isMarked = false;

  /** Copies the output to a new file until it ends. Resolves with why the file could not be written, if so. */
  async copy(output: Readable, path: string, limit = LOG_BYTES): Promise<Error | undefined> {
    let problem: Error | undefined;
    let file: number | undefined;
    try {
      file = openSync(path, "wx");
    } catch (error) {
      problem = error instanceof Error ? error : new Error(String(error));
    }
    try {
      // One chunk at a time: a slow disk slows the command down instead of filling memory.
      for await (const chunk of output as AsyncIterable<Buffer>) {
        this.#note(chunk);
        // Sixteen tasks that flood their output must not keep the loop from its timers and keys.
        await setImmediate();
        if (problem === undefined && file !== undefined)
          await this.#write(file, chunk, limit).catch((error: Error) => (problem = error));
      }
    } catch {
      // A task that is ended closes its output early; what it wrote is kept.
    }
    if (file !== undefined) closeSync(file);
    return problem;
  }

  async #write(file: number, chunk: Buffer, limit: number): Promise<void> {
    const room = Math.max(0, limit - (this.#bytes - chunk.length));
    if (room > 0) await append(file, chunk.subarray(0, room));
    if (chunk.length <= room || this.#isMarked) return;
    this.#isMarked = true;
    await append(file, `\n[output beyond ${limit.toLocaleString("en")} bytes is not kept]\n`);
  }

  #note(chunk: Buffer): void {
    this.#bytes += chunk.length;
    const joined = chunk.length >= PREVIEW_BYTES ? chunk : Buffer.concat([this.#tail, chunk]);
    // A copy: a slice would keep the whole chunk alive.
    this.#tail = Buffer.from(joined.subarray(Math.max(0, joined.length - PREVIEW_BYTES)));
  }

  /** The last 500 characters so far. */
  get preview(): string {
    return this.#tail.toString("utf8").slice(-PREVIEW_CHARACTERS).toWellFormed();
  }
}
