// A picture in text of what ran when: a row for each lane, at most 80 columns wide. Time in which nothing ran is left out.

/** In a terminal of 80 columns or more. A narrower one takes a third of what is missing from the labels. */
const LABEL = 23;
const CHART = 38;
const NOTE = 17;
const LEAST = 10;
/** A gap in which nothing ran shrinks to this. */
const GAP_MS = 300;

/** Times are in milliseconds since the epoch. */
export interface Span {
  from: number;
  to: number;
  mark: string;
}

export interface Row {
  label: string;
  /** What stands where nothing ran. */
  idle: string;
  spans: readonly Span[];
  /** Single marks, drawn over the spans; one with `after` stands behind that time's mark, even at the same moment. */
  marks?: readonly { at: number; mark: string; after?: number }[];
  note: string;
}

/** From one row to another, by their places. */
export interface Arrow {
  at: number;
  from: number;
  to: number;
}

export function drawTimeline(
  rows: readonly Row[],
  arrows: readonly Arrow[],
  legend: string,
  columns = 80,
): string {
  const missing = Math.max(0, LABEL + CHART + 2 + NOTE - columns);
  const label = Math.max(LEAST, LABEL - Math.ceil(missing / 3));
  const width = Math.max(LEAST, Math.min(CHART, columns - label - 2 - NOTE));
  const scale = timeScale(
    rows.flatMap(({ spans }) => spans),
    width,
  );
  const grid = rows.map((row) => cellsOf(row, scale));
  drawArrows(grid, arrows, scale);
  const lines = rows.map((row, index) =>
    `${row.label.slice(0, label - 2).padEnd(label)}${grid[index]?.join("")}  ${row.note}`.trimEnd(),
  );
  const margin = label + legend.length <= columns ? label : 0;
  return [...lines, `${"".padEnd(margin)}${legend}`].join("\n");
}

interface Scale {
  readonly width: number;
  /** The column of a time. */
  column(time: number): number;
}

function cellsOf({ idle, spans, marks = [] }: Row, { column, width }: Scale): string[] {
  const cells = Array<string>(width).fill(idle);
  for (const { from, to, mark } of spans) cells.fill(mark, column(from), column(to) + 1);
  for (const { at, mark, after } of marks) {
    const earliest = after === undefined ? 0 : Math.min(column(after) + 1, width - 1);
    cells[Math.max(column(at), earliest)] = mark;
  }
  return cells;
}

/** One column each, in the order of time, so that two arrows of one moment can be told apart. */
function drawArrows(grid: readonly string[][], arrows: readonly Arrow[], { column, width }: Scale): void {
  let taken = -1;
  for (const { at, from, to } of arrows) {
    const place = Math.min(Math.max(column(at), taken + 1), width - 1);
    taken = place;
    const step = to > from ? 1 : -1;
    for (let row = from; row !== to + step; row += step) {
      const cells = grid[row];
      if (cells) cells[place] = row === from ? "◆" : row === to ? (step > 0 ? "▼" : "▲") : "│";
    }
  }
}

/** Maps a time to a column, with the gaps between spans shortened. */
function timeScale(spans: readonly Span[], width: number): Scale {
  const sorted = [...spans].sort((a, b) => a.from - b.from);
  const start = sorted[0]?.from ?? 0;
  const cuts: { from: number; to: number }[] = [];
  let end = start;
  for (const { from, to } of sorted) {
    if (from - end > GAP_MS) cuts.push({ from: end + GAP_MS, to: from });
    end = Math.max(end, to);
  }
  const place = (time: number) =>
    time -
    start -
    cuts.reduce((sum, cut) => sum + Math.min(Math.max(time - cut.from, 0), cut.to - cut.from), 0);
  const total = Math.max(1, place(end));
  const last = width - 1;
  return { width, column: (time) => Math.min(last, Math.max(0, Math.round((place(time) / total) * last))) };
}
