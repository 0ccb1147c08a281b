// Schedules as text, for the model and for the user.
import type { Fire, Schedule } from "./schedule.ts";
import { inWords, inZone } from "./times.ts";

/** The block in which a due schedule is put to the model: a note of the harness, not words of the user. */
export function renderFire({ schedule, due, lateMs, times, next }: Fire): string {
  const late = inWords(lateMs);
  const facts = [
    `id="${schedule.id}"`,
    `due="${due}"`,
    ...(late === undefined ? [] : [`late="${late}"`]),
    ...(times > 1 ? [`times_due="${times > 1000 ? "more than 1000" : times}"`] : []),
  ];
  const last =
    schedule.recurring && !next
      ? ["(This was its last time: recurring schedules end after 30 days. Tell the user.)"]
      : [];
  // What a prompt says must not be able to close the block that quotes it.
  const quoted = schedule.prompt.replaceAll("</", "<\\/");
  return [
    "<scheduled-prompt>",
    `<schedule ${facts.join(" ")}>`,
    quoted,
    "</schedule>",
    ...last,
    "</scheduled-prompt>",
  ].join("\n");
}

/** One line. */
export function describe(schedule: Schedule): string {
  const { id, cron, at, timeZone, nextFireAt, durable, expiresAt } = schedule;
  const when = cron === undefined ? `at ${at}` : `${cron} (${timeZone})${expiresAt === null ? ", once" : ""}`;
  const next = Date.parse(nextFireAt);
  const ends =
    expiresAt === null ? "" : `, ends after ${inZone(Date.parse(expiresAt), timeZone).slice(0, 10)}`;
  const kept = durable ? "kept in .schedules" : "gone with this program";
  return `${id}: ${when}, next ${inZone(next, timeZone)}${ends}, ${kept}: ${onOneLine(schedule.prompt)}`;
}

/** What becomes of the schedules when the program ends; empty if there are none. */
export function describeLeft(schedules: readonly Schedule[]): string {
  const ids = (isKept: boolean) =>
    schedules.flatMap(({ id, durable }) => (durable === isKept ? [id] : [])).join(", ");
  return [
    ...(ids(true) === "" ? [] : [`Kept for the next start: ${ids(true)}. Nothing fires until then.`]),
    ...(ids(false) === "" ? [] : [`Gone with this program: ${ids(false)}.`]),
  ].join("\n");
}

export function renderList(schedules: readonly Schedule[]): string {
  return schedules.length === 0 ? "No schedules." : schedules.map(describe).join("\n");
}

export function onOneLine(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length <= 120 ? line : `${line.slice(0, 120)} ...`;
}
