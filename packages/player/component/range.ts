// Which messages are drawn: from one number up to, and without, another.

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What fills most lists; where messages are short, more is drawn afterwards. */
const BEFORE = 3;
const AFTER = 3;
const MORE = 12;

/** Around the message that one should see. */
export function rangeAround(target: number, count: number): Range {
  return { from: Math.max(0, Math.min(target, count - 1) - BEFORE), to: Math.min(count, target + AFTER + 1) };
}

/** With more above. What was below stays, or the list would end under the reader. */
export function grownUp({ from, to }: Range): Range {
  return { from: Math.max(0, from - MORE), to };
}

export function grownDown({ from, to }: Range, count: number): Range {
  return { from, to: Math.min(count, to + MORE) };
}
