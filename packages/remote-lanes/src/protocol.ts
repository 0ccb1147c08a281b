// What lies in Redis. A job of BullMQ says what to run; letters in the stream of the agent that gave it say what became
// of it. Both sides read what others may have written there, so both check it.
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { z } from "zod";

/** BullMQ's keys and ours begin with it. */
export const PREFIX = "lanes";
/** How long Redis keeps letters that no agent fetches. */
export const KEEP_SECONDS = 7 * 24 * 3600;
/** What of an output is sent; s13 keeps as much in a log. */
export const OUTPUT_BYTES = 10 * 1024 * 1024;
/** How often a command may be begun again, after workers that died under it. */
export const MOST_RERUNS = 2;

const jobSchema = z.object({
  command: z.string().min(1),
  timeoutSeconds: z.number().positive().max(86_400),
  /** The agent's workspace, as the agent's machine calls it. */
  folder: z.string(),
  /** Where in it the command starts; relative. */
  cwd: z.string(),
  /** Whose stream the letters go to. */
  agent: z.string().regex(/^\w{1,64}$/),
  /** It may be run again if a worker dies under it. */
  retry: z.boolean(),
});

export type LaneJob = z.infer<typeof jobSchema>;

const letterSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("began"), job: z.string(), run: z.string(), worker: z.string() }),
  z.object({ kind: z.literal("output"), job: z.string(), run: z.string() }),
  z.object({
    kind: z.literal("ended"),
    job: z.string(),
    run: z.string(),
    /** How the shell ended; "lost" where a worker died and whether the command ran to its end is not known. */
    ending: z.enum(["exited", "timed_out", "aborted", "failed_to_start", "lost"]),
    exitCode: z.number().nullable(),
    signal: z.string().nullable(),
    error: z.string().optional(),
    /** What a reader of the output should know of this end. */
    note: z.string().optional(),
  }),
]);

/** `run` names one attempt to run the job: what an earlier attempt still sends is not taken for a later one's. */
export type Letter = z.infer<typeof letterSchema>;

/** Throws an Error that names the fields at fault. */
export function readJob(data: unknown): LaneJob {
  const { data: job, error } = jobSchema.safeParse(data);
  if (job) return job;
  throw new Error(`not a job of this course: ${error.issues.map(({ path }) => path.join(".")).join(", ")}`);
}

/** Undefined for what is no letter. */
export function readLetter(text: string): Letter | undefined {
  try {
    return letterSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The queue of a folder. Another folder of the same name has another. */
export function queueOf(folder: string): string {
  const name = basename(folder).replace(/[^\w.-]/g, "_") || "root";
  return `${name}-${createHash("sha256").update(folder).digest("hex").slice(0, 8)}`;
}

export const mailKey = (queue: string, agent: string) => `${PREFIX}:${queue}:mail:${agent}`;
export const stopKey = (queue: string, job: string) => `${PREFIX}:${queue}:stop:${job}`;
export const lockKey = (queue: string, job: string) => `${PREFIX}:${queue}:${job}:lock`;
