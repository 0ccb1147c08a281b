// What another future begins without, though its conversation speaks of it. Not covered: what commands did before; how
// many were not run again is said beside it.
import type { StampedEvent } from "@course/runtime";

interface Kept {
  what: string;
  /** It is a matter of files, which a copy of the folder has. */
  isOnDisk: boolean;
}

const BOARD: Kept = { what: "the task board", isOnDisk: true };
const KEPT: Readonly<Record<string, Kept>> = {
  background_run: { what: "background tasks", isOnDisk: false },
  task_create: BOARD,
  task_update: BOARD,
  claim_task: BOARD,
  schedule_create: { what: "schedules", isOnDisk: true },
  save_memory: { what: "memories", isOnDisk: true },
  spawn_teammate: { what: "teammates", isOnDisk: false },
  worktree_create: { what: "worktrees", isOnDisk: false },
};

/** One line about what these events made and nothing makes again; undefined where there is nothing of it. */
export function notRestored(past: readonly StampedEvent[], isCopy: boolean): string | undefined {
  const kept = past.flatMap((event) => (event.type === "tool_started" ? (KEPT[event.name] ?? []) : []));
  const lost = kept.filter(({ isOnDisk }) => !(isOnDisk && isCopy)).map(({ what }) => what);
  const names = [...new Set(lost)];
  return names.length === 0
    ? undefined
    : `Not restored, though the conversation speaks of it: ${names.join(", ")}.`;
}
