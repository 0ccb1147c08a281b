// A lock between processes: an entry in a folder that only one of them can make. It names its owner,
// so a lock whose owner died can be told from one that is held.
// Not covered: folders shared between machines or containers, where a process number means nothing, and
// several threads in one process. Work under the lock is synchronous, so nothing delays it.
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { claim, ownerOf, release } from "./lock-entry.ts";
import { breakIfStale } from "./stale-lock.ts";

const WAIT_MS = 20_000;

export class FileLock {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Runs `work` while holding the lock; makes its folder. Rejects after 20 s of waiting, and with what `work` throws. */
  async hold<T>(work: () => T): Promise<T> {
    mkdirSync(dirname(this.#path), { recursive: true });
    const deadline = performance.now() + WAIT_MS;
    while (!claim(this.#path)) {
      if (performance.now() > deadline) {
        throw new Error(
          `${this.#path} is held by process ${this.owner ?? "?"}. If that is not one of yours, delete the file.`,
        );
      }
      breakIfStale(this.#path);
      await delay(1 + Math.random() * 10);
    }
    try {
      return work();
    } finally {
      release(this.#path);
    }
  }

  /** Takes the lock until `release`, or until the program ends; false at once if another has it. Its folder must exist. */
  take(): boolean {
    if (claim(this.#path)) return true;
    breakIfStale(this.#path);
    return claim(this.#path);
  }

  release(): void {
    release(this.#path);
  }

  /** The number of the process that has it; undefined if nobody has. */
  get owner(): string | undefined {
    return ownerOf(this.#path)?.split(" ", 1)[0];
  }
}
