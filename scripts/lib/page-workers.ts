// Pages are filled by processes of their own: a run waits more than it computes, and what one page
// computes must not slow down the clock of another's run.
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { ROOT } from "./chapters.ts";
import type { FilledPage } from "./pages.ts";

/** One for each core: more would make runs late whose transcripts depend on what ends together. */
const WORKERS = availableParallelism();

export interface PageOptions {
  isCheck: boolean;
  isFresh: boolean;
}

export interface PageJob extends PageOptions {
  page: string;
}

export class PageWorkers {
  readonly #options: PageOptions;
  readonly #idle: ChildProcess[] = [];
  readonly #waiting: ((worker: ChildProcess) => void)[] = [];
  #started = 0;

  constructor(options: PageOptions) {
    this.#options = options;
  }

  /** Fills a page as soon as a worker is free; says on stdout how long it took. */
  async fill(page: string): Promise<FilledPage> {
    const worker = await this.#take();
    const start = performance.now();
    const job: PageJob = { page, ...this.#options };
    worker.send(job);
    const answered = new AbortController();
    const { signal } = answered;
    const filled = await Promise.race([
      once(worker, "message", { signal }).then(([message]) => message as FilledPage),
      once(worker, "exit", { signal }).then(([code]) => {
        throw new Error(`${page}: the process that filled it ended with code ${code}`);
      }),
    ]);
    // The one that was not needed is not listened for any longer.
    answered.abort();
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${page}: ${filled.made} ${filled.made === 1 ? "block" : "blocks"} made, ${seconds} s`);
    this.#giveBack(worker);
    return filled;
  }

  close(): void {
    for (const worker of this.#idle) worker.disconnect();
  }

  async #take(): Promise<ChildProcess> {
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#started < WORKERS) {
      this.#started += 1;
      return fork(join(ROOT, "scripts/docs-worker.ts"), {
        execArgv: ["--import", join(ROOT, "scripts/preflight.mjs")],
      });
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #giveBack(worker: ChildProcess): void {
    const next = this.#waiting.shift();
    if (next) next(worker);
    else this.#idle.push(worker);
  }
}
