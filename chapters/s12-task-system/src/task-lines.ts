// Tasks as text, a line a task.
import { openBlockers, type Task } from "./task-board.ts";

export const MARKS = { pending: "○", in_progress: "◐", completed: "●", deleted: "✗" } as const;

/** One line a task: its mark, id, subject, owner and what it still waits for. */
export function renderList(tasks: readonly Task[]): string {
  if (tasks.length === 0) return "No tasks.";
  return tasks.map((task) => lineOf(task, [ownedBy(task), waitingFor(task, tasks)])).join("\n");
}

const SHORTEST_SUBJECT = 10;

/** The same, cut to fit into `width` characters, and with a word for what can start now. */
export function graphLine(task: Task, tasks: readonly Task[], width: number): string {
  const waiting = waitingFor(task, tasks);
  const isReady = task.status === "pending" && waiting === "";
  const notes = [ownedBy(task), isReady ? "ready" : waiting];
  const excess = lineOf(task, notes).length - width;
  if (excess <= 0) return lineOf(task, notes);
  const whole = onOneLine(task.subject);
  const kept = Math.max(SHORTEST_SUBJECT, whole.length - excess - 1);
  return lineOf({ ...task, subject: `${whole.slice(0, kept).toWellFormed()}…` }, notes);
}

function lineOf({ status, id, subject }: Task, notes: readonly string[]): string {
  const told = notes.filter((note) => note !== "").join("; ");
  return `${MARKS[status]} #${id} ${onOneLine(subject)}${told === "" ? "" : ` (${told})`}`;
}

function onOneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function ownedBy({ owner }: Task): string {
  return owner === "" ? "" : `owner ${onOneLine(owner)}`;
}

function waitingFor(task: Task, tasks: readonly Task[]): string {
  const open = openBlockers(task, tasks);
  return open.length === 0 ? "" : `waits for ${open.map((id) => `#${id}`).join(", ")}`;
}
