import { dueTimes, inZone } from "@course/s14-cron-scheduler";
import { expect, test } from "vitest";
import { dueAfter, firstDue } from "../src/due-times.ts";

const NOW = Date.parse("2026-11-25T12:00:00Z");
const BERLIN = "Europe/Berlin";
const NEW_YORK = "America/New_York";

/** Due times of one local day, as they are on the wall. */
function onDay(cron: string, timeZone: string, from: string): string[] {
  const start = Date.parse(from);
  const times = dueTimes({ cron, timeZone }, start - 1, start + 36 * 3_600_000);
  const day = inZone(start, timeZone).slice(0, 10);
  return times
    .map((time) => inZone(time, timeZone))
    .filter((text) => text.startsWith(day))
    .map((text) => text.slice(11));
}

const SPRING = { [BERLIN]: "2027-03-28T00:00:00+01:00", [NEW_YORK]: "2027-03-14T00:00:00-05:00" };
const AUTUMN = { [BERLIN]: "2027-10-31T00:00:00+02:00", [NEW_YORK]: "2027-11-07T00:00:00-04:00" };

test.each([
  ["30 2 * * *", BERLIN, SPRING, ["03:00:00+02:00"]],
  ["30 2 * * *", NEW_YORK, SPRING, ["03:00:00-04:00"]],
  ["0 2,3 * * *", BERLIN, SPRING, ["03:00:00+02:00"]],
  ["30 2 * * *", BERLIN, AUTUMN, ["02:30:00+02:00"]],
  ["30 1 * * *", NEW_YORK, AUTUMN, ["01:30:00-04:00"]],
  ["30 2 * * *", NEW_YORK, AUTUMN, ["02:30:00-05:00"]],
  ["0 2,3 * * *", BERLIN, AUTUMN, ["02:00:00+02:00", "03:00:00+01:00"]],
] as const)("%s in %s is due once on a day of daylight saving", (cron, zone, days, expected) => {
  expect(onDay(cron, zone, days[zone])).toEqual(expected);
});

test.each([
  [SPRING, 23],
  [AUTUMN, 25],
])("what is due every hour is due once in each hour that passes", (days, hours) => {
  for (const zone of [BERLIN, NEW_YORK] as const)
    expect(onDay("30 * * * *", zone, days[zone])).toHaveLength(hours);
});

test("asked again within the hour that comes twice, a schedule is not due a second time", () => {
  const when = { cron: "30 2 * * *", timeZone: BERLIN };
  for (const minute of ["00:30:00", "00:30:05", "00:59:00", "01:00:00", "01:29:59"])
    expect(dueAfter(when, Date.parse(`2027-10-31T${minute}Z`))).toBe(Date.parse("2027-11-01T01:30:00Z"));
});

test.each([
  ["0 0 29 2 *", ["2028-02-29", "2032-02-29"]],
  ["0 0 31 * *", ["2026-12-31", "2027-01-31", "2027-03-31", "2027-05-31"]],
  ["0 0 L 2 *", ["2027-02-28", "2028-02-29"]],
])("%s is due on days that there are", (cron, days) => {
  const times = dueTimes({ cron, timeZone: "UTC" }, NOW, NOW + 9e11, days.length);
  expect(times.map((time) => new Date(time).toISOString().slice(0, 10))).toEqual(days);
});

test("blanks around the fields are none of them", () => {
  const times = (cron: string) => dueTimes({ cron, timeZone: "UTC" }, NOW, NOW + 9e8, 3);
  expect(times(" 0  9 * *\t* ")).toEqual(times("0 9 * * *"));
  expect(() => times(" 0 9 * * ")).toThrow(/has 4 fields/);
});

test("six fields begin with seconds", () => {
  const times = dueTimes({ cron: "*/2 * * * * *", timeZone: "UTC" }, NOW, NOW + 11_000);
  expect(times.map((time) => time - NOW)).toEqual([2000, 4000, 6000, 8000, 10000]);
});

test.each<[object, RegExp]>([
  [{ cron: "61 * * * *" }, /^cron: "61 \* \* \* \*": Invalid value for minute: 61$/],
  [{ cron: "0 25 * * *" }, /Invalid value for hour: 25/],
  [{ cron: "0 0 30 2 *" }, /^cron: "0 0 30 2 \*" never comes due: there is no such date\.$/],
  [{ cron: "* * *" }, /has 3 fields\. Write five \(minute hour day month weekday\)/],
  [{ cron: "* * * * * * 2027" }, /has 7 fields/],
  [{ cron: "@daily" }, /has 1 field\./],
  [{ cron: "" }, /^cron: "" has/],
  [{ cron: "a b c d e" }, /configuration entry 1 \(a\)/],
  [{ at: "2026-11-25T12:00:00Z" }, /^at: 2026-11-25T12:00:00Z is past/],
  [
    { at: "2026-11-25T11:59:59Z" },
    /^at: 2026-11-25T11:59:59Z is past; it is 2026-11-25T12:00:00\+00:00 now\.$/,
  ],
  [{ at: "2027-02-30T10:00" }, /^at: "2027-02-30T10:00" is no time in ISO 8601, or there is no such date\./],
  [{ at: "2027-02-28T25:00" }, /no such date/],
  [{ at: "tomorrow" }, /"tomorrow" is no time/],
  [{ at: "2027-01-01" }, /is no time in ISO 8601/],
  [{ at: "2027-03-28T14:30+24:00" }, /^at: "2027-03-28T14:30\+24:00" is no time in ISO 8601/],
  [{ at: "2027-03-28T14:30+25:00" }, /is no time in ISO 8601/],
  [{ at: "2027-03-28T14:30-9999" }, /is no time in ISO 8601/],
  [{ at: "9999-12-31T23:59-01:00" }, /^at: 9999-12-31T23:59-01:00 is after the year 9999 in UTC\.$/],
  [{ at: "2027-03-28T14:30-02:60" }, /is no time in ISO 8601/],
  [{ cron: "* * * * *", timeZone: "Mars/Base" }, /^time_zone: "Mars\/Base" is unknown/],
  [{ cron: "* * * * *", at: "2027-01-01T00:00" }, /Give one of cron and at/],
  [{}, /Give one of cron and at/],
])("%j is refused, with what is wrong and where", (wish, message) => {
  expect(() => firstDue({ timeZone: "UTC", ...wish }, NOW)).toThrow(message);
});

test.each([
  ["2027-01-05T10:00", BERLIN, "2027-01-05T09:00:00.000Z"],
  ["2027-07-05T10:00:30", BERLIN, "2027-07-05T08:00:30.000Z"],
  ["2027-01-05T10:00:00Z", BERLIN, "2027-01-05T10:00:00.000Z"],
  ["2027-01-05T10:00:00.123+02:00", BERLIN, "2027-01-05T08:00:00.000Z"],
  ["2027-01-05T10:00+2359", "UTC", "2027-01-04T10:01:00.000Z"],
  ["2027-01-05T10:00-19:59", "UTC", "2027-01-06T05:59:00.000Z"],
  ["2027-03-28T02:30", BERLIN, "2027-03-28T01:30:00.000Z"],
  ["2027-10-31T02:30", BERLIN, "2027-10-31T00:30:00.000Z"],
  ["2028-02-29T00:00", "UTC", "2028-02-29T00:00:00.000Z"],
])("at %s in %s is %s", (at, timeZone, instant) => {
  expect(new Date(firstDue({ at, timeZone }, NOW).due).toISOString()).toBe(instant);
});
