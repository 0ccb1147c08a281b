// Asking about processes. Zombies count as gone: in a container without an init process nobody buries them.
import { readFileSync } from "node:fs";
import { errorCode } from "../errors.ts";

/** Whether a process with this number runs, whoever owns it. Numbers are given out again. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) !== "EPERM") return false;
  }
  return stat(pid)?.isRunning ?? true;
}

interface Stat {
  isRunning: boolean;
  group: number;
  session: number;
  /** Ticks from the machine's start to the process's, as they stand there. */
  startTicks: string | undefined;
}

/** From proc(5). Undefined where there is no /proc, and for a process that has just gone. */
export function stat(pid: number): Stat | undefined {
  try {
    // The name in parentheses may hold spaces and parentheses of its own; state is the first field after it.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return {
      isRunning: fields[0] !== "Z",
      group: Number(fields[2]),
      session: Number(fields[3]),
      startTicks: fields[19],
    };
  } catch {
    return undefined;
  }
}
