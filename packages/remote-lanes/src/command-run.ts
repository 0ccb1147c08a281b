// One command on a worker: a process session as for a local command, whose output goes into letters to the agent.
import { spawnShell, type ShellEnd, type ShellProcess } from "@course/runtime";
import type { Redis } from "ioredis";
import { KEEP_SECONDS, mailKey, OUTPUT_BYTES, type LaneJob, type Letter } from "./protocol.ts";

/** The end of an output is sent though what is before it is not: four bytes for each of the 500 characters that s13 shows. */
const TAIL_BYTES = 2_000;

type Body<Kind extends Letter["kind"]> = Omit<Extract<Letter, { kind: Kind }>, "kind" | "job" | "run">;
type End = Body<"ended">;

export const LOST: End = { ending: "lost", exitCode: null, signal: null };

export class CommandRun {
  readonly #redis: Redis;
  readonly #stream: string;
  readonly #job: string;
  readonly #run: string;
  #shell: ShellProcess | undefined;
  #isLost = false;
  #note: string | undefined;

  /** `run` is unlike that of any other attempt at the job. */
  constructor(redis: Redis, queue: string, { agent }: LaneJob, job: string, run: string) {
    this.#redis = redis;
    this.#stream = mailKey(queue, agent);
    this.#job = job;
    this.#run = run;
  }

  get job(): string {
    return this.#job;
  }

  begin(worker: string): Promise<void> {
    return this.#send({ kind: "began", job: this.#job, run: this.#run, worker });
  }

  end(end: End): Promise<void> {
    const note = this.#note === undefined ? {} : { note: this.#note };
    return this.#send({ kind: "ended", job: this.#job, run: this.#run, ...note, ...end });
  }

  /** Runs the command to its end. */
  async execute({ command, timeoutSeconds }: LaneJob, cwd: string): Promise<End> {
    const shell = spawnShell(command, { cwd, timeoutMs: timeoutSeconds * 1000 });
    this.#shell = shell;
    if (this.#isLost) shell.kill();
    await this.#sendOutput(shell);
    const { ending, exitCode, signal, error }: ShellEnd = await shell.ended;
    if (this.#isLost) return LOST;
    return { ending, exitCode, signal, ...(error !== undefined && { error }) };
  }

  /** Ends its processes. */
  stop(): void {
    this.#shell?.kill();
  }

  /** Ends its processes because this worker may not or will not go on, which is no end that the command came to. */
  lose(note: string): void {
    this.#isLost = true;
    this.#note = note;
    this.#shell?.kill();
  }

  async #sendOutput({ output }: ShellProcess): Promise<void> {
    let sent = 0;
    let tail = Buffer.alloc(0);
    try {
      // One chunk at a time: while Redis is away the command waits, and memory does not grow.
      for await (const chunk of output as AsyncIterable<Buffer>) {
        // One byte more than is kept, so that the agent knows that there was more.
        const room = Math.max(0, OUTPUT_BYTES + 1 - sent);
        if (room > 0) await this.#sendChunk(chunk.subarray(0, room));
        sent += Math.min(room, chunk.length);
        tail = Buffer.from(Buffer.concat([tail, chunk.subarray(room)]).subarray(-TAIL_BYTES));
      }
    } catch {
      // A command that is ended closes its output early; what it wrote is kept.
    }
    if (tail.length > 0) await this.#sendChunk(tail);
  }

  #sendChunk(chunk: Buffer): Promise<void> {
    return this.#send({ kind: "output", job: this.#job, run: this.#run }, chunk);
  }

  async #send(letter: Letter, data?: Buffer): Promise<void> {
    const fields = ["letter", JSON.stringify(letter), ...(data ? ["data", data] : [])];
    const answers = await this.#redis
      .multi()
      .xadd(this.#stream, "*", ...fields)
      .expire(this.#stream, KEEP_SECONDS)
      .exec();
    for (const [error] of answers ?? []) if (error) throw error;
  }
}
