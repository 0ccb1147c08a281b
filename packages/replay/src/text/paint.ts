// Text as rows of a terminal: made harmless, in our styles, and broken to the width.
import picocolors from "picocolors";
import { harmless, spansOf, wrapped, type Text } from "@course/runtime/terminal";

export type Colors = ReturnType<typeof picocolors.createColors>;

export function colorsOf(hasColors: boolean): Colors {
  return picocolors.createColors(hasColors);
}

/** Rows of at most `width` columns. A span that has several lines is painted line by line. */
export function rowsOf(text: Text, width: number, colors: Colors): string[] {
  const painted = spansOf(text)
    .map((span) => {
      if (typeof span === "string") return harmless(span);
      const lines = harmless(span.text).split("\n");
      return lines.map((line) => (line === "" ? "" : colors[span.style](line))).join("\n");
    })
    .join("");
  return painted.split("\n").flatMap((line) => wrapped(line, width));
}
