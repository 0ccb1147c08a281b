// After a crash: records that say "running" although the program that ran them is gone. Their
// processes were ended by the reaper (runtime/src/reaper.ts); this is for the case that it was
// killed too, and for telling the model.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { isAlive, signalGroup } from "@course/runtime";
import { isActive, type RuntimeTaskRecord, type RuntimeTaskStore } from "./runtime-task.ts";

/** ps shows whole seconds, and a process starts a moment before its record says so. */
const START_TOLERANCE_MS = 2_000;

/** Marks the tasks of dead programs as interrupted, ends their processes, and returns their records. */
export async function recover(store: RuntimeTaskStore): Promise<RuntimeTaskRecord[]> {
  const orphans = store.load().filter((record) => isActive(record) && !isAlive(record.ownerPid));
  for (const record of orphans) {
    if (record.pid !== null && (await isStillThatProcess(record.pid, record.startedAt)))
      signalGroup(record.pid, "SIGKILL");
    record.status = "interrupted";
    record.endedAt = new Date().toISOString();
    store.save(record);
  }
  return orphans;
}

/** Process numbers are given out again, so the start time must match, too. */
async function isStillThatProcess(pid: number, startedAt: string | null): Promise<boolean> {
  if (startedAt === null || !isAlive(pid)) return false;
  try {
    const { stdout } = await promisify(execFile)("ps", ["-o", "lstart=", "-p", String(pid)], {
      env: { ...process.env, LC_ALL: "C" },
    });
    return Math.abs(Date.parse(stdout.trim()) - Date.parse(startedAt)) <= START_TOLERANCE_MS;
  } catch {
    return false;
  }
}
