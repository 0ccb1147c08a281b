// The agent's side of a queue: gives commands to BullMQ, follows what becomes of them, and takes up what an earlier
// program gave. An end is known by a letter of the worker or, where that died, by the lock that it no longer renews.
// Not covered: agents on two machines in one shared folder take each other for dead.
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { MailReader, type Delivered } from "./mail-reader.ts";
import {
  KEEP_SECONDS,
  lockKey,
  mailKey,
  MOST_RERUNS,
  PREFIX,
  queueOf,
  stopKey,
  type LaneJob,
} from "./protocol.ts";
import { connect, redisPlace, watchOutages, type RedisPlace } from "./redis-place.ts";
import { RemoteTask } from "./remote-task.ts";

const LOOK_MS = 1_000;
/** So often is each task looked up that no worker has begun: there may be thousands. */
const LOOKS_FOR_ALL = 30;
const CLOSE_MS = 3_000;

/** Which queue has a task, as the agent's record keeps it. */
export interface RemotePlace {
  /** Host, port and database of the Redis. */
  server: string;
  queue: string;
  /** Whose letters they are. */
  agent: string;
}

/** What a lane needs of a task's record. */
interface LaneRecord {
  id: string;
  command: string;
  timeoutSeconds: number;
  retry?: boolean | undefined;
  remote?: RemotePlace | undefined;
}

export interface LaneOptions {
  url: string;
  /** The agent's workspace: an absolute path. */
  folder: string;
  /** Says what the user should know: Redis is away, Redis is back. */
  report: (message: string) => void;
}

/** Rejects with one line that says what to do where Redis cannot be used. */
export async function openLane({ url, folder, report }: LaneOptions): Promise<RemoteLane> {
  const place = redisPlace(url, "--lanes");
  const redis = await connect(place, "--lanes");
  watchOutages(
    redis,
    report,
    `Redis at ${place.name} is away. Tasks that run go on; what they end with comes when it is back.`,
    `Redis at ${place.name} is back.`,
  );
  return new RemoteLane(redis, place, folder);
}

export class RemoteLane {
  /** The queue holds what waits: any number. */
  readonly atOnce = Infinity;
  /** What a new task's record says of where it is. */
  readonly marks: { type: "remote_bash"; remote: RemotePlace };
  readonly #redis: Redis;
  readonly #blocked: Redis;
  readonly #queue: Queue<LaneJob>;
  readonly #folder: string;
  readonly #mail: MailReader;
  readonly #open = new Map<string, RemoteTask>();
  /** Under way to Redis. */
  readonly #sending = new Set<Promise<void>>();
  #looks = 0;
  #isClosed = false;

  constructor(redis: Redis, { name }: RedisPlace, folder: string) {
    const queue = queueOf(folder);
    this.marks = {
      type: "remote_bash",
      remote: { server: name, queue, agent: randomBytes(6).toString("hex") },
    };
    this.#folder = folder;
    this.#redis = redis;
    this.#blocked = redis.duplicate();
    this.#queue = new Queue<LaneJob>(queue, { connection: redis, prefix: PREFIX });
    // That Redis is away is said by watchOutages.
    for (const emitter of [this.#blocked, this.#queue]) emitter.on("error", () => {});
    this.#mail = new MailReader(this.#blocked, (delivered) => this.#deliver(delivered));
    this.#mail.follow(this.#streamOf(this.marks.remote.agent));
    redis.on("ready", () => (this.#looks = 0));
    void this.#mail.run();
    void this.#watch();
  }

  get queue(): string {
    return this.#queue.name;
  }

  /** How many workers wait at the queue; undefined where Redis does not tell. */
  async workers(): Promise<number | undefined> {
    return this.#queue.getWorkersCount().catch(() => undefined);
  }

  /** Whether an earlier program's task can be followed here. */
  takesUp({ remote }: { remote?: RemotePlace | undefined }): boolean {
    return remote?.server === this.marks.remote.server && remote.queue === this.queue;
  }

  /** Gives a new task to the queue, or follows one that an earlier program gave to it, from its beginning. */
  start(record: LaneRecord): RemoteTask {
    const { agent } = record.remote ?? this.marks.remote;
    const job: LaneJob = {
      command: record.command,
      timeoutSeconds: record.timeoutSeconds,
      folder: this.#folder,
      cwd: ".",
      agent,
      retry: record.retry === true,
    };
    const task = new RemoteTask(`${agent}-${record.id}`, job, this.#streamOf(agent), {
      stop: (stopped) => this.#send(this.#stop(stopped)),
      forget: (ended) => this.#send(this.#forget(ended)),
    });
    this.#open.set(task.id, task);
    this.#mail.follow(task.stream);
    if (agent === this.marks.remote.agent) this.#send(this.#add(task));
    else this.#looks = 0;
    return task;
  }

  #streamOf(agent: string): string {
    return mailKey(this.queue, agent);
  }

  #send(work: Promise<void>): void {
    // Closing gives up what still waits for Redis.
    const sent = work.catch(() => {}).finally(() => this.#sending.delete(sent));
    this.#sending.add(sent);
  }

  async #add(task: RemoteTask): Promise<void> {
    try {
      await this.#queue.add("command", task.job, {
        // One that is there already is not added twice.
        jobId: task.id,
        attempts: task.job.retry ? 1 + MOST_RERUNS : 1,
        removeOnComplete: true,
        removeOnFail: { age: KEEP_SECONDS },
      });
    } catch (error) {
      if (this.#isClosed) return;
      const message = error instanceof Error ? error.message : String(error);
      task.end({
        ending: "failed_to_start",
        exitCode: null,
        signal: null,
        error: `the queue refused it: ${message}`,
      });
    }
  }

