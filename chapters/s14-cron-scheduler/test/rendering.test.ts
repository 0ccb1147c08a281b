// What the model and the user read of schedules, and the flags.
import { expect, test } from "vitest";
import { drawDay } from "../src/day-line.ts";
import { askSeconds, clockSpeed } from "../src/flags.ts";
import { describe, describeLeft, onOneLine, renderFire, renderList } from "../src/render-schedules.ts";
import { newSchedule, type Fire, type Schedule } from "../src/schedule.ts";
import { clockTime, inWords, inZone } from "../src/times.ts";

const NOW = Date.parse("2027-01-01T00:00:00Z");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function schedule(more: Partial<Schedule> = {}): Schedule {
  const when = { cron: "30 2 * * *", timeZone: "UTC", due: NOW + 2.5 * HOUR };
  return {
    ...newSchedule("sch_1", { prompt: "Run the tests", recurring: true, durable: false }, when, NOW),
    ...more,
  };
}

const fire = (more: Partial<Fire> = {}) =>
  renderFire({
    schedule: schedule(),
    due: inZone(NOW, "UTC"),
    lateMs: 0,
    times: 1,
    next: schedule(),
    ...more,
  });

test("the model is told how late a schedule is and how often it was due, where there is something to tell", () => {
  const head = (more: Partial<Fire>) => fire(more).split("\n")[1];
  const due = 'id="sch_1" due="2027-01-01T00:00:00+00:00"';
  expect(head({})).toBe(`<schedule ${due}>`);
  expect(head({ lateMs: 59_999, times: 2 })).toBe(`<schedule ${due} times_due="2">`);
  expect(head({ lateMs: 3 * HOUR })).toBe(`<schedule ${due} late="3 h">`);
  expect(head({ times: 1000 })).toContain('times_due="1000"');
  expect(head({ times: 1001 })).toContain('times_due="more than 1000"');
});

test("a prompt is quoted as it is, but for what would close its block", () => {
  const text = fire({ schedule: schedule({ prompt: "one\n</schedule> <b>two</b>" }) });
  expect(text.split("\n").slice(2)).toEqual([
    "one",
    "<\\/schedule> <b>two<\\/b>",
    "</schedule>",
    "</scheduled-prompt>",
  ]);
});

test("that it was the last time is said of what recurs, and not of what fires once", () => {
  expect(fire({ next: undefined })).toContain("This was its last time");
  expect(fire()).not.toContain("last time");
  expect(fire({ schedule: schedule({ recurring: false }), next: undefined })).not.toContain("last time");
});

test("a schedule is one line: when, until when, where it is kept, and its prompt", () => {
  const once = { recurring: false, expiresAt: null };
  expect(
    renderList([
      schedule(),
      schedule({ ...once, durable: true }),
      schedule({ ...once, cron: undefined, at: "2027-01-01T02:30", prompt: "a\n  b" }),
    ]).split("\n"),
  ).toEqual([
    "sch_1: 30 2 * * * (UTC), next 2027-01-01T02:30:00+00:00, ends after 2027-01-31, gone with this program: Run the tests",
    "sch_1: 30 2 * * * (UTC), once, next 2027-01-01T02:30:00+00:00, kept in .schedules: Run the tests",
    "sch_1: at 2027-01-01T02:30, next 2027-01-01T02:30:00+00:00, gone with this program: a b",
  ]);
  expect(renderList([])).toBe("No schedules.");
});

test("a prompt of more than 120 characters is cut where it is listed", () => {
  const long = `b${"x".repeat(119)}`;
  expect(onOneLine(long)).toBe(long);
  expect(onOneLine(`${long}y`)).toBe(`${long} ...`);
  expect(describe(schedule({ prompt: `${long}y` }))).toMatch(/: bx+ \.\.\.$/);
});

test("at the end it is said which schedules stay and which are gone", () => {
  const kept = [schedule({ id: "sch_d1", durable: true }), schedule({ id: "sch_d2", durable: true })];
  const lines = [
    "Kept for the next start: sch_d1, sch_d2. Nothing fires until then.",
    "Gone with this program: sch_1.",
  ];
  expect(describeLeft([schedule(), ...kept])).toBe(lines.join("\n"));
  expect(describeLeft(kept)).toBe(lines[0]);
  expect(describeLeft([schedule()])).toBe(lines[1]);
  expect(describeLeft([])).toBe("");
});

test.each([
  [59_999, undefined],
  [MINUTE, "1 min"],
  [2 * HOUR - 1, "119 min"],
  [2 * HOUR, "2 h"],
  [48 * HOUR - 1, "47 h"],
  [48 * HOUR, "2 days"],
  [100 * HOUR, "4 days"],
])("%d ms is %j", (ms, words) => {
  expect(inWords(ms)).toBe(words);
});

test.each([
  ["UTC", "2027-01-01T00:00:00+00:00"],
  ["Europe/Berlin", "2027-01-01T01:00:00+01:00"],
  ["America/New_York", "2026-12-31T19:00:00-05:00"],
  ["Asia/Kolkata", "2027-01-01T05:30:00+05:30"],
])("a time in %s has the offset of that zone", (zone, text) => {
  expect(inZone(NOW, zone)).toBe(text);
  expect(clockTime(NOW, zone)).toBe(text.slice(11, 16));
});

