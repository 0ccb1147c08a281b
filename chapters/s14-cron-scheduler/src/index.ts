// @course/s14-cron-scheduler: stored intent, for later chapters.
export { systemClock, type Clock } from "./clock.ts";
export { cronScheduler } from "./cron-scheduler.ts";
export { dueTimes } from "./due-times.ts";
export { schedulerFlags } from "./flags.ts";
export type { Schedule } from "./schedule.ts";
export { inZone } from "./times.ts";
