// After a crash: records that say "running" although the program that made them is gone. Their
// processes were killed by the reaper (runtime/src/processes/reaper.ts); this ends what it could not, and tells the model.
import { isAlive, signalSession, startTime } from "@course/runtime";
import { isActive, type RuntimeTaskRecord, type RuntimeTaskStore } from "./runtime-task.ts";

/** Clocks here have whole seconds at worst, and a process starts a moment before its record says so. */
const TOLERANCE_MS = 2_000;

/** Marks the tasks of dead programs as interrupted, ends their processes, and returns their records. */
export function recover(store: RuntimeTaskStore): RuntimeTaskRecord[] {
  const orphans = store.load().filter((record) => isActive(record) && !ownerLives(record));
  for (const record of orphans) {
    if (record.pid !== null && isStillThatProcess(record.pid, record.startedAt))
      signalSession(record.pid, "SIGKILL");
    // When it ended is not known: the program was gone.
    record.status = "interrupted";
    record.preview = store.logTail(record);
    store.save(record);
  }
  return orphans;
}

/** Numbers are given out again: a process that started after the record was made did not make it. */
function ownerLives({ ownerPid, createdAt }: RuntimeTaskRecord): boolean {
  if (!isAlive(ownerPid)) return false;
  const started = startTime(ownerPid);
  return started === undefined || started <= Date.parse(createdAt) + TOLERANCE_MS;
}

function isStillThatProcess(pid: number, startedAt: string | null): boolean {
  const started = isAlive(pid) ? startTime(pid) : undefined;
  return (
    started !== undefined && startedAt !== null && Math.abs(started - Date.parse(startedAt)) <= TOLERANCE_MS
  );
}
