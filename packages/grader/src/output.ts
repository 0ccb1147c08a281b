// What a program prints: head and tail in bounded memory, and a limit after which it is ended.
import { StringDecoder } from "node:string_decoder";

const KEPT = 64 * 1024;

export class Output {
  readonly #decoder = new StringDecoder("utf8");
  readonly #limit: number;
  readonly #onFlood: () => void;
  #bytes = 0;
  #head = "";
  #tail = "";

  constructor(limit: number, onFlood: () => void) {
    this.#limit = limit;
    this.#onFlood = onFlood;
  }

  add(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limit) this.#onFlood();
    const text = this.#decoder.write(chunk);
    const room = Math.max(0, KEPT - this.#head.length);
    this.#head += text.slice(0, room);
    this.#tail = (this.#tail + text.slice(room)).slice(-KEPT);
  }

  text(): string {
    return this.#head + this.#tail + this.#decoder.end();
  }
}
