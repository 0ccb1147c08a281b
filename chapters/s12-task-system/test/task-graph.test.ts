import type { Task } from "@course/s12-task-system";
import fc from "fast-check";
import { expect, test } from "vitest";
import { pathBetween } from "../src/path-between.ts";
import { renderGraph } from "../src/task-graph.ts";

/** A board on which each task waits for those that are named beside its id. */
function tasksOf(edges: Readonly<Record<number, readonly number[]>>, more: Partial<Task> = {}): Task[] {
  return Object.entries(edges).map(([id, blockedBy]) => ({
    id: Number(id),
    subject: `task ${id}`,
    description: "",
    status: "pending",
    owner: "",
    blockedBy: [...blockedBy],
    blocks: [],
    createdAt: "",
    updatedAt: "",
    ...more,
  }));
}

test("the way from one task to another is the shortest along what they block, or there is none", () => {
  const tasks = new Map(
    tasksOf({ 1: [], 2: [1], 3: [2], 4: [3, 1], 5: [4], 6: [6] }).map((task) => [task.id, task]),
  );
  for (const task of tasks.values()) for (const id of task.blockedBy) tasks.get(id)?.blocks.push(task.id);
  const ways = (
    [
      [1, 5],
      [2, 5],
      [1, 1],
      [5, 1],
      [6, 1],
      [1, 9],
    ] as const
  ).map(([from, to]) => pathBetween(tasks, from, to));
  expect(ways, "from 1 to 5, 2 to 5, 1 to 1, 5 to 1, 6 to 1 and 1 to 9").toEqual([
    [1, 4, 5],
    [2, 3, 4, 5],
    [1],
    undefined,
    undefined,
    undefined,
  ]);
});

test("however many ways lead to a task, it is looked at once", () => {
  let looks = 0;
  class Counted extends Map<number, Task> {
    override get(id: number): Task | undefined {
      looks += 1;
      return super.get(id);
    }
  }
  // Ten pairs one after the other: two ways through each, a thousand through all.
  const edges = Array.from({ length: 10 }, (_, pair) => {
    const first = 3 * pair + 1;
    return { [first]: [first + 1, first + 2], [first + 1]: [first + 3], [first + 2]: [first + 3] };
  });
  const tasks = tasksOf(Object.assign({}, ...edges) as Record<number, number[]>);
  const board = new Counted(tasks.map((task) => [task.id, { ...task, blocks: task.blockedBy }]));
  expect(pathBetween(board, 1, 99)).toBeUndefined();
  expect(looks).toBe(31);
});

test("the picture has an arrow for each edge, and says what is ready", () => {
  const tasks = tasksOf({ 1: [], 2: [1], 3: [1], 4: [2, 3], 5: [], 6: [1, 4, 5], 7: [5] });
  Object.assign(tasks[0] ?? {}, { status: "completed" });
  Object.assign(tasks[1] ?? {}, { status: "in_progress", owner: "ada" });
  expect(`\n${renderGraph(tasks)}`).toMatchInlineSnapshot(`
    "
    ┌────── ● #1 task 1
    ├─────► ◐ #2 task 2 (owner ada)
    │ ┌─────┘
    ├─│───► ○ #3 task 3 (ready)
    │ │ ┌───┘
    │ └─┴─► ○ #4 task 4 (waits for #2, #3)
    │ ┌─────┘
    │ │ ┌── ○ #5 task 5 (ready)
    └─┴─┼─► ○ #6 task 6 (waits for #4, #5)
        └─► ○ #7 task 7 (waits for #5)
    ○ pending  ◐ in progress  ● completed  A ─► B: B waits for A"
  `);
});

test("tasks without edges are a list", () => {
  expect(renderGraph(tasksOf({ 1: [], 2: [] }))).toMatch(
    /^ {2}○ #1 task 1 \(ready\)\n {2}○ #2 task 2 \(ready\)\n/,
  );
  expect(renderGraph([])).toBe("No tasks.");
});

test("a cycle that came from a hand, and an edge to a torn task, are told in words", () => {
  const picture = renderGraph(tasksOf({ 1: [2], 2: [1], 3: [3], 4: [99] }));
  for (const words of [
    "#1 task 1 (waits for #2)",
    "#2 task 2 (waits for #1)",
    "#3 task 3 (waits for #3)",
    "#4 task 4 (waits for #99)",
  ])
    expect(picture).toContain(words);
});

test("a cycle leaves no line that leads nowhere", () => {
  expect(renderGraph(tasksOf({ 1: [2], 2: [1] }))).toMatch(
    /^┌── ○ #1 task 1 \(waits for #2\)\n└─► ○ #2 task 2 \(waits for #1\)\n○ pending/,
  );
});

test("where there are more lanes than fit, the words stay, and lines stay within 80 columns", () => {
  const edges = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [i + 1, i < 20 ? [] : [i - 19]]));
  const picture = renderGraph(tasksOf(edges, { subject: "a very long subject ".repeat(10) }));
  expect(picture.split("\n").every((line) => line.length < 80)).toBe(true);
  expect(picture).toMatch(/#40 .*… \(waits for #20\)/);
  expect(Math.max(...picture.split("\n").map((line) => line.match(/[┌│├└┼┴]/g)?.length ?? 0))).toBe(12);
});

test("a subject of several lines is one row", () => {
  expect(renderGraph(tasksOf({ 1: [] }, { subject: "one\n● #2 forged" }))).toContain(
    "○ #1 one ● #2 forged (ready)\n",
  );
});

test("read along its lines, the picture gives back the edges", () => {
  const edge = fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }));
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 12 }), fc.boolean(), (pairs, isReversed) => {
      const edges: Record<number, number[]> = Object.fromEntries(
        Array.from({ length: 8 }, (_, i) => [i + 1, []]),
      );
      // From lower to higher ids, or the other way round, there is no cycle.
      for (const [a, b] of pairs) {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const [from, to] = isReversed ? [high, low] : [low, high];
        const before = edges[to] ?? [];
        if (a !== b && !before.includes(from)) before.push(from);
      }
      const expected = Object.entries(edges).flatMap(([to, from]) => from.map((one) => `${one}>${to}`));
      expect(edgesIn(renderGraph(tasksOf(edges))).sort()).toEqual(expected.sort());
    }),
    { numRuns: 300 },
  );
});

/** Follows the lines as an eye does: down a lane, and along a row from where it is joined. */
function edgesIn(picture: string): string[] {
  const lanes: (number | undefined)[] = [];
  const edges: string[] = [];
  let above = 0;
  for (const line of picture.split("\n")) {
    const id = Number(/#(\d+)/.exec(line)?.[1] ?? above);
    above = id;
    const gutter = line.split(/[○►┘]/)[0] ?? "";
    for (let column = 0; column < gutter.length; column += 2) {
      const cell = gutter[column] ?? "";
      if (cell === "┌") lanes[column] = id;
      if ("├└┼┴".includes(cell)) edges.push(`${lanes[column]}>${id}`);
      if ("└┴".includes(cell)) lanes[column] = undefined;
      if ("│├┼".includes(cell)) expect(lanes[column]).toBeDefined();
    }
  }
  return edges;
}
