// One command that was given to the queue, as the agent sees it: it follows the task's letters to its end.
import { once } from "node:events";
import { PassThrough } from "node:stream";
import type { Delivered } from "./mail-reader.ts";
import type { LaneJob, Letter } from "./protocol.ts";

type Ended = Extract<Letter, { kind: "ended" }>;

/** How it ended, in the words of s13's lanes. */
export type RemoteEnd = Pick<Ended, "ending" | "exitCode" | "signal"> & {
  error?: string;
  /** ISO 8601, by Redis's clock. */
  endedAt?: string;
};

interface Beginning {
  status: "running";
  startedAt: string;
  worker: string;
}

const UNKNOWN = { exitCode: null, signal: null } as const;

export class RemoteTask {
  readonly id: string;
  readonly job: LaneJob;
  readonly stream: string;
  readonly output = new PassThrough();
  /** Resolves when a worker has begun it, or when it has ended without. */
  readonly begins: Promise<void>;
  readonly ended: Promise<RemoteEnd>;
  readonly kill: () => void;
  readonly forget: () => void;
  /** Its letters, which lie in Redis until it is forgotten. */
  readonly letters: string[] = [];
  /** Somebody asked to stop it. */
  isStopping = false;
  #running: Beginning | undefined;
  #run: string | undefined;
  #isOpen = true;
  readonly #begin: () => void;
  readonly #end: (end: RemoteEnd) => void;

  constructor(
    id: string,
    job: LaneJob,
    stream: string,
    { stop, forget }: { stop(task: RemoteTask): void; forget(task: RemoteTask): void },
  ) {
    this.id = id;
    this.job = job;
    this.stream = stream;
    this.kill = () => stop(this);
    this.forget = () => forget(this);
    let begin = () => {};
    this.begins = new Promise((resolve) => (begin = resolve));
    this.#begin = begin;
    let end = (_end: RemoteEnd) => {};
    this.ended = new Promise((resolve) => (end = resolve));
    this.#end = end;
  }

  /** What changes in its record when it begins; nothing until then. */
  get running(): Partial<Beginning> {
    return this.#running ?? {};
  }

  get hasBegun(): boolean {
    return this.#running !== undefined;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  async take({ letter, id, data }: Delivered): Promise<void> {
    this.letters.push(id);
    if (!this.#isOpen) return;
    if (letter.kind === "began") return this.#takeBeginning(letter, timeOf(id));
    // A worker that was cut off may go on with a run that another has taken over.
    if (this.#run !== undefined && letter.run !== this.#run) return;
    if (letter.kind === "output") await this.#write(data ?? Buffer.alloc(0));
    else await this.#takeEnd(letter, timeOf(id));
  }

  async #takeBeginning(
    { run, worker }: Extract<Letter, { kind: "began" }>,
    startedAt: string,
  ): Promise<void> {
    const before = this.#running?.worker;
    this.#run = run;
    this.#running = { status: "running", startedAt, worker: plain(worker) };
    this.#begin();
    if (before !== undefined)
      await this.#write(`\n[the worker ${before} was lost; ${plain(worker)} runs it again]\n`);
  }

  async #takeEnd({ ending, exitCode, signal, error, note }: Ended, endedAt: string): Promise<void> {
    if (note !== undefined) await this.#write(`\n[${plain(note)}]\n`);
    this.end({ ending, exitCode, signal, ...(error !== undefined && { error: plain(error) }), endedAt });
  }

  /** Where no letter says how it ended. */
  async lose(note: string): Promise<void> {
    if (!this.#isOpen) return;
    await this.#write(`\n[${plain(note)}]\n`);
    this.end({ ending: "lost", ...UNKNOWN });
  }

  /** The first end counts. */
  end(end: RemoteEnd): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.output.end();
    this.#begin();
    this.#end(end);
  }

  async #write(data: Buffer | string): Promise<void> {
    if (data.length === 0 || this.output.write(data)) return;
    // Nobody reads before it has begun; after that the log does, and a slow disk holds up the letters, not memory.
    if (this.#running) await once(this.output, "drain");
  }
}

/** A letter's id begins with its time in milliseconds. */
const timeOf = (id: string) => new Date(Number(id.split("-", 1)[0])).toISOString();

/** Words from Redis go to the screen: one line of them, and no control characters. */
const plain = (text: string) => text.replace(/\p{Cc}/gu, " ").slice(0, 200);
