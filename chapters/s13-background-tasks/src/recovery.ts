// After a crash: tasks whose end the model was never told, although the program that made them is gone. Those that
// ended wait to be told; the others were killed by the reaper (runtime/src/processes/reaper.ts), and this ends
// what it could not, or they go on in the queue of a lane (s13b).
// Not covered: two programs that start in the same moment may both tell an end.
import { signalSession, stillRuns } from "@course/runtime";
import type { Lane } from "./lane.ts";
import { isActive, owner, type RuntimeTaskRecord, type RuntimeTaskStore } from "./runtime-task.ts";

/** Takes over what dead programs did not tell, and returns their records. Throws what `save` throws. */
export function recover(
  store: RuntimeTaskStore,
  lane: Lane,
  save: (record: RuntimeTaskRecord) => void,
): RuntimeTaskRecord[] {
  const left = store
    .untold()
    .filter(({ ownerPid, ownerMark }) => !stillRuns(ownerPid, ownerMark))
    .filter((record) => !goesOn(record) || lane.takesUp?.(record));
  for (const record of left) {
    // Of what goes on, the output comes again from its beginning.
    if (goesOn(record)) store.removeLog(record);
    else if (isActive(record)) interrupt(record, store.logTail(record));
    // From now on it is ours to tell, and no other program's.
    Object.assign(record, owner());
    save(record);
  }
  return left;
}

/** What a queue has; a program without that lane leaves it alone. */
const goesOn = (record: RuntimeTaskRecord) => isActive(record) && record.type === "remote_bash";

/** When it ended is not known: the program was gone. */
function interrupt(record: RuntimeTaskRecord, preview: string): void {
  const { pid, pidMark } = record;
  if (pid !== null && pidMark !== undefined && stillRuns(pid, pidMark)) signalSession(pid, "SIGKILL");
  Object.assign(record, { status: "interrupted", preview });
}
