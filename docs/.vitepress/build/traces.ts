// The traces that players show: each of a real run, the one whose transcript its page prints. Made when the
// site is built, several at once, and kept in node_modules/.cache/site by the content of their sources.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@course/runtime/testing";
import { BlockCache } from "../../../scripts/lib/block-cache.ts";
import { CHAPTER_ID, ROOT } from "../../../scripts/lib/chapters.ts";
import { BLOCK } from "../../../scripts/lib/directive.ts";
import { WorkerPool } from "../../../scripts/lib/worker-pool.ts";

const FOLDER = join(ROOT, "node_modules/.cache/site/traces");

/** A run of a page, with the blocks that it has to agree with. */
export interface TraceJob {
  /** As in a page's link: `s13-5`, or `s02-1-s12` with another chapter's card. */
  name: string;
  run: string[];
  blocks: { page: string; directive: string; whole: string }[];
}

export interface TraceAnswer {
  /** The events as JSON, one a line. */
  trace: string;
  /** The block that no run agreed with; `trace` is the last one's. */
  fault?: string | undefined;
}

/** The name of the run that a `transcript` directive shows. */
export function traceName(words: readonly string[]): string {
  return runOf(words).join("-");
}

function runOf([id = "", number = "", other = ""]: readonly string[]): string[] {
  return new RegExp(`^${CHAPTER_ID}$`).test(other) ? [id, number, other] : [id, number];
}

/** Every run that a page prints a transcript of, once. */
function traceJobs(): TraceJob[] {
  const jobs = new Map<string, TraceJob>();
  const lessons = readdirSync(join(ROOT, "docs")).filter((file) => file.endsWith(".md"));
  for (const page of ["README.md", ...lessons.map((file) => `docs/${file}`)])
    for (const [whole, directive = "", name] of readFileSync(join(ROOT, page), "utf8").matchAll(BLOCK)) {
      if (name !== "transcript") continue;
      const run = runOf(directive.split(" ").slice(1));
      const job = jobs.get(run.join("-")) ?? { name: run.join("-"), run, blocks: [] };
      job.blocks.push({ page, directive, whole });
      jobs.set(job.name, job);
    }
  return [...jobs.values()];
}

export class Traces {
  readonly #cache = new BlockCache();
  readonly #jobs = new Map(traceJobs().map((job) => [job.name, job]));
  readonly #making = new Map<string, Promise<string>>();
  #home: string | undefined;
  #pool: WorkerPool<TraceJob, TraceAnswer> | undefined;

  get names(): string[] {
    return [...this.#jobs.keys()];
  }

  /**
   * A run that prints other lines than its page does, as one may on a busy machine, is shown all the same, said on
   * stderr and not kept: whether pages tell the truth is for npm run docs:check. Rejects if it does not run at all.
   */
  get(name: string): Promise<string> {
    const job = this.#jobs.get(name);
    if (!job) return Promise.reject(new Error(`No page prints a run ${name}.`));
    const made = this.#making.get(name) ?? this.#make(job);
    this.#making.set(name, made);
    return made;
  }

  close(): void {
    this.#pool?.close();
    if (this.#home !== undefined) rmSync(this.#home, { recursive: true, force: true });
  }

  async #make(job: TraceJob): Promise<string> {
    const key = this.#cache.key(`transcript ${job.run.join(" ")}`, ...job.blocks.map(({ whole }) => whole));
    const file = join(FOLDER, `${job.name}-${key.slice(0, 32)}.jsonl`);
    if (existsSync(file)) return readFileSync(file, "utf8");
    const { trace, fault } = await this.#run(job);
    if (fault !== undefined && trace === "") throw new Error(fault);
    if (fault !== undefined) {
      console.warn(fault);
      return trace;
    }
    mkdirSync(FOLDER, { recursive: true });
    for (const old of readdirSync(FOLDER))
      if (/^(.*)-[0-9a-f]{32}\.jsonl$/.exec(old)?.[1] === job.name) rmSync(join(FOLDER, old));
    writeFileSync(file, trace);
    return trace;
  }

  /** A run that was ended because it took too long is made once more. */
  async #run(job: TraceJob): Promise<TraceAnswer> {
    const pool = this.#workers();
    try {
      return await pool.run(job.name, job);
    } catch (error) {
      console.warn(error instanceof Error ? error.message : error);
      return pool.run(job.name, job);
    }
  }

  #workers(): WorkerPool<TraceJob, TraceAnswer> {
    if (this.#pool) return this.#pool;
    // Runs must not depend on what stands in the home of whoever builds the site.
    this.#home = temporaryFolder();
    process.env["HOME"] = this.#home;
    process.env["NPM_CONFIG_UPDATE_NOTIFIER"] = "false";
    this.#pool = new WorkerPool(join(ROOT, "docs/.vitepress/build/trace-worker.ts"));
    return this.#pool;
  }
}
