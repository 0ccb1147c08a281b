// Ending a process session. A command runs in one of its own, and its processes stay in it, also those that `timeout`
// and job control put into groups of their own. Signals go to groups, because the system delivers one to a whole
// group at once: a process that forks on cannot slip past it.
// Not covered: a process that starts a session itself (setsid) has left, as daemons do on purpose; without /proc (macOS)
// only the session's first group is found; and another user's processes (sudo) cannot be signalled.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { stat } from "./processes.ts";
import { reaper } from "./reaper.ts";

/** How long processes may take to leave after SIGTERM before they get SIGKILL, and after that before we give up. */
const TERM_TO_KILL_MS = 2_000;
/** A process that is being forked is in no list yet; so one look that finds nothing proves little. */
const QUIET_LOOKS = 3;
/** So many numbers are looked up one by one, which costs less than listing every process. */
const FEW = 200;

/** Whether any process of the session runs. */
export function sessionLives(session: number): boolean {
  return !groupsOf(session).next().done;
}

/**
 * Signals every process of the session, and returns whether one was found. `groups` collects the groups that were
 * seen, and those get the signal even if none of their processes is seen this time.
 */
export function signalSession(
  session: number,
  name: NodeJS.Signals | 0,
  groups = new Set([session]),
): boolean {
  for (const group of groups) signal(-group, name);
  let found = false;
  for (const group of groupsOf(session)) {
    found = true;
    if (!groups.has(group)) signal(-group, name);
    groups.add(group);
  }
  return found;
}

/** Ends what is left of the session, SIGTERM first; returns whether there was anything. */
export async function endSession(session: number): Promise<boolean> {
  if (!sessionLives(session)) return false;
  const groups = new Set([session]);
  signalSession(session, "SIGTERM", groups);
  await untilQuiet(() => signalSession(session, 0, groups));
  await untilQuiet(() => signalSession(session, "SIGKILL", groups));
  return true;
}

/** Looks less and less often while something is found: looking costs. */
async function untilQuiet(look: () => boolean): Promise<void> {
  const deadline = performance.now() + TERM_TO_KILL_MS;
  let pause = 2;
  for (let quiet = 0; quiet < QUIET_LOOKS && performance.now() < deadline;) {
    const found = look();
    quiet = found ? 0 : quiet + 1;
    pause = found ? Math.min(pause * 2, 160) : 2;
    await delay(pause);
  }
}

/** The group of each process of the session that runs, as it is found. */
function* groupsOf(session: number): Generator<number> {
  if (process.platform !== "linux") {
    if (signal(-session, 0)) yield session;
    return;
  }
  for (const pid of numbersSince(session)) {
    // The shell of another command leads a session of its own; many may run, and reading about each costs.
    if (pid !== session && reaper.holds(pid)) continue;
    const found = stat(pid);
    if (found?.session === session && found.isRunning) yield found.group;
  }
}

/** Numbers of processes that were started after this one, up to those that start while we look. */
function* numbersSince(pid: number): Generator<number> {
  const last = lastNumber();
  // Past the highest number, the system begins again with the low ones.
  const first = pid <= last ? pid : 1;
  if (pid <= last && last - first < FEW) {
    for (let number = first; number <= last; number++) if (existsSync(`/proc/${number}`)) yield number;
  } else {
    yield* readdirSync("/proc")
      .map(Number)
      .filter((number) => number >= first);
  }
  for (let number = last + 1; number <= lastNumber(); number++) yield number;
}

/** The number that was given out last, from proc(5). */
function lastNumber(): number {
  return Number(readFileSync("/proc/loadavg", "utf8").trim().split(" ").at(-1));
}

function signal(target: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, name);
  } catch {
    return false;
  }
}
