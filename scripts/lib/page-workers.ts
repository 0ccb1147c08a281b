// Pages are filled by processes of their own.
import { join } from "node:path";
import { ROOT } from "./chapters.ts";
import type { FilledPage } from "./pages.ts";
import { WorkerPool } from "./worker-pool.ts";

export interface PageOptions {
  isCheck: boolean;
  isFresh: boolean;
}

export interface PageJob extends PageOptions {
  page: string;
}

export class PageWorkers {
  readonly #options: PageOptions;
  readonly #pool = new WorkerPool<PageJob, FilledPage & { seconds: number }>(
    join(ROOT, "scripts/docs-worker.ts"),
    // Runs wait more than they compute.
    { more: 1 },
  );

  constructor(options: PageOptions) {
    this.#options = options;
  }

  /** Fills a page as soon as a worker is free; says on stdout how long it took. */
  async fill(page: string): Promise<FilledPage> {
    const { seconds, ...filled } = await this.#pool.run(page, { page, ...this.#options });
    const blocks = `${filled.made} ${filled.made === 1 ? "block" : "blocks"}`;
    console.log(`${page}: ${blocks} made, ${seconds.toFixed(1)} s`);
    return filled;
  }

  close(): void {
    this.#pool.close();
  }
}
