// A lock between processes: a file that only one of them can create. It names its owner, so a
// lock whose owner died can be told from one that is held.
// Not covered: file systems shared between machines (a process number means nothing there),
// and an owner that is stopped for longer than STALE_MS while it holds the lock. Work under the lock is
// synchronous, so nothing else delays it.
import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { errorCode, isAlive } from "@course/runtime";

const WAIT_MS = 20_000;
/** Locks here are held for milliseconds; one this old has lost its owner, whoever has its number now. */
const STALE_MS = 60_000;

export class FileLock {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Runs `work` while holding the lock; makes its folder. Rejects after 20 s of waiting, and with what `work` throws. */
  async hold<T>(work: () => T): Promise<T> {
    mkdirSync(dirname(this.#path), { recursive: true });
    const token = `${process.pid} ${randomBytes(8).toString("hex")}`;
    const deadline = Date.now() + WAIT_MS;
    while (!createWith(this.#path, token)) {
      if (Date.now() > deadline) {
        const owner = read(this.#path)?.split(" ")[0] ?? "nobody";
        throw new Error(
          `${this.#path} is held by process ${owner}. If that is not one of yours, delete the file.`,
        );
      }
      if (isStale(this.#path)) breakStale(this.#path);
      await delay(1 + Math.random() * 10);
    }
    try {
      return work();
    } finally {
      if (read(this.#path) === token) rmSync(this.#path, { force: true });
    }
  }
}

/** Only one process may remove a stale lock: a second one would remove its successor. So that takes a lock, too. */
function breakStale(path: string): void {
  const guard = `${path}.break`;
  if (!createWith(guard, String(process.pid))) return clearGuard(guard);
  if (isStale(path)) rmSync(path, { force: true });
  rmSync(guard, { force: true });
}

/** A guard whose owner died is taken away under another name first, and put back if it was a fresh one. */
function clearGuard(guard: string): void {
  if (!isStale(guard)) return;
  const aside = `${guard}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    renameSync(guard, aside);
    if (!isStale(aside)) linkSync(aside, guard);
  } catch {
    // Another process was faster.
  }
  rmSync(aside, { force: true });
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
