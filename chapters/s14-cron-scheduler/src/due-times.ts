// When a schedule is due: a cron expression of five or six fields in a time zone, or one point in time.
// croner knows the calendar and daylight saving; here is what we ask of it, and what we refuse.
import type { Cron } from "croner";
import { errorMessage, loadLater, ToolError } from "@course/runtime";
import { inZone, localZone } from "./times.ts";

const croner = loadLater<{ Cron: typeof Cron }>("croner", import.meta.url);

export interface When {
  cron?: string | undefined;
  /** ISO 8601; without an offset it is meant in the time zone. */
  at?: string | undefined;
  timeZone: string;
}

/** Times of a cron expression after `from` and up to `to`, at most so many. */
export function dueTimes(when: When, from: number, to: number, atMost = 1000): number[] {
  const times: number[] = [];
  for (let time = dueAfter(when, from); time !== undefined && time <= to; time = dueAfter(when, time)) {
    times.push(time);
    if (times.length === atMost) break;
  }
  return times;
}

/** The first due time after `time`; undefined if there is none. Throws ToolError for what is no expression. */
export function dueAfter({ cron, at, timeZone }: When, time: number): number | undefined {
  const next =
    cron === undefined ? parseAt(at ?? "", timeZone) : parseCron(cron, timeZone).nextRun(new Date(time));
  return next === null || Number(next) <= time ? undefined : Number(next);
}

/** What the model asked for, checked, with its first due time. Throws ToolError that says what is wrong, and where. */
export function firstDue(wish: Partial<When>, now: number): When & { due: number } {
  const when = { ...wish, timeZone: checkZone(wish.timeZone ?? localZone()) };
  if ((when.cron === undefined) === (when.at === undefined))
    throw new ToolError("Give one of cron and at: cron for what repeats, at for one point in time.");
  const due = dueAfter(when, now);
  if (due !== undefined) return { ...when, due };
  throw new ToolError(
    when.at === undefined
      ? `cron: "${when.cron}" never comes due: there is no such date.`
      : `at: ${when.at} is past; it is ${inZone(now, when.timeZone)} now.`,
  );
}

function parseCron(cron: string, timezone: string): Cron {
  const fields = cron.trim().split(/\s+/).length;
  if (fields !== 5 && fields !== 6)
    throw new ToolError(
      `cron: "${cron}" has ${fields} field${fields === 1 ? "" : "s"}. Write five (minute hour day month weekday), or six with seconds first.`,
    );
  try {
    // "no-wildcard" is what vixie-cron does: a job at fixed hours runs once on both days of daylight saving.
    return new (croner().Cron)(cron, { paused: true, timezone, fixedTimeRule: "no-wildcard" });
  } catch (error) {
    throw new ToolError(`cron: "${cron}": ${errorMessage(error).replace(/^CronPattern: /, "")}`);
  }
}

/** Later times have no place in the ISO 8601 of a schedule's file. */
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59);
const AT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(?:\.\d+)?(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?$/i;

/** A time that the zone skips, such as 02:30 when the clocks go forward, is the same time after the gap. */
function parseAt(at: string, timezone: string): number {
  const [, date = "", time = "", seconds = ":00", offset = ""] = AT.exec(at.trim()) ?? [];
  // Dates that do not exist are rolled over by those who read them: 30 February becomes 2 March.
  const written = `${date}T${time}${seconds}`;
  const exists = `${new Date(Date.parse(`${written}Z`) || 0).toISOString().slice(0, 19)}` === written;
  if (!exists)
    throw new ToolError(
      `at: "${at}" is no time in ISO 8601, or there is no such date. Write it as in 2027-03-28T14:30, with or without an offset.`,
    );
  const instant =
    offset === ""
      ? new (croner().Cron)(written, { paused: true, timezone, allowPast: true }).nextRun(new Date(0))
      : new Date(`${written}${offset}`);
  if (Number(instant) > LAST) throw new ToolError(`at: ${at} is after the year 9999 in UTC.`);
  return Number(instant);
}

/** The zone's own name. Throws ToolError if there is no such zone. */
export function checkZone(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;
  } catch {
    throw new ToolError(
      `time_zone: "${timeZone}" is unknown. Write a name of the IANA database, as in Europe/Berlin, or leave it out.`,
    );
  }
}
