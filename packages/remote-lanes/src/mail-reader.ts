// Reads the letters of streams, each in order and from the stream's beginning. Nothing is taken out by reading: whoever
// takes a stream up later reads the same letters again, so an agent that dies loses none.
import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import { readLetter, type Letter } from "./protocol.ts";

const BLOCK_MS = 500;
const AT_ONCE = 64;

export interface Delivered {
  letter: Letter;
  /** Redis's, as in "1764201600000-0": its first part is a time. */
  id: string;
  stream: string;
  data: Buffer | undefined;
}

type Streams = readonly (readonly [
  stream: Buffer,
  entries: readonly (readonly [id: Buffer, fields: Buffer[]])[],
])[];

export class MailReader {
  readonly #redis: Redis;
  readonly #deliver: (delivered: Delivered) => Promise<void>;
  /** The last letter of each stream that was delivered. */
  readonly #positions = new Map<string, string>();
  #isClosed = false;

  /** `redis` is blocked while this waits, so it must serve nothing else. */
  constructor(redis: Redis, deliver: (delivered: Delivered) => Promise<void>) {
    this.#redis = redis;
    this.#deliver = deliver;
  }

  follow(stream: string): void {
    if (!this.#positions.has(stream)) this.#positions.set(stream, "0-0");
  }

  async run(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#readOnce();
      } catch (error) {
        if (this.#isClosed) return;
        // Redis may be loading its data, or the connection was cut in an answer: letters are still there.
        await delay(BLOCK_MS);
        void error;
      }
    }
  }

  async #readOnce(): Promise<void> {
    const streams = [...this.#positions.keys()];
    const args = ["COUNT", AT_ONCE, "BLOCK", BLOCK_MS, "STREAMS", ...streams, ...this.#positions.values()];
    const answer = (await this.#redis.callBuffer("XREAD", ...args)) as Streams | null;
    for (const [name, entries] of answer ?? []) {
      const stream = name.toString();
      for (const [entryId, fields] of entries) {
        const id = entryId.toString();
        await this.#deliverEntry(stream, id, fields);
        this.#positions.set(stream, id);
      }
    }
  }

  async #deliverEntry(stream: string, id: string, fields: readonly Buffer[]): Promise<void> {
    const [, head, , data] = fields;
    const letter = head && readLetter(head.toString());
    if (letter) await this.#deliver({ letter, id, stream, data });
  }

  /** Resolves when everything was delivered that the streams hold now. */
  async readThrough(ask: Redis): Promise<void> {
    for (const stream of this.#positions.keys()) {
      const [newest] = await ask.xrevrange(stream, "+", "-", "COUNT", 1);
      if (newest === undefined) continue;
      while (!this.#isClosed && isBefore(this.#positions.get(stream) ?? "0-0", newest[0])) await delay(10);
    }
  }

  close(): void {
    this.#isClosed = true;
  }
}

function isBefore(a: string, b: string): boolean {
  const [timeA = 0, orderA = 0] = a.split("-").map(Number);
  const [timeB = 0, orderB = 0] = b.split("-").map(Number);
  return timeA < timeB || (timeA === timeB && orderA < orderB);
}
