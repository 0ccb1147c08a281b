// Keeps the head and the tail of an output of any length in bounded memory.
import { StringDecoder } from "node:string_decoder";

const HALF = 15_000;

export class OutputCapture {
  readonly #decoder = new StringDecoder("utf8");
  #head = "";
  #tail = "";
  #dropped = 0;

  add(chunk: Buffer): void {
    this.#append(this.#decoder.write(chunk));
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

  /** The output; where the middle was dropped, a line says how many characters. */
  text(): string {
    this.#append(this.#decoder.end());
    this.#cut();
    if (this.#dropped === 0) return this.#head + this.#tail;
    return `${this.#head}\n[... ${this.#dropped.toLocaleString("en")} characters left out ...]\n${this.#tail}`;
  }
}
