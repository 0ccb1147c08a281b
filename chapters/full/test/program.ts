// The program under test as a real process, and a session of it in this one.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { FlagValues } from "@course/runtime";
import { openSession, temporaryFolder, type TestSession } from "@course/runtime/testing";
import { createAgent } from "../src/agent.ts";

export const BIN = join(import.meta.dirname, "../bin/full.mjs");
/** A home of nobody's: what stands in the home of whoever runs the tests must not decide them. */
const HOME = temporaryFolder();

export interface Ended {
  stdout: string;
  stderr: string;
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** Starts the program in the folder, as a user does. */
export function startFull(
  folder: string,
  args: readonly string[],
  { env = {}, imports = [] }: { env?: Record<string, string>; imports?: readonly string[] } = {},
) {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(ANTHROPIC|MODEL_ID|NODE_V8|VITEST|INIT_CWD|npm_)/.test(name),
    ),
  );
  const child = spawn(process.execPath, [...imports.flatMap((file) => ["--import", file]), BIN, ...args], {
    cwd: folder,
    env: { ...clean, HOME, ...env },
  });
  const ended = new Promise<Pick<Ended, "code" | "signal">>((resolve) =>
    child.once("exit", (code, signal) => resolve({ code, signal })),
  );
  return { child, ended };
}

/** Runs the program to its end, with these lines on its standard input. */
export async function runFull(
  folder: string,
  args: readonly string[],
  lines: readonly string[] = [],
  options: Parameters<typeof startFull>[2] = {},
): Promise<Ended> {
  const { child, ended } = startFull(folder, args, options);
  // A program that was killed reads nothing.
  child.stdin.on("error", () => {});
  child.stdin.end(lines.map((line) => `${line}\n`).join(""));
  const [stdout, stderr, end] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { stdout, stderr, ...end };
}

/** A session of the program in this process. */
export function openFull(
  model: Parameters<typeof openSession>[1],
  folder: string,
  values: FlagValues = {},
  answer?: Parameters<typeof openSession>[3],
): Promise<TestSession> {
  process.env["HOME"] = HOME;
  const open = { "permission-mode": "bypassPermissions", ...values };
  return openSession((workspace) => createAgent(workspace, open), model, folder, answer);
}
