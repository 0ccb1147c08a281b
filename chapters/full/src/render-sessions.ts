// Sessions for a person: a line each.
import type { SessionSummary } from "./session-store.ts";

const SHOWN = 30;

/** As "3f2a9c1e  2026-11-26 17:40  Fix the build". */
export function renderSession({ id, changedAt, prompt }: SessionSummary): string {
  const [day = "", time = ""] = changedAt.toISOString().split("T");
  const words = (prompt ?? "(long)").replace(/\s+/g, " ").replace(/^(.{44}).{2,}$/u, "$1…");
  return `${id.slice(0, 8)}  ${day} ${time.slice(0, 5)} UTC  ${words}`;
}

/** The last sessions, and which one is open here. */
export function renderSessions(sessions: readonly SessionSummary[], openId: string | undefined): string {
  if (sessions.length === 0) return "No sessions yet. One is kept as soon as something is said.";
  const rows = sessions
    .slice(0, SHOWN)
    .map((one) => `${one.id === openId ? "* " : "  "}${renderSession(one)}`);
  const more = sessions.length - rows.length;
  return [...rows, ...(more > 0 ? [`  … and ${more} more, in .sessions/`] : [])].join("\n");
}
