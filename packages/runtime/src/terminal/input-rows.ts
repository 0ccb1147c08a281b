// The input line as rows of the screen, and where its cursor stands.
import { harmless } from "./control-characters.ts";
import { charactersOf, columnsOf } from "./text.ts";

export interface InputRows {
  rows: string[];
  cursor: { row: number; column: number };
}

/** Lays out a line behind `prompt`, a plain text, which begins the first row. */
export function inputRows(prompt: string, line: string, cursor: number, width: number): InputRows {
  const shown = harmless(line);
  const at = harmless(line.slice(0, cursor)).length;
  const rows = [prompt];
  let columns = columnsOf(prompt);
  let place = { row: 0, column: columns };
  for (const character of charactersOf(shown)) {
    if (character.index <= at) place = { row: rows.length - 1, column: columns };
    if (character.text === "\n" || columns + character.columns > width) {
      rows.push("");
      columns = 0;
      if (character.text === "\n") continue;
      if (character.index === at) place = { row: rows.length - 1, column: 0 };
    }
    rows[rows.length - 1] += character.text;
    columns += character.columns;
  }
  if (at >= shown.length) {
    // The cursor needs a column of its own.
    if (columns >= width) {
      rows.push("");
      columns = 0;
    }
    place = { row: rows.length - 1, column: columns };
  }
  return { rows, cursor: place };
}

/** The rows around the cursor that fit in a height. */
export function windowOf({ rows, cursor }: InputRows, height: number): InputRows {
  if (rows.length <= height) return { rows, cursor };
  const start = Math.min(Math.max(0, cursor.row - height + 1), rows.length - height);
  return {
    rows: rows.slice(start, start + height),
    cursor: { row: cursor.row - start, column: cursor.column },
  };
}
