// A schedule is stored intent: what to do, when, and what becomes of it after it has fired.
import { describeIssues, schema, ToolError, type Zod } from "@course/runtime";
import type { z } from "zod";
import { checkZone, dueAfter, dueTimes, type When } from "./due-times.ts";
import { inZone } from "./times.ts";

export const prompt = (z: Zod) => z.string().trim().min(1).max(10_000);

const scheduleSchema = schema((z) =>
  z.looseObject({
    id: z.string(),
    /** Five or six fields; a schedule has this or `at`. */
    cron: z.string().optional(),
    /** One point in time, ISO 8601. */
    at: z.string().optional(),
    timeZone: z.string(),
    /** What the model is asked when it is due. */
    prompt: prompt(z),
    recurring: z.boolean(),
    /** Whether it is in a file, and outlives the program. */
    durable: z.boolean(),
    /** ISO 8601 in UTC, as are the other times. */
    createdAt: z.iso.datetime(),
    lastFiredAt: z.iso.datetime().nullable(),
    nextFireAt: z.iso.datetime(),
    /** Null where it fires once. */
    expiresAt: z.iso.datetime().nullable(),
  }),
);

/**
 * Stored intent: a prompt, and when it is due. It runs nothing itself.
 *
 * @record `.schedules/<id>.json` where it is durable, shared by all programs in the workspace; else in memory
 */
export type Schedule = z.infer<ReturnType<typeof scheduleSchema>>;

/** A recurring schedule ends after this, because a forgotten one costs money each time. */
const EXPIRES_MS = 30 * 24 * 60 * 60 * 1000;

export interface Wish extends Partial<When> {
  prompt: string;
  recurring: boolean;
  durable: boolean;
}

/** Throws ToolError for what would recur, and is first due when it has ended already. */
export function checkFirst({ cron, timeZone, due }: When & { due: number }, now: number): void {
  if (due <= now + EXPIRES_MS) return;
  const end = inZone(now + EXPIRES_MS, timeZone).slice(0, 10);
  throw new ToolError(
    `cron: "${cron}" is first due ${inZone(due, timeZone)}. A recurring schedule ends after 30 days, here ${end}. Give recurring: false, and it fires once then.`,
  );
}

export function newSchedule(id: string, wish: Wish, when: When & { due: number }, now: number): Schedule {
  const { due, ...rest } = when;
  return {
    id,
    ...rest,
    prompt: wish.prompt,
    recurring: wish.recurring,
    durable: wish.durable,
    createdAt: iso(now),
    lastFiredAt: null,
    nextFireAt: iso(due),
    expiresAt: wish.recurring ? iso(now + EXPIRES_MS) : null,
  };
}

/** A due schedule that was taken: what the model is asked, and what it should know about it. */
export interface Fire {
  readonly schedule: Schedule;
  /** The due time that it fires for, as text in the schedule's zone. */
  readonly due: string;
  readonly lateMs: number;
  /** How often it was due since it last fired; it fires once for all of them. */
  readonly times: number;
  /** The schedule for its next due time; undefined if this was its last. */
  readonly next: Schedule | undefined;
}

/** Fires a schedule that is due: what to ask, and the schedule for its next due time. */
export function fire(schedule: Schedule, now: number): Fire {
  const due = Date.parse(schedule.nextFireAt);
  const next = schedule.recurring ? dueAfter(schedule, now) : undefined;
  const goesOn = next !== undefined && next <= Date.parse(schedule.expiresAt ?? "");
  return {
    schedule,
    due: inZone(due, schedule.timeZone),
    lateMs: now - due,
    times: schedule.recurring ? 1 + dueTimes(schedule, due, now).length : 1,
    next: goesOn ? { ...schedule, lastFiredAt: iso(now), nextFireAt: iso(next) } : undefined,
  };
}

export function isDue({ nextFireAt }: Pick<Schedule, "nextFireAt">, now: number): boolean {
  return Date.parse(nextFireAt) <= now;
}

/** The schedule that this value is. Throws an Error that says why it is none. */
export function parseSchedule(value: unknown): Schedule {
  const parsed = scheduleSchema().safeParse(value);
  if (!parsed.success) throw new Error(describeIssues(parsed.error));
  // A zone or an expression that cannot be read would fail at its due time, when nobody is there.
  checkZone(parsed.data.timeZone);
  dueAfter(parsed.data, 0);
  return parsed.data;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
