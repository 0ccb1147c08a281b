// Shell commands, each in a session of its own. A command is all processes of its session: it ends when
// its shell has exited and its output is closed, and what is left of the session then is ended too.
// Not covered: no terminal (pty), no input, and no sandbox: a command may do what the user may do.
// A process that is left in a group of its own (timeout ... &) with its output elsewhere is not found.
// Output is a socket, as Node makes them, so a command cannot open /dev/stdout or /dev/stderr by name.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { OutputCapture } from "./output-capture.ts";
import { groupLives, sessionLives, signalSession } from "./processes.ts";
import { reaper } from "./reaper.ts";
import { errorMessage } from "../errors.ts";

/** How long processes may take to leave after SIGTERM before it gets SIGKILL. */
const TERM_TO_KILL_MS = 2_000;
/** How long a foreground command's output may stay open after its shell has exited. */
const LINGER_MS = 200;
const DEFAULT_TIMEOUT_MS = 120_000;
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
const SECRET = /^(ANTHROPIC_.*(KEY|TOKEN)|CLAUDE_.*TOKEN)$/;

export interface ShellOptions {
  cwd: string;
  /** Default 120 s. */
  timeoutMs?: number;
  /** Aborting ends every process of the command. */
  signal?: AbortSignal;
  /** How long output may stay open after the shell has exited; then what is left is ended. Default: until the timeout. */
  lingerMs?: number;
}

type ShellEnding = "exited" | "timed_out" | "aborted" | "failed_to_start";

export interface ShellEnd {
  ending: ShellEnding;
  /** Null where a signal or a failed start ended it. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** Processes were still there when the shell had exited, and were ended. */
  leftBehind: boolean;
  /** Why it did not start. */
  error?: string;
}

export interface ShellProcess {
  /** The number of its session and process group; undefined if it did not start. */
  pid: number | undefined;
  /** Stdout and stderr, in the order in which they were written. Must be read. */
  output: Readable;
  /** Resolves when no process of the session is left. Never rejects. */
  ended: Promise<ShellEnd>;
  /** Ends every process of the command: SIGTERM, then SIGKILL after two seconds. */
  kill(): void;
}

/** Starts a command in a session of its own: bash if there is one, else sh. Returns at once; never throws. */
export function spawnShell(command: string, options: ShellOptions): ShellProcess {
  let child: ChildProcess;
  try {
    child = spawn(shellPath(), ["-c", `exec 2>&1\n${command}`], {
      cwd: options.cwd,
      env: commandEnvironment(),
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch (error) {
    // A NUL byte, or a command line that is longer than the system allows (E2BIG), throws at once.
    return neverStarted(errorMessage(error));
  }
  if (child.pid !== undefined) reaper.add(child.pid);
  const stop = new AbortController();
  return {
    pid: child.pid,
    output: child.stdout ?? new PassThrough().end(),
    ended: followToEnd(child, options, stop.signal),
    kill: () => stop.abort(),
  };
}

function neverStarted(error: string): ShellProcess {
  const end = { ending: "failed_to_start", exitCode: null, signal: null, leftBehind: false, error } as const;
  return { pid: undefined, output: new PassThrough().end(), ended: Promise.resolve(end), kill: () => {} };
}

async function followToEnd(child: ChildProcess, options: ShellOptions, stop: AbortSignal): Promise<ShellEnd> {
  const started = await new Promise<string | undefined>((resolve) => {
    child.once("spawn", () => resolve(undefined));
    child.once("error", (error) => resolve(error.message));
  });
  const session = child.pid;
  if (started !== undefined || session === undefined) {
    child.stdout?.destroy();
    return neverStarted(started ?? "it got no process number").ended;
  }
  const closed = new Promise<"closed">((resolve) => child.once("close", () => resolve("closed")));
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const cancel = new AbortController();
  const expired = <T>(ms: number, value: T) =>
    delay(Math.min(ms, LONGEST_TIMEOUT_MS), value, { signal: cancel.signal }).catch(() => value);
  const reasons: Promise<"closed" | "timed_out" | "aborted">[] = [
    closed,
    expired(options.timeoutMs ?? DEFAULT_TIMEOUT_MS, "timed_out" as const),
    aborted(options.signal, cancel.signal),
    aborted(stop, cancel.signal),
  ];
  if (options.lingerMs !== undefined) {
    const linger = options.lingerMs;
    reasons.push(exited.then(() => expired(linger, "closed" as const)));
  }
  const reason = await Promise.race(reasons);
  cancel.abort();

  if (reason === "closed") await exited;
  // Looking through the whole session costs; after a quiet end, the process group tells.
  const leftBehind = (reason !== "closed" || groupLives(session)) && (await endSession(session));
  reaper.remove(session);
  // A process that left the session may hold the pipe for ever; do not wait for it.
  if (reason !== "closed") await Promise.race([closed, delay(LINGER_MS)]);
  child.stdout?.destroy();
  const ending = reason === "closed" ? "exited" : reason;
  return { ending, exitCode: child.exitCode, signal: child.signalCode, leftBehind };
}

function aborted(signal: AbortSignal | undefined, cancel: AbortSignal): Promise<"aborted"> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve("aborted");
    signal?.addEventListener("abort", () => resolve("aborted"), { once: true, signal: cancel });
  });
}

/** Ends what is left of the session; returns whether there was anything. */
async function endSession(session: number): Promise<boolean> {
  if (!sessionLives(session)) return false;
  signalSession(session, "SIGTERM");
  if (await isGone(session, TERM_TO_KILL_MS)) return true;
  signalSession(session, "SIGKILL");
  await isGone(session, TERM_TO_KILL_MS);
  return true;
}

/** Waits until the session has no process left, at most so long. Looks less and less often: looking costs. */
async function isGone(session: number, atMostMs: number): Promise<boolean> {
  const deadline = performance.now() + atMostMs;
  for (let pause = 5; performance.now() < deadline; pause = Math.min(pause * 2, 160)) {
    await delay(pause);
    if (!sessionLives(session)) return true;
  }
  return false;
}

export interface ShellResult extends ShellEnd {
  /** Head and tail of stdout and stderr; what was cut from the middle is counted in its place. */
  output: string;
  durationMs: number;
}

/** Runs a command to its end. Never rejects: a failure is a result. */
export async function runShell(command: string, options: ShellOptions): Promise<ShellResult> {
  const start = performance.now();
  const shell = spawnShell(command, { lingerMs: LINGER_MS, ...options });
  const capture = new OutputCapture();
  shell.output.on("data", (chunk: Buffer) => capture.add(chunk));
  const end = await shell.ended;
  return { ...end, output: capture.text(), durationMs: performance.now() - start };
}

/** The environment without credentials of the model: a command has no business with them. */
export function childEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !SECRET.test(name)));
}

let ownEnvironment: NodeJS.ProcessEnv | undefined;

/** Read once: asking process.env for every variable costs a tenth of a millisecond a command. */
const commandEnvironment = () => (ownEnvironment ??= childEnvironment(process.env));

let foundShell: string | undefined;

function shellPath(): string {
  foundShell ??=
    (process.env["PATH"] ?? "")
      .split(delimiter)
      .map((folder) => join(folder, "bash"))
      .find((path) => existsSync(path)) ?? "/bin/sh";
  return foundShell;
}
