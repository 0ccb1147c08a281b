/** One above the highest number that is taken; where that is more than `largest`, the lowest that is not taken. */
export function nextNumber(taken: ReadonlySet<number>, largest: number): number {
  let next = [...taken].reduce((a, b) => Math.max(a, b), 0) + 1;
  // Somebody has put a file with the highest number there is.
  if (next > largest) for (next = 1; taken.has(next);) next += 1;
  return next;
}
