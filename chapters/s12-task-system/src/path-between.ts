import type { Task } from "./task-store.ts";

/** A way along `blocks` edges, or undefined if there is none. */
export function pathBetween(
  tasks: ReadonlyMap<number, Task>,
  from: number,
  to: number,
): number[] | undefined {
  const ways = [[from]];
  const seen = new Set([from]);
  for (let way = ways.shift(); way; way = ways.shift()) {
    const last = way.at(-1) ?? from;
    if (last === to) return way;
    for (const next of tasks.get(last)?.blocks ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}
