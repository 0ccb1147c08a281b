// The graph's geometry: chapters one below the other, arcs to their left.
import type { CourseChapter } from "../../build/shapes.ts";

/** Pixels from one chapter to the next. */
export const ROW = 54;
/** The drawing's width in its own units; the page stretches it. */
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
