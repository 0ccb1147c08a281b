// What a schedule of every night at 02:30 does on the two days on which clocks change, by asking the scheduler.
import { dueTimes, inZone } from "@course/s14-cron-scheduler";
import { table } from "./format.ts";

const HOUR = 3_600_000;

/** Midnight of a day on which the clocks go forward, and of one on which they go back. */
const DAYS: readonly [timeZone: string, what: string, midnight: string][] = [
  ["Europe/Berlin", "02:00 becomes 03:00", "2027-03-28T00:00:00+01:00"],
  ["Europe/Berlin", "03:00 becomes 02:00", "2027-10-31T00:00:00+02:00"],
  ["America/New_York", "02:00 becomes 03:00", "2027-03-14T00:00:00-05:00"],
  ["America/New_York", "02:00 becomes 01:00", "2027-11-07T00:00:00-04:00"],
];

export function daylightTable(): string {
  const rows = DAYS.map(([timeZone, what, midnight]) => [
    `${midnight.slice(0, 10)}, ${timeZone}`,
    what,
    firesOn("30 2 * * *", timeZone, midnight).join(", "),
    `${firesOn("30 * * * *", timeZone, midnight).length} times`,
  ]);
  return table(["Day", "The clock", "`30 2 * * *` fires at", "`30 * * * *` fires"], rows);
}

function firesOn(cron: string, timeZone: string, midnight: string): string[] {
  const start = Date.parse(midnight);
  const texts = dueTimes({ cron, timeZone }, start - 1, start + 26 * HOUR).map((time) =>
    inZone(time, timeZone),
  );
  return texts.filter((text) => text.startsWith(midnight.slice(0, 10))).map((text) => text.slice(11));
}
