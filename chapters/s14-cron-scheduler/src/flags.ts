// The flags of this chapter. Throws an Error that names the value at fault and what was expected.
import type { FlagValues } from "@course/runtime";

export const schedulerFlags = {
  clock: { value: "SPEED", description: "Run schedules on a faster clock, as in 60x; offline only" },
  "ask-seconds": {
    value: "N",
    description: "How long a question waits where a schedule started the run; default 60",
  },
} as const;

/** How many times as fast the clock runs; undefined without the flag. */
export function clockSpeed(values: FlagValues): number | undefined {
  const speed = values["clock"];
  if (speed === undefined) return undefined;
  const [, times = ""] = /^([1-9]\d{0,4})x$/.exec(String(speed)) ?? [];
  if (times !== "") return Number(times);
  throw new Error(`--clock ${speed}: expected 1x to 99999x, as in 60x.`);
}

export function askSeconds(values: FlagValues): number {
  const seconds = values["ask-seconds"] ?? "60";
  if (/^[1-9]\d{0,4}$/.test(String(seconds))) return Number(seconds);
  throw new Error(`--ask-seconds ${seconds}: expected a whole number from 1 to 99999.`);
}
