// Shell commands, each in a process group of its own. Not covered: what packages/runtime/src/processes/ does
// besides, such as processes that leave their group, and those of a program that was killed.
import { spawn } from "node:child_process";
import { PassThrough, type Readable } from "node:stream";
import type { ToolResult } from "@course/runtime";

const DEFAULT_TIMEOUT_MS = 120_000;
const GRACE_MS = 2_000;
/** How much of each end of an output is kept. */
const KEPT = 15_000;

export interface ShellOptions {
  cwd: string;
  /** Default 120 s. */
  timeoutMs?: number;
  /** Aborting ends every process of the command. */
  signal?: AbortSignal;
}

export interface ShellEnd {
  ending: "exited" | "timed_out" | "aborted" | "failed_to_start";
  /** Null where a signal or a failed start ended it. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  leftBehind: boolean;
  /** Why it did not start. */
  error?: string;
}

export interface ShellProcess {
  /** The number of its process group; undefined if it did not start. */
  pid: number | undefined;
  /** Stdout and stderr. Must be read. */
  output: Readable;
  /** Resolves when the command has exited and its output is closed. Never rejects. */
  ended: Promise<ShellEnd>;
  /** Ends every process of the command: SIGTERM, then SIGKILL after two seconds. */
  kill(): void;
}

/** Starts a command and returns at once. What it runs has no API key. */
export function spawnShell(command: string, { cwd, timeoutMs, signal }: ShellOptions): ShellProcess {
  const { ANTHROPIC_API_KEY: _key, ANTHROPIC_AUTH_TOKEN: _token, ...env } = process.env;
  const child = spawn("/bin/sh", ["-c", command], {
    cwd,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = new PassThrough();
  for (const stream of [child.stdout, child.stderr]) stream.pipe(output, { end: false });
  let ending: ShellEnd["ending"] = "exited";
  const end = (why: ShellEnd["ending"]) => {
    ending = why;
    signalGroup(child.pid, "SIGTERM");
    setTimeout(() => signalGroup(child.pid, "SIGKILL"), GRACE_MS).unref();
  };
  const kill = () => end("aborted");
  const timer = setTimeout(() => end("timed_out"), timeoutMs ?? DEFAULT_TIMEOUT_MS);
  signal?.addEventListener("abort", kill, { once: true });
  const ended = new Promise<ShellEnd>((resolve) => {
    const close = (last: Omit<ShellEnd, "leftBehind">) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", kill);
      output.end();
      resolve({ ...last, leftBehind: false });
    };
    child.on("error", ({ message }) =>
      close({ ending: "failed_to_start", exitCode: null, signal: null, error: message }),
    );
    child.on("close", (exitCode, endedBy) => close({ ending, exitCode, signal: endedBy }));
  });
  return { pid: child.pid, output, ended, kill };
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It is gone already.
  }
}

export interface ShellResult extends ShellEnd {
  /** Head and tail of stdout and stderr. */
  output: string;
  fullOutput: ToolResult["fullOutput"];
  durationMs: number;
}

/** Runs a command to its end. Never rejects: a failure is a result. */
export async function runShell(
  command: string,
  options: ShellOptions & { openFile?: unknown },
): Promise<ShellResult> {
  const start = performance.now();
  const shell = spawnShell(command, options);
  let text = "";
  shell.output.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    if (text.length > 4 * KEPT) text = `${text.slice(0, KEPT)}\n[…]\n${text.slice(-2 * KEPT)}`;
  });
  const end = await shell.ended;
  const output = text.length > 2 * KEPT ? `${text.slice(0, KEPT)}\n[…]\n${text.slice(-KEPT)}` : text;
  return { ...end, output, fullOutput: undefined, durationMs: performance.now() - start };
}
