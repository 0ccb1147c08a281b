// One run of one hook: a command in a process session of its own that reads JSON on stdin. Whatever it does (hangs,
// floods, dies, leaves a child), the result is one record.
import type { Readable } from "node:stream";
import { spawnShell, type ShellEnd } from "@course/runtime";
import type { Hook } from "./hook.ts";

const MOST_BYTES = 1_000_000;
/** How long output may stay open after the hook itself has ended. */
const LINGER_MS = 200;

export interface HookEnd extends ShellEnd {
  stdout: string;
  stderr: string;
  /** It printed more than a megabyte; the rest was not kept. */
  isFlood: boolean;
  timeoutSeconds: number;
}

export interface HookSurroundings {
  root: string;
  timeoutSeconds: number;
  signal?: AbortSignal | undefined;
}

/** Never rejects. */
export async function runHook(
  hook: Hook,
  input: object,
  { root, timeoutSeconds, signal }: HookSurroundings,
): Promise<HookEnd> {
  const shell = spawnShell(commandLine(hook, root), {
    cwd: root,
    env: { CLAUDE_PROJECT_DIR: root, ...hook.env },
    input: `${JSON.stringify(input)}\n`,
    separateErrors: true,
    timeoutMs: timeoutSeconds * 1000,
    lingerMs: LINGER_MS,
    ...(signal && { signal }),
  });
  const out = keepBeginning(shell.output);
  const err = shell.errors && keepBeginning(shell.errors);
  const end = await shell.ended;
  return { ...end, stdout: out.text(), stderr: err?.text() ?? "", isFlood: out.isCut(), timeoutSeconds };
}

/** With `args` no shell reads the words: each reaches the program as it is. */
function commandLine({ command, args }: Hook, root: string): string {
  if (!args) return command;
  const word = (text: string) =>
    `'${text.replaceAll("${CLAUDE_PROJECT_DIR}", () => root).replaceAll("'", `'\\''`)}'`;
  return `exec ${[command, ...args].map(word).join(" ")}`;
}

/** Reads all, so that nobody waits at a full pipe, and keeps the first megabyte. */
function keepBeginning(stream: Readable): { text(): string; isCut(): boolean } {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on("data", (chunk: Buffer) => {
    if (bytes < MOST_BYTES) chunks.push(chunk.subarray(0, MOST_BYTES - bytes));
    bytes += chunk.length;
  });
  return { text: () => Buffer.concat(chunks).toString("utf8"), isCut: () => bytes > MOST_BYTES };
}
