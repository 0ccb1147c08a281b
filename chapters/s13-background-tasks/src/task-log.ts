// A task's output, on disk and never in memory: at most LOG_BYTES, then a marker, while the
// rest is read and dropped so that the command does not stall. The last 500 characters are kept.
import { createWriteStream } from "node:fs";
import type { Readable } from "node:stream";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";

export const LOG_BYTES = 10 * 1024 * 1024;
const PREVIEW_CHARACTERS = 500;
/** Four bytes a character at the most. */
const PREVIEW_BYTES = 4 * PREVIEW_CHARACTERS;

export class TaskLog {
  #tail = Buffer.alloc(0);
  #bytes = 0;

  /** Copies the output to the file until it ends. Rejects if the file cannot be written. */
  async copy(output: Readable, path: string, limit = LOG_BYTES): Promise<void> {
    const file = createWriteStream(path, { flags: "wx" });
    const sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        const room = limit - this.#bytes;
        this.#note(chunk);
        if (room <= 0) return done();
        const kept = chunk.subarray(0, room);
        const text = kept.length < chunk.length ? Buffer.concat([kept, marker(limit)]) : kept;
        // Backpressure: a slow disk slows the command down instead of filling memory.
        file.write(text, (error) => done(error));
      },
      final: (done) => file.end(done),
    });
    file.once("error", (error) => sink.destroy(error));
    await pipeline(output, sink).catch((error: NodeJS.ErrnoException) => {
      // A task that was killed closes its pipe early; what it wrote is kept.
      if (error.code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
      file.end();
    });
  }

  #note(chunk: Buffer): void {
    this.#bytes += chunk.length;
    const joined = chunk.length >= PREVIEW_BYTES ? chunk : Buffer.concat([this.#tail, chunk]);
    // A copy: a slice would keep the whole chunk alive.
    this.#tail = Buffer.from(joined.subarray(Math.max(0, joined.length - PREVIEW_BYTES)));
  }

  /** The last 500 characters so far. */
  get preview(): string {
    return this.#tail.toString("utf8").slice(-PREVIEW_CHARACTERS);
  }
}

function marker(limit: number): Buffer {
  return Buffer.from(`\n[output beyond ${limit.toLocaleString("en")} bytes is not kept]\n`);
}
