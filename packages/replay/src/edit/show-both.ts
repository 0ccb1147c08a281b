// Two futures side by side; where the terminal is too narrow for that, one below the other.
import { bold, dim, type Screen } from "@course/runtime/terminal";
import { Columns } from "../columns.ts";
import { widthOf } from "../show.ts";
import { colorsOf } from "../text/paint.ts";
import type { Track } from "../track.ts";

/** Two columns of so many characters can still be read. */
const NARROWEST = 60;

export function showBoth(left: Track, right: Track, screen: Screen): void {
  const width = widthOf(screen);
  if (width < NARROWEST) {
    for (const track of [left, right]) showBelow(track, screen);
    return;
  }
  const columns = new Columns([left, right], {
    width,
    colors: colorsOf(screen.isLive && !process.env["NO_COLOR"]),
    write: (text) => void process.stdout.write(text),
  });
  columns.head();
  columns.show(Infinity);
  columns.foot();
}

function showBelow(track: Track, screen: Screen): void {
  screen.line(bold(track.title));
  for (const { at, text } of track.lines)
    screen.line(dim(`${(at / 1000).toFixed(1).padStart(5)} s`), `  ${text}`);
  screen.line(dim(track.summary(((track.endedAt ?? 0) / 1000).toFixed(1))));
  screen.line("");
}
