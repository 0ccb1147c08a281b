// How long something may take. Node's timers count whole milliseconds; one that is longer than they can count ends at once.

const LONGEST_MS = 2 ** 31 - 1;

export const timerLimit = (ms: number) => Math.min(Math.ceil(ms), LONGEST_MS);

/** Claude Code's variables for the same limits; undefined where one is not set, or is no number. */
export function milliseconds(variable: string): number | undefined {
  const value = Number(process.env[variable]);
  return value > 0 ? timerLimit(value) : undefined;
}