  async #deliver(delivered: Delivered): Promise<void> {
    const task = this.#open.get(delivered.letter.job);
    // Another agent's task is never in this stream; one that is not open was told already.
    if (task?.stream === delivered.stream) await task.take(delivered);
  }

  /** A worker looks at the mark within a second; a task that no worker has begun leaves the queue. */
  async #stop(task: RemoteTask): Promise<void> {
    task.isStopping = true;
    await this.#redis.set(stopKey(this.queue, task.id), 1, "EX", KEEP_SECONDS);
    if ((await this.#queue.remove(task.id)) !== 1) return;
    // A job that has ended is gone, too: then its letter is there.
    await this.#mail.readThrough(this.#redis);
    task.end({ ending: "aborted", exitCode: null, signal: null });
  }

  async #forget(task: RemoteTask): Promise<void> {
    this.#open.delete(task.id);
    const { stream, letters } = task;
    if (letters.length > 0) await this.#redis.xdel(stream, ...letters);
    await this.#redis.del(stopKey(this.queue, task.id));
  }

  async #watch(): Promise<void> {
    while (!this.#isClosed) {
      await delay(LOOK_MS);
      await this.#look().catch(() => {});
    }
  }

  /** Looks for tasks of which no letter will come: their worker is gone, or Redis lost the job. */
  async #look(): Promise<void> {
    const looksAtAll = this.#looks++ % LOOKS_FOR_ALL === 0;
    const open = [...this.#open.values()].filter((task) => task.isOpen && (task.hasBegun || looksAtAll));
    if (open.length === 0) return;
    await Promise.all(this.#sending);
    const pipeline = this.#redis.pipeline();
    for (const { id, hasBegun } of open)
      pipeline.exists(hasBegun ? lockKey(this.queue, id) : this.#queue.toKey(id));
    const found = (await pipeline.exec()) ?? [];
    const missing = open.filter((_, index) => found[index]?.[1] === 0);
    if (missing.length === 0) return;
    await this.#mail.readThrough(this.#redis);
    for (const task of missing) if (task.isOpen) await this.#settle(task);
  }

  async #settle(task: RemoteTask): Promise<void> {
    const { id, job, hasBegun } = task;
    const state = await this.#queue.getJobState(id);
    const mayRerun = job.retry && !task.isStopping;
    if (mayRerun && state === "unknown") return this.#add(task);
    if (mayRerun && state !== "failed") return;
    if (!hasBegun && state !== "unknown" && state !== "failed") return;
    // Nobody is to begin it again.
    await this.#queue.remove(id);
    const worker = task.running.worker;
    await task.lose(
      worker === undefined
        ? "the queue does not know it any more: whether it ran is not known"
        : `the worker ${worker} was lost: whether the command came to its end is not known`,
    );
  }

  /** Leaves the tasks to the queue. What could not be given to Redis in three seconds is not in it. */
  async close(): Promise<void> {
    await Promise.race([Promise.all(this.#sending), delay(CLOSE_MS, undefined, { ref: false })]);
    this.#isClosed = true;
    this.#mail.close();
    this.#blocked.disconnect();
    await this.#queue.close().catch(() => {});
    this.#redis.disconnect();
  }
}
