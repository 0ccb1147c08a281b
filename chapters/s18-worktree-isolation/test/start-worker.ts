import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { nodeArguments } from "@course/runtime/testing";

export function startWorker(
  root: string,
  action: string,
  last: number,
  names: readonly string[],
  env: Record<string, string> = {},
): ChildProcess {
  const worker = join(import.meta.dirname, "worker.ts");
  return spawn(process.execPath, nodeArguments(worker, root, action, String(last), ...names), {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs one to its end: its events, its exit code or signal, and what it complained of. */
export async function runWorker(...args: Parameters<typeof startWorker>) {
  const child = startWorker(...args);
  const ended = new Promise<string>((resolve) =>
    child.once("exit", (code, signal) => resolve(signal ?? String(code))),
  );
  const outputs = [child.stdout, child.stderr].map(async (output) => (output ? text(output) : ""));
  const [events = "", errors = ""] = await Promise.all(outputs);
  return { events: events.trim().split("\n"), end: await ended, errors };
}
