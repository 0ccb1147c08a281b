// What a server writes to its standard error, in a file and never on the screen: .mcp/<server>.log in the workspace.
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { stateFolder } from "@course/runtime";

const MOST_BYTES = 1_000_000;

/**
 * What a server writes to its standard error.
 *
 * @record `.mcp/<server>.log`, the first megabyte; made anew by the next program
 */
export class ServerLog {
  /** Relative to the workspace. */
  readonly name: string;
  readonly #root: string;
  #file: number | undefined;
  #bytes = 0;
  #lastLine = "";

  constructor(root: string, slug: string) {
    this.#root = root;
    this.name = `.mcp/${slug}.log`;
  }

  /** Keeps the first megabyte. A log that cannot be written costs nobody the server. */
  write(chunk: Buffer | string): void {
    const bytes = Buffer.from(chunk);
    this.#lastLine = bytes.toString("utf8").trimEnd().split("\n").at(-1) || this.#lastLine;
    const room = MOST_BYTES - this.#bytes;
    this.#bytes += bytes.length;
    if (room < 0) return;
    try {
      this.#file ??= this.#open();
      writeSync(this.#file, bytes.subarray(0, room));
      if (bytes.length > room)
        writeSync(this.#file, `\n[what comes after ${MOST_BYTES} bytes is not kept]\n`);
    } catch {
      this.#bytes = Infinity;
    }
  }

  /** For the line that says why a server has ended. */
  get lastLine(): string {
    return this.#lastLine.slice(0, 200).toWellFormed();
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #open(): number {
    stateFolder(this.#root, ".mcp");
    const path = join(this.#root, this.name);
    // Removed, not emptied: what is there may be a link that a clone brought.
    rmSync(path, { force: true });
    return openSync(path, "wx");
  }
}
