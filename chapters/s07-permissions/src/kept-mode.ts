// The mode as an event: a session that is taken up again (full) goes on in the mode that it was left in.
// What was narrower or wider than usual, plan and bypassPermissions, is not restored: it is chosen anew.
import type { AgentEvent, Session } from "@course/runtime";
import type { Mode } from "./settings.ts";

export const PERMISSIONS = "permissions";

/** For whoever keeps the session. */
export function noteMode(session: Session, mode: Mode): void {
  session.emit({ type: "extension", extension: PERMISSIONS, kind: "mode", detail: { mode } });
}

/** The mode of a conversation that is taken up again; undefined where it is not restored. */
export function restoredMode(history: readonly AgentEvent[]): Mode | undefined {
  const last = history.findLast(
    (event) => event.type === "extension" && event.extension === PERMISSIONS && event.kind === "mode",
  );
  const mode = last?.type === "extension" ? last.detail["mode"] : undefined;
  return mode === "acceptEdits" ? mode : undefined;
}
