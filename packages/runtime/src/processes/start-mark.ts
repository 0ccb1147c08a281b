// Telling a process from a later one that was given its number. Times will not do: the clock may be set
// while both are compared.
import { execFileSync } from "node:child_process";
import { isPredecessor } from "./predecessors.ts";
import { isAlive, stat } from "./processes.ts";

/** A text that differs for each process with this number, and stays the same while it lives; undefined if there is none. */
export function startMark(pid: number): string | undefined {
  return process.platform === "linux" ? stat(pid)?.startTicks : startInWords(pid);
}

/** Whether the program that had this process number and mark still runs, and did not start this one in its place. Where marks are hidden, as other users' may be, the number has to do. */
export function stillRuns(pid: number, mark: string | undefined): boolean {
  if (!(pid > 0) || !isAlive(pid) || isPredecessor(pid)) return false;
  const now = startMark(pid);
  return now === undefined || now === mark;
}

function startInWords(pid: number): string | undefined {
  try {
    const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
    const started = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return started.trim().replace(/\s+/g, "-") || undefined;
  } catch {
    return undefined;
  }
}
