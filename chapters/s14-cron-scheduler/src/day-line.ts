// The next day as a line for each schedule, half an hour a cell (an hour where there is little room), and what has fired so far.
import { dueTimes } from "./due-times.ts";
import { onOneLine } from "./render-schedules.ts";
import type { Schedule } from "./schedule.ts";
import { clockTime, localZone } from "./times.ts";

const DAY_MS = 24 * 60 * 60_000;
const CELLS = 48;
const LABEL = 9;
/** What stands behind a line, at most: "  next 2026-11-28". */
const NEXT = 17;
const WIDTH = 80;

/** What fired in this session. */
export interface Fired {
  id: string;
  at: number;
}

/** At most 80 columns wide, and no wider than `columns`, as long as those are 50. */
export function drawDay(
  schedules: readonly Schedule[],
  fired: readonly Fired[],
  now: number,
  columns = WIDTH,
): string {
  const zone = localZone();
  const most = Math.min(columns, WIDTH);
  const count = LABEL + CELLS + NEXT <= most ? CELLS : CELLS / 2;
  const past = firedRow(fired, zone, most);
  const rows = schedules.flatMap((schedule) => [
    `${schedule.id.padEnd(LABEL)}${cells(schedule, now, count)}  ${next(schedule, now, zone)}`,
    `${"".padEnd(LABEL)}${(schedule.cron ?? "once").padEnd(14)} ${onOneLine(schedule.prompt)}`.slice(0, most),
  ]);
  return [
    ...(past === "" ? [] : [`${"fired".padEnd(LABEL)}${past}`]),
    `${"".padEnd(LABEL)}${hours(now, zone, count)}`,
    ...(rows.length > 0 ? rows : ["No schedules."]),
    `${"".padEnd(LABEL)}● due  ◆ due now, and waiting; ${zone}`,
  ].join("\n");
}

/** The latest that fit into the row. */
function firedRow(fired: readonly Fired[], zone: string, most: number): string {
  const past = fired.slice(-8).map(({ id, at }) => `${clockTime(at, zone)} ${id}`);
  while (past.join("  ").length > most - LABEL) past.shift();
  return past.join("  ");
}

function hours(now: number, zone: string, count: number): string {
  const marks = [0, 1, 2, 3, 4].map((quarter) => clockTime(now + (quarter / 4) * DAY_MS, zone));
  return marks
    .map((mark) => mark.padEnd(count / 4))
    .join("")
    .trimEnd();
}

function cells(schedule: Schedule, now: number, count: number): string {
  const line = Array<string>(count).fill("·");
  const cellMs = DAY_MS / count;
  const end = now + DAY_MS;
  const first = Date.parse(schedule.nextFireAt);
  const cell = (time: number) => Math.floor((time - now) / cellMs);
  // Cell by cell: what is due every second has 86,400 times a day.
  for (let time: number | undefined = first; time !== undefined && time < end;) {
    if (time > now) line[cell(time)] = "●";
    const from = Math.max(now + (cell(Math.max(time, now)) + 1) * cellMs - 1, time);
    time = schedule.recurring ? dueTimes(schedule, from, end, 1)[0] : undefined;
  }
  if (first <= now) line[0] = "◆";
  return line.join("");
}

function next({ nextFireAt }: Schedule, now: number, zone: string): string {
  const time = Date.parse(nextFireAt);
  if (time <= now) return "due now";
  const isSoon = time - now < DAY_MS;
  return `next ${isSoon ? clockTime(time, zone) : new Date(time).toISOString().slice(0, 10)}`;
}
