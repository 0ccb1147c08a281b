// Foreign text in little room: a tool's input on one line, its result in a few.
import { harmless } from "./control-characters.ts";
import { cut } from "./text.ts";

export function number(value: number): string {
  return value.toLocaleString("en");
}

/** A tool's input on one line: the value alone where there is one, else names and values. */
export function inputLine(input: unknown): string {
  if (typeof input !== "object" || input === null) return oneLine(JSON.stringify(input) ?? "");
  const entries = Object.entries(input);
  const [first] = entries;
  const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  if (entries.length === 1 && first) return oneLine(shown(first[1]));
  return oneLine(entries.map(([name, value]) => `${name}: ${shown(value)}`).join(", "));
}

export function oneLine(text: string): string {
  return harmless(text).replace(/\n+/g, " ⏎ ").trim();
}

/** The first lines of a text, cut to a width, and how many more there are. */
export function preview(text: string, lines: number, width: number): string[] {
  const all = harmless(text).trimEnd().split("\n");
  const shown = all.slice(0, all.length <= lines + 1 ? all.length : lines).map((line) => cut(line, width));
  if (shown.length < all.length) shown.push(`… ${all.length - shown.length} more lines`);
  return shown;
}

/** A message of several lines, of which only the first begins at the margin, as our own lines do. */
export function indented(text: string): string {
  return text.trimEnd().replace(/\r\n?|\n/g, "\n  ");
}
