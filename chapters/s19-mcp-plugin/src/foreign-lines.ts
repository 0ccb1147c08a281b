// Words of a server or a plugin in a text of ours that has a line for each thing: they must not begin such a line.

const BREAKS = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;

/** A sign stands where a line would begin. */
export function onOneLine(words: string): string {
  const [first = "", ...rest] = words.trimEnd().split(BREAKS);
  return [first, ...rest.map((line) => line.trim()).filter(Boolean)].join(" ⏎ ");
}

/** All lines but the first stand behind this. */
export const indented = (words: string, indent: string) => words.split(BREAKS).join(`\n${indent}`);
