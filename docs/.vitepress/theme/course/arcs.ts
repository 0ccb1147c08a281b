// The graph's geometry: chapters one below the other, arcs to their left.
import type { CourseChapter } from "../../build/shapes.ts";

/** From one chapter to the next in the drawing's own units; the page stretches it, too. */
export const ROW = 54;
/** The drawing's width in its own units. */
export const WIDTH = 320;

export interface Arc {
  /** The chapter that builds on the other. */
  from: string;
  to: string;
  /** As in an SVG path's d. */
  path: string;
}

export function arcsOf(chapters: readonly Pick<CourseChapter, "id" | "needs">[]): Arc[] {
  const placeOf = (id: string) => chapters.findIndex((chapter) => chapter.id === id);
  const longest = Math.max(
    1,
    ...chapters.flatMap(({ id, needs }) => needs.map((need) => placeOf(id) - placeOf(need))),
  );
  return chapters.flatMap(({ id, needs }) =>
    needs.map((need) => {
      const [from, to] = [placeOf(id), placeOf(need)];
      const [y1, y2] = [(from + 0.5) * ROW, (to + 0.5) * ROW];
      // Far apart means far out; the square root keeps short arcs apart from the line.
      const reach = WIDTH - WIDTH * 1.3 * Math.sqrt((from - to) / longest);
      return { from: id, to: need, path: `M${WIDTH} ${y1} C${reach} ${y1} ${reach} ${y2} ${WIDTH} ${y2}` };
    }),
  );
}

/** As in "s05, s07 to s10": of three or more in a row, the first and the last. `all` has their order. */
export function listOf(ids: readonly string[], all: readonly string[]): string {
  const rows: string[][] = [];
  for (const id of ids) {
    const row = rows.at(-1);
    const previous = all[all.indexOf(id) - 1];
    if (row && row.at(-1) === previous) row.push(id);
    else rows.push([id]);
  }
  return rows.flatMap((row) => (row.length < 3 ? row : `${row[0] ?? ""} to ${row.at(-1) ?? ""}`)).join(", ");
}
