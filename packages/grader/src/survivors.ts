// Processes that have left the session of the program that started them (setsid), found by the mark that each run has
// in its environment and by its folder. Not covered: without /proc (macOS) none is found, and a process that both
// cleared its environment and went to another folder is not known as the program's.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isAlive } from "@course/runtime";

export const MARK = "GRADE_RUN";
const QUIET_LOOKS = 3;
const LOOK_MS = 20;
const MOST_LOOKS = 500;

export interface Marks {
  /** The value of MARK. */
  mark: string;
  folder: string;
}

/** Waits at most so long for the last of them to leave by itself; returns the command lines of those that did not. */
export async function survivors(marks: Marks, graceMs: number): Promise<string[]> {
  const until = performance.now() + graceMs;
  for (;;) {
    const found = marked(marks);
    if (found.length === 0 || performance.now() > until) return found.map(commandLine);
    await delay(LOOK_MS);
  }
}

/** Ends them, also those that fork on meanwhile. */
export async function endMarked(marks: Marks): Promise<void> {
  let quiet = 0;
  for (let looks = 0; quiet < QUIET_LOOKS && looks < MOST_LOOKS; looks++) {
    const found = marked(marks);
    quiet = found.length === 0 ? quiet + 1 : 0;
    for (const pid of found) kill(pid);
    // Those that are found fork on while we sleep.
    if (found.length === 0) await delay(2);
  }
}

function marked({ mark, folder }: Marks): number[] {
  return processes().filter((pid) => {
    if (pid === process.pid) return false;
    const isMarked =
      read(() => readFileSync(`/proc/${pid}/environ`, "latin1")).includes(`${MARK}=${mark}`) ||
      `${read(() => readlinkSync(`/proc/${pid}/cwd`))}/`.startsWith(`${folder}/`);
    return isMarked && isAlive(pid);
  });
}

function processes(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function commandLine(pid: number): string {
  const words = read(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"))
    .replaceAll("\0", " ")
    .trim();
  return words.slice(0, 200) || `process ${pid}`;
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has gone, or is another user's.
  }
}

/** Empty for a process that has just gone, or that is not ours to look at. */
function read(look: () => string): string {
  try {
    return look();
  } catch {
    return "";
  }
}
