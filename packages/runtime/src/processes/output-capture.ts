// Keeps the head and the tail of an output of any length in bounded memory, and all of it in a file if it is cut.
import { StringDecoder } from "node:string_decoder";
import { errorMessage } from "../errors.ts";
import type { OutputFile } from "../workspace/output-file.ts";

const HALF = 15_000;

/** Makes the file that an output is written to when it is cut. May throw. */
export type OpenOutputFile = () => OutputFile;

/** The whole of an output that is shown cut. */
export interface FullOutput {
  /** Relative to the workspace. */
  file: string;
  /** Characters. */
  length: number;
}

export class OutputCapture {
  readonly #decoder = new StringDecoder("utf8");
  readonly #openFile: OpenOutputFile | undefined;
  #file: OutputFile | undefined;
  /** What the file is to begin with. */
  #waiting: Buffer[] = [];
  #problem: string | undefined;
  #head = "";
  #tail = "";
  #dropped = 0;

  constructor(openFile?: OpenOutputFile) {
    this.#openFile = openFile;
  }

  add(chunk: Buffer): void {
    this.#append(this.#decoder.write(chunk));
    if (this.#openFile && this.#problem === undefined) this.#keep(chunk, this.#openFile);
  }

  #append(text: string): void {
    const room = HALF - this.#head.length;
    this.#head += text.slice(0, room);
    this.#tail += text.slice(Math.max(room, 0));
    // Cut seldom: cutting at every chunk would copy the tail each time.
    if (this.#tail.length > 4 * HALF) this.#cut();
  }

  #cut(): void {
    const excess = this.#tail.length - HALF;
    if (excess <= 0) return;
    this.#dropped += excess;
    this.#tail = this.#tail.slice(excess);
  }

  #keep(chunk: Buffer, openFile: OpenOutputFile): void {
    this.#waiting.push(chunk);
    if (this.#tail.length <= HALF && this.#dropped === 0) return;
    try {
      this.#file ??= openFile();
      for (const part of this.#waiting) this.#file.add(part);
    } catch (error) {
      // A full disk must not stop the command, nor hide its output.
      this.#problem = errorMessage(error);
    }
    this.#waiting = [];
  }

  /** The output at its end; where the middle was dropped, a line says how many characters, and where all of it is. */
  text(): string {
    this.#append(this.#decoder.end());
    this.#cut();
    this.#file?.close();
    if (this.#dropped === 0) return this.#head + this.#tail;
    const note = `[... ${this.#dropped.toLocaleString("en")} characters left out${this.#place()} ...]`;
    return `${this.#head}\n${note}\n${this.#tail}`;
  }

  #place(): string {
    if (this.#problem !== undefined) return ` and not kept: ${this.#problem}`;
    if (!this.#file) return "";
    const { name, isWhole, limit } = this.#file;
    return isWhole ? `; all are in ${name}` : `; the first ${limit} bytes are in ${name}`;
  }

  /** Where all of the output is, if its text is cut and none of it is missing there. */
  get fullOutput(): FullOutput | undefined {
    if (this.#problem !== undefined || !this.#file?.isWhole) return undefined;
    return { file: this.#file.name, length: this.#head.length + this.#dropped + this.#tail.length };
  }
}
