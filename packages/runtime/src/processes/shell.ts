// Shell commands, each in a session of its own. A command is all processes of its session: it ends when
// its shell has exited and its output is closed, and what is left of the session then is ended too.
// Not covered: no terminal (pty), and no sandbox: a command may do what the user may do.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import type { Socket } from "node:net";
import { delimiter, join } from "node:path";
import { PassThrough, type Readable, type Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { commandEnvironment } from "./command-environment.ts";
import { openStreams, type CommandStreams } from "./command-streams.ts";
import { OutputCapture, type FullOutput, type OpenOutputFile } from "./output-capture.ts";
import { reaper } from "./reaper.ts";
import { endSession } from "./sessions.ts";
import { describeStartError } from "./start-error.ts";

/** How long a foreground command's output may stay open after its shell has exited. */
const LINGER_MS = 200;
const MOST_DRAIN_LOOKS = 10;
const DEFAULT_TIMEOUT_MS = 120_000;
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export interface ShellOptions {
  cwd: string;
  /** Default 120 s. */
  timeoutMs?: number;
  /** Aborting ends every process of the command. */
  signal?: AbortSignal;
  /** How long output may stay open after the shell has exited; then what is left is ended. Default: until the timeout. */
  lingerMs?: number;
  /** What it reads on its standard input; without it, nothing. */
  input?: string;
  /** Its standard input stays open for the caller to write to, as a server's does (s19). */
  openInput?: boolean;
  /** Variables besides those of the user's shell. */
  env?: Readonly<Record<string, string>>;
  /** Stderr is a stream of its own and not a part of the output. */
  separateErrors?: boolean;
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
  /** Stderr, where it was asked for apart. Must be read. */
  errors?: Readable | undefined;
  /** Its standard input, where it was to stay open. A write to one that has ended emits an error on it. */
  input?: Writable | undefined;
  /** Resolves when no process of the session is left. Never rejects. */
  ended: Promise<ShellEnd>;
  /** Ends every process of the command: SIGTERM, then SIGKILL after two seconds. */
  kill(): void;
}

/** Starts a command in a session of its own: bash if there is one, else sh. Returns at once; never throws. */
export function spawnShell(command: string, options: ShellOptions): ShellProcess {
  try {
    reaper.start();
    const streams = openStreams(options);
    try {
      const child = spawn(shellPath(), ["-c", "--", command], {
        cwd: options.cwd,
        env: options.env ? { ...commandEnvironment(), ...options.env } : commandEnvironment(),
        detached: true,
        stdio: streams.stdio,
      });
      return started(child, streams, command, options);
    } catch (error) {
      streams.destroy();
      throw error;
    } finally {
      streams.closeGiven();
    }
  } catch (error) {
    return neverStarted(Promise.resolve(describeStartError(error, command, options.cwd)));
  }
}

function started(
  child: ChildProcess,
  streams: CommandStreams,
  command: string,
  options: ShellOptions,
): ShellProcess {
  const failed = new Promise<Error>((resolve) => child.on("error", resolve));
  if (child.pid === undefined) {
    streams.destroy();
    return neverStarted(failed.then((error) => describeStartError(error, command, options.cwd)));
  }
  reaper.add(child.pid);
  const stop = new AbortController();
  const ended = followToEnd({ child, session: child.pid, streams }, options, stop.signal);
  const { output, errors } = streams;
  const input = child.stdin ?? undefined;
  return { pid: child.pid, output, errors, input, ended, kill: () => stop.abort() };
}

function neverStarted(why: Promise<string>): ShellProcess {
  const end = { ending: "failed_to_start", exitCode: null, signal: null, leftBehind: false } as const;
  const ended = why.then((error) => ({ ...end, error }));
  return { pid: undefined, output: new PassThrough().end(), ended, kill: () => {} };
}

interface Running {
  child: ChildProcess;
  session: number;
  streams: CommandStreams;
}

async function followToEnd(running: Running, options: ShellOptions, stop: AbortSignal): Promise<ShellEnd> {
  const { child, session, streams } = running;
  const exited = once(child, "exit");
  const whole = Promise.all([exited, ...streams.readers.map((reader) => once(reader, "close"))]);
  const ending = await untilOver(exited, whole, options, stop);
  const leftBehind = await endSession(session);
  reaper.remove(session);
  await drained(streams, whole);
  streams.destroy();
  return { ending, exitCode: child.exitCode, signal: child.signalCode, leftBehind };
}

const once = (emitter: ChildProcess | Socket, event: string) =>
  new Promise<void>((resolve) => emitter.once(event, () => resolve()));

/** Waits for whichever comes first: that the shell has exited and its output is closed, the timeout, or an abort. */
function untilOver(
  exited: Promise<unknown>,
  whole: Promise<unknown>,
  { timeoutMs = DEFAULT_TIMEOUT_MS, signal, lingerMs }: ShellOptions,
  stop: AbortSignal,
): Promise<Exclude<ShellEnding, "failed_to_start">> {
  const over = new AbortController();
  return new Promise<Exclude<ShellEnding, "failed_to_start">>((resolve) => {
    const timer = setTimeout(resolve, Math.min(timeoutMs, LONGEST_TIMEOUT_MS), "timed_out");
    over.signal.addEventListener("abort", () => clearTimeout(timer));
    for (const each of [stop, signal]) {
      if (each?.aborted) resolve("aborted");
      each?.addEventListener("abort", () => resolve("aborted"), { signal: over.signal });
    }
    void whole.then(() => resolve("exited"));
    if (lingerMs !== undefined) void exited.then(() => delay(lingerMs)).then(() => resolve("exited"));
  }).finally(() => over.abort());
}

/**
 * Waits for what the command wrote and this busy thread, or a slow reader, has not come to read: while it keeps coming,
 * two seconds at most, as a process that left the session may hold the pipe for ever.
 */
async function drained(streams: CommandStreams, whole: Promise<unknown>): Promise<void> {
  if (streams.readers.every((reader) => reader.closed)) return;
  const isUnread = () => streams.readers.some((reader) => reader.readableLength > 0);
  let before = -1;
  for (let looks = 0; looks < MOST_DRAIN_LOOKS && (streams.bytesRead !== before || isUnread()); looks++) {
    before = streams.bytesRead;
    if ((await Promise.race([whole, delay(LINGER_MS, "open", { ref: false })])) !== "open") return;
  }
}

export interface ShellResult extends ShellEnd {
  /** Head and tail of stdout and stderr; what was cut from the middle is counted in its place. */
  output: string;
  /** Where all of it is, if it was cut. */
  fullOutput: FullOutput | undefined;
  durationMs: number;
}

/** Runs a command to its end. Never rejects: a failure is a result. Output that is cut goes to a file whole, if one is given. */
export async function runShell(
  command: string,
  { openFile, ...options }: ShellOptions & { openFile?: OpenOutputFile },
): Promise<ShellResult> {
  const start = performance.now();
  const shell = spawnShell(command, { lingerMs: LINGER_MS, ...options });
  const capture = new OutputCapture(openFile);
  shell.output.on("data", (chunk: Buffer) => capture.add(chunk));
  const end = await shell.ended;
  const output = capture.text();
  return { ...end, output, fullOutput: capture.fullOutput, durationMs: performance.now() - start };
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
