// A lock between processes: a file that only one of them can create. It names its owner, so a
// lock whose owner died can be told from one that is held.
// Not covered: file systems shared between machines (a process number means nothing there),
// and an owner that is stopped for longer than STALE_MS while it holds the lock.
import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { errorCode, isAlive } from "@course/runtime";

const WAIT_MS = 20_000;
/** Locks here are held for milliseconds; one this old has lost its owner, whoever has its number now. */
const STALE_MS = 10_000;

export class FileLock {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Runs `work` while holding the lock. Rejects after 20 s of waiting, and with what `work` throws. */
  async hold<T>(work: () => T | Promise<T>): Promise<T> {
    const token = `${process.pid} ${randomBytes(8).toString("hex")}`;
    await this.#acquire(token);
    try {
      return await work();
    } finally {
      if (read(this.#path) === token) rmSync(this.#path, { force: true });
    }
  }

  async #acquire(token: string): Promise<void> {
    const deadline = Date.now() + WAIT_MS;
    while (!createWith(this.#path, token)) {
      if (isStale(this.#path)) this.#break();
      else if (Date.now() > deadline) {
        throw new Error(
          `${this.#path} is held by process ${read(this.#path)?.split(" ")[0]}. If that is not one of yours, delete the file.`,
        );
      }
      await delay(1 + Math.random() * 10);
    }
  }

  /** Only one process may remove a stale lock: a second one would remove its successor. */
  #break(): void {
    const guard = `${this.#path}.break`;
    if (!createWith(guard, String(process.pid))) {
      if (isStale(guard)) rmSync(guard, { force: true });
      return;
    }
    if (isStale(this.#path)) rmSync(this.#path, { force: true });
    rmSync(guard, { force: true });
  }
}

/** Creates a file that has its content from the first moment on; false if it exists. */
function createWith(path: string, content: string): boolean {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, content, { flag: "wx" });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function isStale(path: string): boolean {
  const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  const owner = Number(read(path)?.split(" ")[0]);
  return age > STALE_MS || (owner > 0 && !isAlive(owner));
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
