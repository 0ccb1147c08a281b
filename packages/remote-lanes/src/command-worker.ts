// The worker's side of a queue: takes jobs from BullMQ and runs their commands in a folder of this machine.
// At least once is all that a queue can promise: a worker that dies may have run a command to its end and not said so.
// So a command that had begun is not run again, unless its job says that it may be.
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { errorMessage, safePath } from "@course/runtime";
import { Worker, type Job } from "bullmq";
import type { Redis } from "ioredis";
import { CommandRun, LOST } from "./command-run.ts";
import { MOST_RERUNS, PREFIX, queueOf, readJob, stopKey, type LaneJob } from "./protocol.ts";

const STOP_LOOK_MS = 250;
/** A lock is renewed this often in its time, so that Redis may be away for most of it. */
const RENEWALS = 6;
const LONGEST_RENEWAL_MS = 5_000;

export interface WorkerOptions {
  /** Where commands run: an absolute path. */
  folder: string;
  /** That folder as the agent's machine calls it. */
  agentFolder: string;
  name: string;
  concurrency: number;
  /** So long may a worker be silent before its commands count as lost. */
  silentSeconds: number;
  /** Hears what begins and ends, in one line each. */
  report: (line: string) => void;
}

export class CommandWorker {
  readonly #redis: Redis;
  readonly #options: WorkerOptions;
  readonly #queue: string;
  readonly #worker: Worker<LaneJob>;
  readonly #runs = new Map<string, CommandRun>();
  #isClosed = false;

  constructor(redis: Redis, options: WorkerOptions) {
    this.#redis = redis;
    this.#options = options;
    const { report } = options;
    this.#queue = queueOf(options.agentFolder);
    const lockDuration = options.silentSeconds * 1000;
    const renewal = Math.min(Math.round(lockDuration / RENEWALS), LONGEST_RENEWAL_MS);
    this.#worker = new Worker<LaneJob>(this.#queue, (job) => this.#take(job), {
      connection: redis,
      prefix: PREFIX,
      name: options.name,
      concurrency: options.concurrency,
      lockDuration,
      lockRenewTime: renewal,
      stalledInterval: renewal,
      maxStalledCount: MOST_RERUNS,
    });
    this.#worker.on("lockRenewalFailed", (jobs: string[]) => {
      for (const job of jobs)
        this.#runs.get(job)?.lose(`${options.name} lost it: Redis was away for too long`);
    });
    this.#worker.on("error", (error) => {
      // That Redis is away is said by watchOutages.
      if (redis.status === "ready" && !/Connection is closed|ECONN/.test(error.message))
        report(`BullMQ: ${error.message}`);
    });
    void this.#watchStops();
  }

  get queue(): string {
    return this.#queue;
  }

  get running(): number {
    return this.#runs.size;
  }

  /** Takes no more jobs; resolves when those that run have ended. */
  async close(): Promise<void> {
    await this.#worker.close();
    this.#isClosed = true;
  }

  /** Ends what runs; the agents are told so. */
  giveUp(): void {
    for (const run of this.#runs.values()) run.lose(`the worker ${this.#options.name} was stopped under it`);
  }

  /** BullMQ keeps the job locked until this has resolved. What it throws, the agent hears as a loss. */
  async #take(job: Job<LaneJob>): Promise<void> {
    const { name, folder, agentFolder } = this.#options;
    const data = readJob(job.data);
    const id = job.id ?? "";
    const run = new CommandRun(this.#redis, this.#queue, data, id, randomBytes(6).toString("hex"));
    const refuse = (error: string) =>
      run.end({
        ending: "failed_to_start",
        exitCode: null,
        signal: null,
        error: `${name} refused it: ${error}`,
      });
    if (data.folder !== agentFolder) return refuse(`it serves ${agentFolder}, not ${data.folder}`);
    // The mark that its command was begun, by a worker that has not come to its end.
    if (job.progress !== 0 && !data.retry)
      return run.end({
        ...LOST,
        note: "a worker was lost: whether the command came to its end is not known",
      });
    let cwd: string;
    try {
      cwd = safePath(folder, data.cwd);
    } catch (error) {
      return refuse(errorMessage(error));
    }
    const [isStopped] = await Promise.all([this.#isStopped(id), job.updateProgress({ begunBy: name })]);
    if (isStopped) return run.end({ ending: "aborted", exitCode: null, signal: null });
    await this.#execute(data, run, cwd);
  }

  async #execute(data: LaneJob, run: CommandRun, cwd: string): Promise<void> {
    const { name, report } = this.#options;
    const start = performance.now();
    this.#runs.set(run.job, run);
    try {
      await run.begin(name);
      report(`${run.job} begins: ${data.command}`);
      const end = await run.execute(data, cwd);
      // BullMQ gives a job that failed to the next worker, as often as the job allows.
      if (end.ending === "lost" && data.retry) throw new Error("lost");
      await run.end(end);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      report(`${run.job} ${end.ending}${end.exitCode === null ? "" : ` with ${end.exitCode}`}, ${seconds} s`);
    } finally {
      this.#runs.delete(run.job);
    }
  }

  async #isStopped(job: string): Promise<boolean> {
    return (await this.#redis.exists(stopKey(this.#queue, job))) === 1;
  }

  /** Asks rather than listens: a message that is published while the connection is down is gone, and a mark is not. */
  async #watchStops(): Promise<void> {
    while (!this.#isClosed) {
      await delay(STOP_LOOK_MS);
      const runs = [...this.#runs.values()];
      if (runs.length === 0) continue;
      const marks = await this.#redis.mget(runs.map(({ job }) => stopKey(this.#queue, job))).catch(() => []);
      for (const [index, run] of runs.entries()) if (marks[index]) run.stop();
    }
  }
}
