// Jobs in processes of their own, several at once: a run waits more than it computes, and what one job
// computes must not slow down the clock of another's run.
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { ROOT } from "./chapters.ts";

/** One for each core: more would make runs late whose transcripts depend on what ends together. */
const WORKERS = availableParallelism();

/** `script` answers each message that it gets with one message, and ends when its parent disconnects. */
export class WorkerPool<Job extends object, Answer> {
  readonly #script: string;
  readonly #idle: ChildProcess[] = [];
  readonly #waiting: ((worker: ChildProcess) => void)[] = [];
  #started = 0;

  constructor(script: string) {
    this.#script = script;
  }

  /** Does the job as soon as a worker is free. Rejects, with `name`, if the worker ends before it answers. */
  async run(name: string, job: Job): Promise<Answer> {
    const worker = await this.#take();
    worker.send(job);
    const answered = new AbortController();
    const { signal } = answered;
    const answer = await Promise.race([
      once(worker, "message", { signal }).then(([message]) => message as Answer),
      once(worker, "exit", { signal }).then(([code]) => {
        throw new Error(`${name}: the process that worked on it ended with code ${code}`);
      }),
    ]);
    // The one that was not needed is not listened for any longer.
    answered.abort();
    this.#giveBack(worker);
    return answer;
  }

  close(): void {
    for (const worker of this.#idle) worker.disconnect();
  }

  async #take(): Promise<ChildProcess> {
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#started < WORKERS) {
      this.#started += 1;
      return fork(this.#script, { execArgv: ["--import", join(ROOT, "scripts/preflight.mjs")] });
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #giveBack(worker: ChildProcess): void {
    const next = this.#waiting.shift();
    if (next) next(worker);
    else this.#idle.push(worker);
  }
}
