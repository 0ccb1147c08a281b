// Shell commands as process groups. A command is its group: it ends when its shell has exited
// and its output is closed, and what is left of the group then is ended too.
// Not covered: no terminal (pty), no input, and no sandbox: a command may do what the user may do.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { OutputCapture } from "./output-capture.ts";
import { groupLives, signalGroup } from "./processes.ts";
import { reaper } from "./reaper.ts";

/** How long a group may take to leave after SIGTERM before it gets SIGKILL. */
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
  /** Aborting ends the whole group. */
  signal?: AbortSignal;
  /** How long output may stay open after the shell has exited; then the group is ended. Default: until the timeout. */
  lingerMs?: number;
}

type ShellEnding = "exited" | "timed_out" | "aborted" | "failed_to_start";

export interface ShellEnd {
  ending: ShellEnding;
  /** Null where a signal or a failed start ended it. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** Processes of the group were still there when the shell had exited, and were ended. */
  leftBehind: boolean;
  /** Why it did not start. */
  error?: string;
}

export interface ShellProcess {
  /** The process group's number; undefined if it did not start. */
  pid: number | undefined;
  /** Stdout and stderr, in the order in which they were written. Must be read. */
  output: Readable;
  /** Resolves when no process of the group is left. Never rejects. */
  ended: Promise<ShellEnd>;
  /** Ends the group: SIGTERM, then SIGKILL after two seconds. */
  kill(): void;
}

/** Starts a command in a process group of its own: bash if there is one, else sh. Returns at once. */
export function spawnShell(command: string, options: ShellOptions): ShellProcess {
  const child = spawn(shellPath(), ["-c", `exec 2>&1\n${command}`], {
    cwd: options.cwd,
    env: childEnvironment(process.env),
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (child.pid !== undefined) reaper.add(child.pid);
  const stop = new AbortController();
  return {
    pid: child.pid,
    output: child.stdout ?? new PassThrough().end(),
    ended: followToEnd(child, options, stop.signal),
    kill: () => stop.abort(),
  };
}

async function followToEnd(child: ChildProcess, options: ShellOptions, stop: AbortSignal): Promise<ShellEnd> {
  const started = await new Promise<string | undefined>((resolve) => {
    child.once("spawn", () => resolve(undefined));
    child.once("error", (error) => resolve(error.message));
  });
  const group = child.pid;
  if (started !== undefined || group === undefined) {
    child.stdout?.destroy();
    return {
      ending: "failed_to_start",
      exitCode: null,
      signal: null,
      leftBehind: false,
      error: started ?? "no pid",
    };
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

  const leftBehind = await endGroup(group, reason === "closed" ? exited : undefined);
  reaper.remove(group);
  // A process that left the group may hold the pipe for ever; do not wait for it.
  await Promise.race([closed, delay(LINGER_MS)]);
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

/** Returns whether there was anything left to end. */
async function endGroup(group: number, exited: Promise<void> | undefined): Promise<boolean> {
  await exited;
  if (!groupLives(group)) return false;
  signalGroup(group, "SIGTERM");
  const deadline = performance.now() + TERM_TO_KILL_MS;
  while (performance.now() < deadline) {
    await delay(10);
    if (!groupLives(group)) return true;
  }
  signalGroup(group, "SIGKILL");
  return true;
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

let foundShell: string | undefined;

function shellPath(): string {
  foundShell ??=
    (process.env["PATH"] ?? "")
      .split(delimiter)
      .map((folder) => join(folder, "bash"))
      .find((path) => existsSync(path)) ?? "/bin/sh";
  return foundShell;
}
