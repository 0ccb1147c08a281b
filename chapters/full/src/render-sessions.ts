// Sessions for a person: a line each.
import { shortened } from "@course/runtime";
import type { SessionSummary } from "./session-store.ts";

const SHOWN = 30;

/** What stands before the prompt. */
const HEAD = 32;

/** As "3f2a9c1e  2026-11-26 17:40 UTC  Fix the build", in one row: a choice of a question stands behind its number. */
export function renderSession({ id, changedAt, prompt }: SessionSummary, columns = 75): string {
  const [day = "", time = ""] = changedAt.toISOString().split("T");
  const words = shortened(
    (prompt ?? "(no prompt at its beginning)").replace(/\s+/g, " "),
    Math.max(12, columns - HEAD),
  );
  return `${id.slice(0, 8)}  ${day} ${time.slice(0, 5)} UTC  ${words}`;
}

/** The last sessions, and which one is open here. */
export function renderSessions(
  sessions: readonly SessionSummary[],
  openId: string | undefined,
  columns = 80,
): string {
  if (sessions.length === 0) return "No sessions yet. One is kept as soon as something is said.";
  const rows = sessions
    .slice(0, SHOWN)
    .map((one) => `${one.id === openId ? "* " : "  "}${renderSession(one, columns - 2)}`);
  const more = sessions.length - rows.length;
  return [...rows, ...(more > 0 ? [`  … and ${more} more, in .sessions/`] : [])].join("\n");
}
