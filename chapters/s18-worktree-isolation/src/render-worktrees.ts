// Worktrees as text, for the model and for the user.
import { shortened } from "@course/runtime";
import type { Task } from "@course/s12-task-system";
import type { WorktreeEvent } from "./events.ts";
import { branchOf, FOLDER } from "./repository.ts";
import { runsIn } from "./worktree-record.ts";
import { count, type WorktreeState } from "./worktree-state.ts";

const NONE = "No worktrees.";
const WIDTH = 79;

/** One line each: name, branch, what was committed, what was not, its task, what runs. */
export function renderList(states: readonly WorktreeState[], tasks: readonly Task[]): string {
  if (states.length === 0) return NONE;
  return states.map((state) => `${state.record.name}: ${factsOf(state, tasks).join("; ")}`).join("\n");
}

function factsOf(state: WorktreeState, tasks: readonly Task[]): string[] {
  const { record, branch, problem, uncommitted } = state;
  const own = branchOf(record.name);
  return [
    branch === own ? `branch ${own}` : `branch ${own}, but ${branch ?? "no branch"} is checked out`,
    distanceOf(state),
    problem ??
      (uncommitted === 0
        ? "clean"
        : `${count(uncommitted, "uncommitted change")}, which no merge brings along`),
    ...(record.status === "ready" ? [] : [record.status]),
    ...(record.taskId === undefined ? [] : [taskLine(record.taskId, tasks)]),
    ...runsIn(record).map(({ what }) => `running: ${onOneLine(what)}`),
  ];
}

function distanceOf({ ahead, behind }: WorktreeState): string {
  if (ahead === 0 && behind === 0) return "no commits of its own";
  const late = behind === 0 ? "" : `, ${behind} behind`;
  return `${count(ahead, "commit")} ahead${late}`;
}

function taskLine(id: number, tasks: readonly Task[]): string {
  const task = tasks.find((one) => one.id === id);
  return task
    ? `task #${id} ${onOneLine(task.subject)} (${task.status})`
    : `task #${id}, which is not on the board`;
}

function onOneLine(text: string): string {
  return shortened(text.replace(/\s+/g, " ").trim(), 60);
}

const LAST_STEPS = 8;
const MARKS = { begin: "…", end: "✓", failed: "✗" } as const;

/** For /worktrees: a tree of them, and the last steps. */
export function drawWorktrees(
  states: readonly WorktreeState[],
  tasks: readonly Task[],
  events: readonly WorktreeEvent[],
): string {
  const rows = states.flatMap((state, index) => {
    const [branch, stem] = index === states.length - 1 ? ["└─ ", "     "] : ["├─ ", "│    "];
    const [first = "", ...rest] = factsOf(state, tasks);
    return [`${branch}${state.record.name}: ${first}`, ...rest.map((fact) => `${stem}${fact}`)];
  });
  const body = states.length === 0 ? [NONE] : [`${FOLDER}/`, ...rows];
  const steps = events.filter(isNews).slice(-LAST_STEPS).map(stepLine);
  return [...body, ...(steps.length === 0 ? [] : ["last steps (UTC)", ...steps])]
    .map((line) => shortened(line, WIDTH))
    .join("\n");
}

/** A step that began is only told while it has not ended, which after a crash is for ever. */
function isNews(
  { worktree, step, phase, pid }: WorktreeEvent,
  index: number,
  all: readonly WorktreeEvent[],
): boolean {
  const later = all.slice(index + 1);
  const isOver = later.some(
    (event) => event.worktree === worktree && event.step === step && event.pid === pid,
  );
  return phase !== "begin" || !isOver;
}

function stepLine({ at, worktree, step, phase, reason }: WorktreeEvent): string {
  return `  ${at.slice(11, 19)} ${MARKS[phase]} ${step} ${worktree}${reason === undefined ? "" : `: ${reason}`}`;
}

/** What a task's worktree is, for the tools that show tasks: the other end of the binding. */
export function renderBindings(states: readonly WorktreeState[]): string {
  return states
    .flatMap(({ record }) =>
      record.taskId === undefined ? [] : [`Task #${record.taskId} is worked on in worktree ${record.name}.`],
    )
    .join("\n");
}
