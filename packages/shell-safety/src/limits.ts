// What a line may hold so that it is read in a few milliseconds. Nobody who types is near any of these.

export const MOST_WORDS = 200;
export const DEEPEST = 10;
const LONGEST_LINE = 4_000;
/** The parser's time grows faster than their number. */
const MOST_OPERATORS = 400;

export const TOO_MANY_WORDS = `it has more than ${MOST_WORDS} words`;

/** Why the line is not even parsed, in words; undefined if it is. */
export function excessOf(line: string): string | undefined {
  if (line.length > LONGEST_LINE) return `it has more than ${LONGEST_LINE} characters`;
  const operators = line.match(/[|&;()<>{}$`=]/g)?.length ?? 0;
  return operators > MOST_OPERATORS ? "it has too much syntax" : undefined;
}
