// Asking about processes and signalling their groups. Zombies count as gone: in a container
// without an init process nobody buries them, and waiting for that would be waiting for ever.
import { readdirSync, readFileSync } from "node:fs";
import { errorCode } from "./safe-path.ts";

/** Whether a process with this number runs, whoever owns it. Numbers are given out again. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) !== "EPERM") return false;
  }
  return !isZombie(statFields(String(pid)));
}

/** Whether any process of the group runs. */
export function groupLives(group: number): boolean {
  if (!signalGroup(group, 0)) return false;
  if (process.platform !== "linux") return true;
  return readdirSync("/proc").some((name) => {
    if (!/^\d+$/.test(name)) return false;
    const fields = statFields(name);
    return Number(fields[2]) === group && !isZombie(fields);
  });
}

/** Sends a signal to every process of the group; false if the group has none left. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}

function isZombie([state]: readonly string[]): boolean {
  return state === "Z" || state === "X";
}

/** State, parent and process group, from proc(5). Empty elsewhere, and for a process that has just gone. */
function statFields(pid: string): string[] {
  try {
    // The name in parentheses may hold spaces and parentheses of its own.
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  } catch {
    return [];
  }
}
