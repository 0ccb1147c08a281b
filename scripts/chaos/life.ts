// Runs one program of a scenario in a process of its own, and hears what it says until it ends or is killed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "../lib/chapters.ts";
import { MARK } from "../../packages/grader/src/survivors.ts";
import type { Point } from "./points.ts";
import type { Orders } from "./program.ts";

export interface Run {
  points: Point[];
  words: string[];
  isWhole: boolean;
  /** Whether it had to be ended because it did not end. */
  isLate: boolean;
  /** The last lines of its standard error. */
  errors: string;
}

const LIMIT_MS = 30_000;

export async function live(orders: Orders, mark: string, signal: AbortSignal): Promise<Run> {
  const args = ["--import", "./scripts/preflight.mjs", join(import.meta.dirname, "program.ts")];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, COURSE_CHAOS: JSON.stringify(orders), [MARK]: mark },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const run: Run = { points: [], words: [], isWhole: false, isLate: false, errors: "" };
  const end = () => void child.kill("SIGKILL");
  const timer = setTimeout(() => {
    run.isLate = true;
    end();
  }, LIMIT_MS);
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  child.stderr.on("data", (text: Buffer) => (run.errors = (run.errors + text.toString()).slice(-2_000)));
  createInterface({ input: child.stdout }).on("line", (line) => hear(run, line));
  await once(child, "close");
  clearTimeout(timer);
  signal.removeEventListener("abort", end);
  return run;
}

function hear(run: Run, line: string): void {
  const told = parse(line);
  if (told?.point) run.points.push(told.point);
  if (told?.word !== undefined) run.words.push(told.word);
  if (told?.isWhole) run.isWhole = true;
}

/** What a mechanism prints itself is not for us. */
function parse(line: string): { point?: Point; word?: string; isWhole?: boolean } | undefined {
  try {
    return JSON.parse(line) as ReturnType<typeof parse>;
  } catch {
    return undefined;
  }
}
