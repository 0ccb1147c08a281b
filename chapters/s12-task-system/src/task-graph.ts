// The graph as a picture in text: a row a task, and an arrow from each to those that wait for it. A task that others
// wait for has a lane at the left, from its row down to the last of them. Where a line meets a lane it
// turns or joins (┌ ├ └ ┼ ┴); a lane that it only crosses stays whole (│).
import type { Task } from "./task-board.ts";
import { graphLine, MARKS } from "./task-lines.ts";

const WIDTH = 79;
/** Arrows of more than these would leave no room for words; what they lead to still says what it waits for. */
const MOST_LANES = 12;
const LEGEND = `${MARKS.pending} pending  ${MARKS.in_progress} in progress  ${MARKS.completed} completed  A ─► B: B waits for A`;

/** What the gutter of a row shows: a character for each lane, and what stands between it and the task. */
interface Row {
  cells: string[];
  /** Where its horizontal line begins; Infinity if it has none. */
  from: number;
  end: string;
  task?: Task;
}

export function renderGraph(tasks: readonly Task[]): string {
  if (tasks.length === 0) return "No tasks.";
  const rows = new Gutter(inOrder(tasks)).rows();
  const lanes = Math.max(...rows.map(({ cells }) => cells.length));
  const lines = rows.map(({ cells, from, end, task }) => {
    const gutter = Array.from({ length: lanes }, (_, lane) => {
      const rest = lane < from ? " " : "─";
      return `${cells[lane] ?? rest}${rest}`;
    }).join("");
    const text = task ? graphLine(task, tasks, WIDTH - gutter.length - end.length) : "";
    return `${gutter}${end}${text}`.trimEnd();
  });
  return [...lines, LEGEND].join("\n");
}

class Gutter {
  readonly #tasks: readonly Task[];
  /** The row of the last task that waits for this one, by id. */
  readonly #lastFollower = new Map<number, number>();
  /** Whose line runs in each lane. */
  readonly #lanes: (Task | undefined)[] = [];

  constructor(tasks: readonly Task[]) {
    this.#tasks = tasks;
    tasks.forEach((task, row) => task.blockedBy.forEach((id) => this.#lastFollower.set(id, row)));
  }

  rows(): Row[] {
    return this.#tasks.flatMap((task, row) => {
      const into = this.#arrive(task, row);
      const lane = (this.#lastFollower.get(task.id) ?? -1) > row ? this.#free() : -1;
      if (lane === -1) return [into ?? { cells: this.#cells(), from: Infinity, end: "  ", task }];
      this.#lanes[lane] = task;
      const cells = this.#cells();
      cells[lane] = "┌";
      // Where a line arrives at the task, the one that leaves it gets a row of its own.
      return into ? [into, { cells, from: lane, end: "──┘" }] : [{ cells, from: lane, end: "─ ", task }];
    });
  }

  /** The row in which lines arrive at this task, if any do. Ends the lanes that lead nowhere else. */
  #arrive(task: Task, row: number): Row | undefined {
    const cells = this.#cells();
    const joined = this.#lanes.flatMap((source, lane) =>
      source && task.blockedBy.includes(source.id) ? [{ lane, isLast: this.#endsAt(source, row) }] : [],
    );
    const [first] = joined;
    if (!first) return undefined;
    for (const { lane, isLast } of joined) {
      const [ends, goesOn] = lane === first.lane ? ["└", "├"] : ["┴", "┼"];
      cells[lane] = isLast ? ends : goesOn;
      if (isLast) this.#lanes[lane] = undefined;
    }
    return { cells, from: first.lane, end: "► ", task };
  }

  #endsAt({ id }: Task, row: number): boolean {
    return this.#lastFollower.get(id) === row;
  }

  #free(): number {
    const lane = this.#lanes.indexOf(undefined);
    return lane !== -1 ? lane : this.#lanes.length < MOST_LANES ? this.#lanes.length : -1;
  }

  #cells(): string[] {
    const cells: string[] = [];
    this.#lanes.forEach((source, lane) => source && (cells[lane] = "│"));
    return cells;
  }
}

/** Each task after those that it waits for, else by id. A cycle can only come from a hand or a merge: its lowest id comes first. */
function inOrder(tasks: readonly Task[]): Task[] {
  const rest = new Map(tasks.map((task) => [task.id, task]));
  const ordered: Task[] = [];
  while (rest.size > 0) {
    const next = firstReady(rest);
    if (!next) break;
    rest.delete(next.id);
    ordered.push(next);
  }
  return ordered;
}

function firstReady(rest: ReadonlyMap<number, Task>): Task | undefined {
  for (const task of rest.values()) if (!task.blockedBy.some((id) => rest.has(id))) return task;
  const [lowest] = rest.values();
  return lowest;
}