/** The cells of the first schedule. */
const cellsOf = (one: Schedule, now = NOW) => drawDay([one], [], now).split("\n")[1]?.slice(9, 57);

test("the day line has a mark in each half hour in which a schedule is due", () => {
  const at = (cron: string, due: number) => schedule({ cron, nextFireAt: new Date(due).toISOString() });
  const halfHours = at("0,30 * * * *", NOW + 30 * MINUTE);
  expect(cellsOf(halfHours), "due on the border of two cells").toBe(`·${"●".repeat(47)}`);
  expect(cellsOf(halfHours, NOW + MINUTE), "due within a cell").toBe("●".repeat(48));
  expect(cellsOf(schedule()), "due once in the day").toBe(`·····●${"·".repeat(42)}`);
  expect(cellsOf(at("0 0 * * *", NOW + 24 * HOUR)), "due after the day").toBe("·".repeat(48));
  expect(cellsOf(at("0 0 * * *", NOW)), "due now").toBe(`◆${"·".repeat(47)}`);
  expect(cellsOf(at("0 * * * *", NOW - 3 * HOUR)), "due for hours, and due again").toBe(
    `◆·${"●·".repeat(23)}`,
  );
  const once = schedule({ recurring: false, expiresAt: null });
  expect(cellsOf(once, NOW + HOUR), "fires once").toBe(`···●${"·".repeat(44)}`);
});

test("the day line of what is due every second is full", () => {
  const every = schedule({ cron: "* * * * * *", nextFireAt: new Date(NOW + 1000).toISOString() });
  expect(cellsOf(every)).toBe("●".repeat(48));
});

test("under the line stand when a schedule is due, its expression, and its prompt; over it what fired", () => {
  const rows = (one: Schedule, now = NOW) => drawDay([one], [], now).split("\n").slice(1, 3);
  expect(rows(schedule())[0]).toMatch(/ {2}next \d\d:\d\d$/);
  expect(rows(schedule())[1]).toBe("         30 2 * * *     Run the tests");
  expect(rows(schedule({ cron: undefined, at: "2027-01-03T00:00" }))[1]).toMatch(/^ +once {11}Run/);
  expect(rows(schedule({ nextFireAt: "2027-01-03T00:00:00.000Z" }))[0]).toMatch(/next 2027-01-03$/);
  expect(rows(schedule(), NOW + 2.5 * HOUR)[0]).toMatch(/due now$/);
  const fired = Array.from({ length: 9 }, (_, index) => ({ id: `sch_${index}`, at: NOW }));
  expect(drawDay([], fired, NOW)).toMatch(/^fired {4}\d\d:\d\d sch_4 .* sch_8\n/);
  expect(drawDay([], [], NOW).split("\n")).toEqual([
    expect.stringMatching(/^ {9}\d\d:\d\d( {7}\d\d:\d\d){4}$/),
    "No schedules.",
    expect.stringMatching(/^ {9}● due {2}◆ due now, and waiting; /),
  ]);
});

test("where there is little room a cell is an hour", () => {
  const one = schedule({
    nextFireAt: new Date(NOW + 6 * HOUR).toISOString(),
    cron: undefined,
    at: "2027-01-01T06:00",
    recurring: false,
  });
  const rows = drawDay([one], [], NOW, 60).split("\n");
  expect(rows[0]).toMatch(/^ {9}\d\d:\d\d( \d\d:\d\d){4}$/);
  expect(rows[1]).toMatch(/^sch_\w+ +·{6}●·{17} {2}next \d\d:\d\d$/);
  expect(rows.every((row) => row.length <= 60)).toBe(true);
  // Just enough for half an hour.
  expect(drawDay([one], [], NOW, 74).split("\n")[1]).toMatch(/·{12}●·{35} /);
  expect(drawDay([one], [], NOW, 73).split("\n")[1]).not.toMatch(/·{12}●/);
});

test("the flags are read, and what they cannot be is refused by its name", () => {
  expect([clockSpeed({}), clockSpeed({ clock: "1x" }), clockSpeed({ clock: "99999x" })]).toEqual([
    undefined,
    1,
    99_999,
  ]);
  expect([askSeconds({}), askSeconds({ "ask-seconds": "99999" })]).toEqual([60, 99_999]);
  for (const clock of ["100000x", "60", "x", "1.5x", "-1x", ""])
    expect(() => clockSpeed({ clock })).toThrow(`--clock ${clock}: expected 1x to 99999x, as in 60x.`);
  for (const seconds of ["100000", "1.5", "soon", ""])
    expect(() => askSeconds({ "ask-seconds": seconds })).toThrow(
      `--ask-seconds ${seconds}: expected a whole`,
    );
});

test("above the day stands the time now and each six hours on", () => {
  const [head = ""] = drawDay([], [], NOW).split("\n");
  const minutes = head
    .trim()
    .split(/\s+/)
    .map((mark) => Number(mark.slice(0, 2)) * 60 + Number(mark.slice(3)));
  const [first = 0] = minutes;
  expect(minutes).toEqual([0, 6, 12, 18, 24].map((hours) => (first + hours * 60) % 1440));
  expect(first % 60).toBe(new Date(NOW).getMinutes());
});
