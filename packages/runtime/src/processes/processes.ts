// Asking about processes and signalling them. A command runs in a session of its own, which is what
// holds all its processes: `timeout` and job control put some of them into groups of their own.
// Zombies count as gone: in a container without an init process nobody buries them.
// Not covered: a process that starts a session itself (setsid) has left; and where there is no
// /proc (macOS), only the group is seen, not the session.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { errorCode } from "../errors.ts";

/** proc(5) counts ticks of a hundredth of a second, on every Linux that Node runs on. */
const TICK_MS = 10;

/** Whether a process with this number runs, whoever owns it. Numbers are given out again. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) !== "EPERM") return false;
  }
  const { state } = stat(pid) ?? {};
  return state !== "Z" && state !== "X";
}

/** When the process started, in milliseconds since the epoch; undefined if that cannot be told. */
export function startTime(pid: number): number | undefined {
  const ticks = stat(pid)?.startTicks;
  if (ticks !== undefined) return bootTime() + ticks * TICK_MS;
  try {
    const env = { ...process.env, LC_ALL: "C" };
    const started = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { env, encoding: "utf8" });
    return Date.parse(started.trim()) || undefined;
  } catch {
    return undefined;
  }
}

/** Whether the process group has a process, even a zombie. */
export function groupLives(group: number): boolean {
  return signal(-group, 0);
}

/** Whether any process of the session runs. */
export function sessionLives(session: number): boolean {
  if (process.platform !== "linux") return groupLives(session);
  return membersOf(session).length > 0;
}

/** Sends a signal to every process of the session. */
export function signalSession(session: number, name: NodeJS.Signals): void {
  signal(-session, name);
  if (process.platform === "linux") for (const pid of membersOf(session)) signal(pid, name);
}

function signal(target: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, name);
  } catch {
    return false;
  }
}

function membersOf(session: number): number[] {
  return readdirSync("/proc").flatMap((name) => {
    const found = /^\d+$/.test(name) ? stat(Number(name)) : undefined;
    return found?.session === session && found.state !== "Z" && found.state !== "X" ? [Number(name)] : [];
  });
}

interface Stat {
  state: string | undefined;
  session: number;
  startTicks: number;
}

/** From proc(5). Undefined elsewhere, and for a process that has just gone. */
function stat(pid: number): Stat | undefined {
  try {
    // The name in parentheses may hold spaces and parentheses of its own; state is the first field after it.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return { state: fields[0], session: Number(fields[3]), startTicks: Number(fields[19]) };
  } catch {
    return undefined;
  }
}

function bootTime(): number {
  return Number(/^btime (\d+)/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]) * 1000;
}
