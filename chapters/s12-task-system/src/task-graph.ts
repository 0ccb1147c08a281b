// The board as text: a line a task. In the graph, what can start at once stands at the left, and each
// further column waits for one before it.
import { openBlockers, type Task } from "./task-board.ts";

const MARKS = { pending: "○", in_progress: "◐", completed: "●", deleted: "✗" } as const;

/** One line a task: its mark, id, subject, owner and what it still waits for. */
export function renderList(tasks: readonly Task[]): string {
  if (tasks.length === 0) return "No tasks.";
  return tasks.map((task) => line(task, tasks)).join("\n");
}

/** The same lines, each indented by the length of the longest chain of tasks before it. */
export function renderGraph(tasks: readonly Task[]): string {
  if (tasks.length === 0) return "No tasks.";
  const depths = new Map<number, number>();
  const depth = (task: Task): number => {
    const known = depths.get(task.id);
    if (known !== undefined) return known;
    // A cycle can only come from a hand or a merge; it must not hang the picture.
    depths.set(task.id, 0);
    const before = tasks
      .filter((other) => task.blockedBy.includes(other.id))
      .map((other) => depth(other) + 1);
    const found = Math.max(0, ...before);
    depths.set(task.id, found);
    return found;
  };
  const ordered = [...tasks].sort((a, b) => depth(a) - depth(b) || a.id - b.id);
  const rows = ordered.map((task) => `${"   ".repeat(depth(task))}${line(task, tasks)}`);
  return [
    ...rows,
    `${MARKS.pending} pending  ${MARKS.in_progress} in progress  ${MARKS.completed} completed`,
  ].join("\n");
}

function line(task: Task, tasks: readonly Task[]): string {
  const waiting = openBlockers(task, tasks);
  const notes = [
    ...(task.owner ? [`owner ${task.owner}`] : []),
    ...(waiting.length > 0 ? [`waits for ${waiting.map((id) => `#${id}`).join(", ")}`] : []),
  ];
  return `${MARKS[task.status]} #${task.id} ${task.subject}${notes.length > 0 ? ` (${notes.join("; ")})` : ""}`;
}
