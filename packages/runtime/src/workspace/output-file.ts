// Outputs that are too long to show lie in .task_outputs/, so that the model can look into them.
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "../errors.ts";
import { stateFolder } from "./state-folder.ts";

const FOLDER = ".task_outputs";
const LARGEST_BYTES = 10 * 1024 * 1024;

interface NewFile {
  /** Relative to the workspace. */
  name: string;
  descriptor: number;
}

/** Makes `.task_outputs/<kind>/<id>.txt`, or with a number behind the id: a file that is there is never replaced. */
function newFile(root: string, kind: string, id: string): NewFile {
  stateFolder(root, FOLDER, kind);
  const stem = `${FOLDER}/${kind}/${id.replace(/[^\w-]/g, "_").slice(0, 200)}`;
  for (let count = 1; ; count++) {
    const name = `${stem}${count === 1 ? "" : `-${count}`}.txt`;
    try {
      return { name, descriptor: openSync(join(root, name), "wx") };
    } catch (error) {
      if (errorCode(error) !== "EEXIST") throw error;
    }
  }
}

/** Writes an output to a new file, and returns its path, relative to the workspace. Throws the file system's errors. */
export function keepOutput(root: string, kind: string, id: string, content: string): string {
  const { name, descriptor } = newFile(root, kind, id);
  try {
    writeFileSync(descriptor, content);
  } finally {
    closeSync(descriptor);
  }
  return name;
}

/**
 * A file for an output that is still coming: 10 MB of it, then a marker.
 *
 * @record `.task_outputs/bash/<call id>.txt`, durable; other folders beside it are for other outputs that are too long to show
 */
export class OutputFile {
  /** Relative to the workspace. */
  readonly name: string;
  readonly limit = LARGEST_BYTES.toLocaleString("en");
  readonly #descriptor: number;
  #bytes = 0;

  /** Throws the file system's errors, as `add` does. */
  constructor(root: string, kind: string, id: string) {
    ({ name: this.name, descriptor: this.#descriptor } = newFile(root, kind, id));
  }

  add(chunk: Buffer): void {
    const room = LARGEST_BYTES - this.#bytes;
    const wasWhole = this.isWhole;
    this.#bytes += chunk.length;
    if (room > 0) writeFileSync(this.#descriptor, chunk.subarray(0, room));
    if (wasWhole && !this.isWhole)
      writeFileSync(this.#descriptor, `\n[output beyond ${this.limit} bytes is not kept]\n`);
  }

  /** Whether it holds all that was added. */
  get isWhole(): boolean {
    return this.#bytes <= LARGEST_BYTES;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
