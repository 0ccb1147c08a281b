// Jobs in processes of their own, several at once: a run waits more than it computes, and what one job
// computes must not slow down the clock of another's run.
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { ROOT } from "./chapters.ts";

/** With many more than there are cores, runs would be late whose transcripts depend on what ends together. */
const CORES = availableParallelism();

/** Jobs take up to two minutes. A run that never ends must not hold up all that waits for it. */
const LIMIT_MS = 5 * 60_000;

/** `script` answers each message that it gets with one message, and ends when its parent disconnects. */
export class WorkerPool<Job extends object, Answer> {
  readonly #script: string;
  readonly #limitMs: number;
  readonly #workers: number;
  readonly #idle: ChildProcess[] = [];
  readonly #waiting: ((worker: ChildProcess) => void)[] = [];
  #started = 0;

  /** Has so many workers: one for each core, and `more`. */
  constructor(script: string, { limitMs = LIMIT_MS, more = 0 } = {}) {
    this.#script = script;
    this.#limitMs = limitMs;
    this.#workers = CORES + more;
  }

  /** Does the job as soon as a worker is free. Rejects, with `name`, if the worker ends before it answers, or takes too long. */
  async run(name: string, job: Job): Promise<Answer> {
    const worker = await this.#take();
    worker.send(job);
    const answered = new AbortController();
    const { signal } = answered;
    const late = setTimeout(() => worker.kill("SIGKILL"), this.#limitMs);
    try {
      return await Promise.race([
        once(worker, "message", { signal }).then(([message]) => message as Answer),
        once(worker, "exit", { signal }).then(([code]) => {
          const how = code === null ? `was ended after ${this.#limitMs / 1000} s` : `ended with code ${code}`;
          throw new Error(`${name}: the process that worked on it ${how}`);
        }),
      ]);
    } finally {
      // The one that was not needed is not listened for any longer.
      answered.abort();
      clearTimeout(late);
      this.#giveBack(worker);
    }
  }

  close(): void {
    for (const worker of this.#idle) worker.disconnect();
  }

  async #take(): Promise<ChildProcess> {
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#started < this.#workers) return this.#start();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #start(): ChildProcess {
    this.#started += 1;
    return fork(this.#script, { execArgv: ["--import", join(ROOT, "scripts/preflight.mjs")] });
  }

  /** Whoever waits gets it; a new one, if it has ended. */
  #giveBack(worker: ChildProcess): void {
    const next = this.#waiting.shift();
    // One that was killed may still count as connected when its end is told.
    if (!worker.connected || worker.exitCode !== null || worker.signalCode !== null) {
      this.#started -= 1;
      next?.(this.#start());
    } else if (next) next(worker);
    else this.#idle.push(worker);
  }
}
