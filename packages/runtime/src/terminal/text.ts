// Text for the screen: plain strings, which may come from anywhere, and spans in one of our styles.
// Only the screen turns a style into an escape sequence, so a string can never hold one that works.
import { stripVTControlCharacters } from "node:util";
import type * as StringWidth from "string-width";
import type * as WrapAnsi from "wrap-ansi";
import { loadLater } from "../load-later.ts";

const stringWidth = loadLater<typeof StringWidth>("string-width", import.meta.url);
const wrapAnsi = loadLater<typeof WrapAnsi>("wrap-ansi", import.meta.url);

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
    yield { text: segment, index, columns: columnsOf(segment) };
}

/** One column each. What the banner consists of should not have to wait for the tables of all characters. */
const LATIN = /^[\x20-\x7e\xa1-\xac\xae-\xff]*$/;

/** How many columns a terminal gives a text; our styles take none. */
export function columnsOf(text: string): number {
  const shown = stripVTControlCharacters(text);
  return LATIN.test(shown) ? shown.length : stringWidth().default(text);
}

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

/** Words as lines of at most `width` columns. */
export function joined(words: readonly string[], width: number, separator = ", "): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && columnsOf(last + separator + word) <= width)
      lines[lines.length - 1] = last + separator + word;
    else lines.push(word);
  }
  return lines;
}

/** What the further rows of a line stand under: the text behind a label, behind a mark, or of an item of a list. */
const HEAD = /^(?: +\S+?(?: \S+?)*?(?: {2,}| │ )|\S {2,}| *(?:[-*]|\d{1,3}\.) )(?=\S)/;

/** A line, which may hold our styles, as rows of at most `width` columns: broken at blanks, each under the first one's text. */
export function wrapped(line: string, width: number): string[] {
  if (columnsOf(line) <= width) return [line];
  const head = headOf(line, width);
  const margin = " ".repeat(columnsOf(head));
  const room = width - margin.length;
  const words = line.slice(head.length).split(" ");
  const arePlain = words.every((word) => word !== "" && word.length <= room && LATIN.test(word));
  const rows = arePlain
    ? joined(words, room, " ")
    : wrapAnsi().default(words.join(" "), room, { hard: true }).split("\n");
  return rows.map((row, at) => (at === 0 ? head + row : row === "" ? row : margin + row));
}

/** The label or the blanks that a line begins with; nothing where they would leave too little room. */
function headOf(line: string, width: number): string {
  const heads = [HEAD.exec(line)?.[0] ?? "", /^ */.exec(line)?.[0] ?? ""];
  return heads.find((head) => head !== "" && columnsOf(head) <= width / 2) ?? "";
}
