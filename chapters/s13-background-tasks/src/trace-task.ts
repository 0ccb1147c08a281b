// What a trace, and whoever shows it, learns of a task: that it began, and how it ended. Nothing else that happens in a
// session tells both: several ends are one wake.
import type { Session } from "@course/runtime";
import type { BackgroundManager } from "./background-manager.ts";
import type { RuntimeTaskRecord } from "./runtime-task.ts";

/** Tells the session now, and again when the task has ended. */
export function traceTask(record: RuntimeTaskRecord, manager: BackgroundManager, session: Session): void {
  const tell = () => {
    const { id, command, status, startedAt } = record;
    const detail = { id, command, status, startedAt };
    session.emit({ type: "extension", extension: "background-tasks", kind: "task", detail });
  };
  tell();
  const stop = manager.onEnded((ended) => {
    if (ended !== record) return;
    stop();
    tell();
  });
}
