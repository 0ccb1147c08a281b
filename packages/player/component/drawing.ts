// The lanes as paths and marks, for a whole trace.
import type { Lane, Player, Span } from "../src/index.ts";
import { axisOf, pathOf, WIDTH, type Axis } from "./axis.ts";

/** The height of a lane, in pixels. */
export const ROW = 24;
const INSET = 6;
const THIN = 10;

export interface Drawing {
  readonly axis: Axis;
  readonly rows: readonly {
    key: string;
    label: string;
    kind: Lane["kind"];
    summary: string;
    paths: readonly { kind: string; d: string }[];
  }[];
  readonly marks: readonly { key: string; kind: string; label: string; left: number; top: number }[];
  /** Lines from the lane that writes to the lane that reads. */
  readonly mail: string;
}

/** `length` is how many events there are: a player grows, and stays the same object. */
export function drawingOf({ lanes, events }: Player, length: number): Drawing {
  const [first, last] = [events[0]?.at ?? 0, events[length - 1]?.at ?? 0];
  const axis = axisOf(lanes, first, last);
  const rowOf = new Map(lanes.map(({ key }, row) => [key, row]));
  const rows = lanes.map((lane, row) => ({
    key: lane.key,
    // Commands often begin alike, and where there is little room only the beginning is seen.
    label: lane.kind === "task" ? `${lane.key.replace("task ", "")} ${lane.label}` : lane.label,
    kind: lane.kind,
    summary: summaryOf(lane, last),
    paths: pathsOf(lane.spans, axis, last, row * ROW),
  }));
  const middle = (row: number) => row * ROW + ROW / 2;
  const mail = lanes.flatMap(({ marks }, row) =>
    marks.flatMap(({ to, at }) => {
      const target = to === undefined ? undefined : rowOf.get(to);
      return target === undefined ? [] : [`M${axis.x(at).toFixed(1)},${middle(row)}V${middle(target)}`];
    }),
  );
  return { axis, rows, marks: marksOf(lanes, axis, rowOf), mail: mail.join("") };
}

function pathsOf(
  spans: readonly Span[],
  axis: Axis,
  last: number,
  top: number,
): { kind: string; d: string }[] {
  const kinds = ["task", "model", "tool", "failed"];
  const kindOf = ({ kind, failed }: Span) => (failed && kind !== "model" ? "failed" : kind);
  return kinds.flatMap((kind) => {
    const own = spans.filter((span) => kindOf(span) === kind);
    if (own.length === 0) return [];
    const inset = kind === "task" || own[0]?.kind === "task" ? THIN : INSET;
    return [{ kind, d: pathOf(own, axis, last, top + inset, ROW - 2 * inset) }];
  });
}

/** At most one of a kind for each place that can be told from the next. */
function marksOf(lanes: readonly Lane[], axis: Axis, rowOf: ReadonlyMap<string, number>): Drawing["marks"] {
  const marks = lanes.flatMap((lane, row) =>
    lane.marks.map(({ kind, label, at, to }) => {
      const left = Math.round((axis.x(at) / WIDTH) * 400) / 4;
      const place = to === undefined ? row : (rowOf.get(to) ?? row);
      return { key: `${lane.key} ${kind} ${place} ${left}`, kind, label, left, top: place * ROW };
    }),
  );
  return [...new Map(marks.map((mark) => [mark.key, mark])).values()];
}

function summaryOf({ kind, label, spans }: Lane, last: number): string {
  const [first, end] = [spans[0]?.from, spans.at(-1)];
  const seconds = first === undefined ? 0 : ((end?.to ?? last) - first) / 1000;
  if (kind === "task") {
    const state = end?.to === undefined ? "runs" : end.failed ? "did not complete" : "completed";
    return `${label}: ${state}, ${seconds.toFixed(1)} s`;
  }
  const calls = spans.filter((span) => span.kind === "model").length;
  return `${calls} model call${calls === 1 ? "" : "s"}, ${spans.length - calls} tool calls, ${seconds.toFixed(1)} s`;
}
