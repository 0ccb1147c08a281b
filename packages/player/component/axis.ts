// Where the lanes' times are on the screen: to scale, but what passes while nothing runs is squeezed.
import type { Lane, Span } from "../src/index.ts";

/** The drawing's width in its own units. */
export const WIDTH = 1000;
/** Room for a mark at either end. */
const MARGIN = 8;
const LEAST_SPAN = 3;
/** How much of the width an idle stretch may take, beside what was busy. */
const IDLE_SHARE = 0.03;
const SHORT_MS = 50;

export interface Axis {
  /** The place of a time, from 0 to WIDTH. */
  x(at: number): number;
  /** The time of a place. */
  at(x: number): number;
}

/** `from` and `to` are the trace's first and last time. */
export function axisOf(lanes: readonly Lane[], from: number, to: number): Axis {
  const spans = lanes.flatMap((lane) => lane.spans).toSorted((a, b) => a.from - b.from);
  const busy: [number, number][] = [];
  for (const span of spans) {
    const [start, end] = [Math.max(from, span.from), Math.min(to, span.to ?? to)];
    const last = busy.at(-1);
    if (last && start <= last[1] + SHORT_MS) last[1] = Math.max(last[1], end);
    else busy.push([start, end]);
  }
  const total = busy.reduce((sum, [start, end]) => sum + end - start, 0);
  const most = Math.max(SHORT_MS, total * IDLE_SHARE);
  const [times, places] = [[from], [0]];
  let [time, place] = [from, 0];
  const goTo = (next: number, length: number) => {
    place += length;
    time = next;
    times.push(time);
    places.push(place);
  };
  for (const [start, end] of busy) {
    if (start > time) goTo(start, Math.min(start - time, most));
    if (end > time) goTo(end, end - time);
  }
  if (to > time) goTo(to, Math.min(to - time, most));
  const scale = place > 0 ? (WIDTH - 2 * MARGIN) / place : 1;
  return {
    x: (at) => MARGIN + between(times, places, at) * scale,
    at: (x) => between(places, times, (x - MARGIN) / scale),
  };
}

/** The value at a place between two known ones. */
function between(keys: readonly number[], values: readonly number[], key: number): number {
  let [low, high] = [0, keys.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? 0) <= key) low = middle;
    else high = middle;
  }
  const [a = 0, b = a] = [keys[low], keys[high]];
  const [left = 0, right = left] = [values[low], values[high]];
  const part = b > a ? (key - a) / (b - a) : 0;
  return left + Math.min(1, Math.max(0, part)) * (right - left);
}

/** One path for all spans of a kind in a lane: those that touch on the screen are one. */
export function pathOf(spans: readonly Span[], axis: Axis, to: number, top: number, height: number): string {
  const boxes: [number, number][] = [];
  for (const span of spans) {
    const start = axis.x(span.from);
    const end = Math.max(axis.x(span.to ?? to), start + LEAST_SPAN);
    const last = boxes.at(-1);
    if (last && start <= last[1] + 0.7) last[1] = Math.max(last[1], end);
    else boxes.push([start, end]);
  }
  return boxes
    .map(([start, end]) => {
      const width = (end - start).toFixed(1);
      return `M${start.toFixed(1)},${top}h${width}v${height}h-${width}z`;
    })
    .join("");
}
