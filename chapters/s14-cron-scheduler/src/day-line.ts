// The next day as a line for each schedule, half an hour a cell, and what has fired so far.
import { dueTimes } from "./due-times.ts";
import { onOneLine } from "./render-schedules.ts";
import type { Schedule } from "./schedule.ts";
import { clockTime, localZone } from "./times.ts";

const CELL_MS = 30 * 60_000;
const CELLS = 48;
const LABEL = 9;
const WIDTH = 80;

/** What fired in this session. */
export interface Fired {
  id: string;
  at: number;
}

/** At most 80 columns wide. */
export function drawDay(schedules: readonly Schedule[], fired: readonly Fired[], now: number): string {
  const zone = localZone();
  const past = firedRow(fired, zone);
  const rows = schedules.flatMap((schedule) => [
    `${schedule.id.padEnd(LABEL)}${cells(schedule, now)}  ${next(schedule, now, zone)}`,
    `${"".padEnd(LABEL)}${(schedule.cron ?? "once").padEnd(14)} ${onOneLine(schedule.prompt)}`.slice(
      0,
      WIDTH,
    ),
  ]);
  return [
    ...(past === "" ? [] : [`${"fired".padEnd(LABEL)}${past}`]),
    `${"".padEnd(LABEL)}${hours(now, zone)}`,
    ...(rows.length > 0 ? rows : ["No schedules."]),
    `${"".padEnd(LABEL)}● due  ◆ due now, and waiting; ${zone}`,
  ].join("\n");
}

/** The latest that fit into the row. */
function firedRow(fired: readonly Fired[], zone: string): string {
  const past = fired.slice(-8).map(({ id, at }) => `${clockTime(at, zone)} ${id}`);
  while (past.join("  ").length > WIDTH - LABEL) past.shift();
  return past.join("  ");
}

function hours(now: number, zone: string): string {
  const marks = [0, 12, 24, 36, 48].map((cell) => clockTime(now + cell * CELL_MS, zone));
  return marks
    .map((mark) => mark.padEnd(12))
    .join("")
    .trimEnd();
}

function cells(schedule: Schedule, now: number): string {
  const line = Array<string>(CELLS).fill("·");
  const end = now + CELLS * CELL_MS;
  const first = Date.parse(schedule.nextFireAt);
  const cell = (time: number) => Math.floor((time - now) / CELL_MS);
  // Cell by cell: what is due every second has 86,400 times a day.
  for (let time: number | undefined = first; time !== undefined && time < end;) {
    if (time > now) line[cell(time)] = "●";
    const from = Math.max(now + (cell(Math.max(time, now)) + 1) * CELL_MS - 1, time);
    time = schedule.recurring ? dueTimes(schedule, from, end, 1)[0] : undefined;
  }
  if (first <= now) line[0] = "◆";
  return line.join("");
}

function next({ nextFireAt }: Schedule, now: number, zone: string): string {
  const time = Date.parse(nextFireAt);
  if (time <= now) return "due now";
  const isSoon = time - now < CELLS * CELL_MS;
  return `next ${isSoon ? clockTime(time, zone) : new Date(time).toISOString().slice(0, 10)}`;
}
