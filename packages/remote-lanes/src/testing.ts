// For tests and benches: a real Redis of their own, and workers as processes. Everything listens at 127.0.0.1 alone.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";

const REPOSITORY = join(import.meta.dirname, "../../..");
const START_MS = 10_000;

/** Why there is no Redis to test with; undefined if there is one. */
export function redisMissing(): string | undefined {
  const found = spawnSync("redis-server", ["--version"], { stdio: "ignore" }).status === 0;
  return found ? undefined : "redis-server is not installed (Debian: apt install redis-server)";
}

/** Says so where what needs a Redis is not run. */
export function hasRedis(): boolean {
  const missing = redisMissing();
  if (missing !== undefined) console.warn(`Not run: ${missing}.`);
  return missing === undefined;
}

export class TestRedis {
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), "course-redis-"));
  readonly #options: readonly string[];
  #server: ChildProcess | undefined;

  private constructor(port: number, options: readonly string[]) {
    this.port = port;
    this.#options = options;
  }

  /** Further options as redis-server takes them, such as `--requirepass secret`. */
  static async start(...options: string[]): Promise<TestRedis> {
    const redis = new TestRedis(await freePort(), options);
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const fixed = ["--bind", "127.0.0.1", "--port", String(this.port), "--dir", this.#folder];
    const lasting = ["--appendonly", "yes", "--appendfsync", "everysec", "--save", ""];
    const server = spawn("redis-server", [...fixed, ...lasting, ...this.#options], { stdio: "ignore" });
    this.#server = server;
    const probe = this.client();
    for (const deadline = Date.now() + START_MS; ; await delay(20)) {
      if (server.exitCode !== null) throw new Error(`redis-server ended with ${server.exitCode}`);
      // An answer that is an error is one, too: it may ask for a password.
      const answer = await probe.ping().catch((error: Error) => error.message);
      if (/PONG|NOAUTH/.test(answer)) break;
      if (Date.now() > deadline) throw new Error("redis-server did not answer");
    }
    probe.disconnect();
  }

  /** A connection that a test may look with. */
  client(): Redis {
    const redis = new Redis(this.url, {
      enableReadyCheck: false,
      retryStrategy: () => 20,
      maxRetriesPerRequest: 0,
    });
    redis.on("error", () => {});
    return redis;
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const server = this.#server;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const exited = new Promise((resolve) => server.once("exit", resolve));
    server.kill(signal);
    await exited;
  }

  /** Stops it and removes what it kept. */
  async remove(): Promise<void> {
    await this.stop("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export interface TestWorker {
  process: ChildProcess;
  /** What it has printed so far. */
  output(): string;
  /** Resolves with its exit code, or null where a signal ended it. */
  exited: Promise<number | null>;
}

/** Starts `npm run worker` without npm, and resolves when it takes jobs. Rejects with what it printed if it ends before. */
export async function startWorker(
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<TestWorker> {
  const main = join(import.meta.dirname, "main.ts");
  const worker = spawn(process.execPath, ["--import", "./scripts/preflight.mjs", main, ...args], {
    cwd: REPOSITORY,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  const ready = new Promise<void>((resolve) => {
    for (const stream of [worker.stdout, worker.stderr])
      stream.on("data", (chunk: Buffer) => {
        printed += chunk.toString();
        if (printed.includes("Whoever can write")) resolve();
      });
  });
  const exited = new Promise<number | null>((resolve) => worker.once("close", resolve));
  const failed = exited.then(() => Promise.reject(new Error(printed)));
  await Promise.race([ready, failed]);
  failed.catch(() => {});
  return { process: worker, output: () => printed, exited };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
