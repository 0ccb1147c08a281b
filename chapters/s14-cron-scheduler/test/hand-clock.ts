import type { Clock } from "@course/s14-cron-scheduler";

/** A clock that a test sets. What is due by then is called, as where a suspended machine wakes up. */
export class HandClock implements Clock {
  #now: number;
  readonly #alarms = new Map<symbol, { time: number; callback: () => void }>();

  constructor(start: string) {
    this.#now = Date.parse(start);
  }

  now(): number {
    return this.#now;
  }

  at(time: number, callback: () => void): () => void {
    const key = Symbol("alarm");
    this.#alarms.set(key, { time, callback });
    return () => void this.#alarms.delete(key);
  }

  set(time: string | number): void {
    this.#now = typeof time === "number" ? time : Date.parse(time);
    for (;;) {
      const [key, alarm] = [...this.#alarms].find(([, { time }]) => time <= this.#now) ?? [];
      if (!key || !alarm) return;
      this.#alarms.delete(key);
      alarm.callback();
    }
  }

  pass(ms: number): void {
    this.set(this.#now + ms);
  }
}
