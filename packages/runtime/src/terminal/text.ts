// Text for the screen: plain strings, which may come from anywhere, and spans in one of our styles.
// Only the screen turns a style into an escape sequence, so a string can never hold one that works.
import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan" | "blue" | "magenta";

export interface Span {
  readonly style: Style;
  readonly text: string;
}

export type Text = string | Span | readonly Text[];

const styled =
  (style: Style) =>
  (text: string): Span => ({ style, text });
export const bold = styled("bold");
export const dim = styled("dim");
export const red = styled("red");
export const green = styled("green");
export const yellow = styled("yellow");
export const cyan = styled("cyan");
const NAME_COLORS = [styled("magenta"), styled("blue"), cyan] as const;

/** A name in the color of its number, so that those who talk at once can be told apart. */
export function named(name: string, number: number): Span {
  return (NAME_COLORS[number % NAME_COLORS.length] ?? cyan)(name);
}

/** The pieces of a text, in their order. */
export function spansOf(text: Text): Array<string | Span> {
  if (typeof text === "string" || "style" in text) return [text];
  return text.flatMap(spansOf);
}

const graphemes = new Intl.Segmenter();

/** The characters of a line as a reader counts them, each with its columns. */
export function* charactersOf(line: string): Generator<{ text: string; index: number; columns: number }> {
  for (const { segment, index } of graphemes.segment(line))
    yield { text: segment, index, columns: stringWidth(segment) };
}

export const columnsOf = (text: string): number => stringWidth(text);

/** A line without styles, cut to so many columns. */
export function cut(line: string, width: number): string {
  let columns = 0;
  let end = 0;
  for (const character of charactersOf(line)) {
    columns += character.columns;
    if (columns > width) return width < 1 ? "" : `${line.slice(0, end)}…`;
    // One column is kept for the mark.
    if (columns < width) end = character.index + character.text.length;
  }
  return line;
}

/** A line, which may hold our styles, as rows of at most `width` columns: broken at blanks, with the line's own indent. */
export function wrapped(line: string, width: number): string[] {
  if (stringWidth(line) <= width) return [line];
  const indent = /^ */.exec(line)?.[0] ?? "";
  const margin = indent.length < width / 2 ? indent : "";
  return wrapAnsi(line.slice(indent.length), width - margin.length, { hard: true })
    .split("\n")
    .map((row) => (row === "" ? row : margin + row));
}
