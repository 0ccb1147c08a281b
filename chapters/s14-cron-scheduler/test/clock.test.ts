import { systemClock } from "@course/s14-cron-scheduler";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const DAY = 24 * 3_600_000;

beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2026-11-25T12:00:00Z") }));
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function alarmIn(ms: number, speed?: number) {
  const clock = systemClock(speed);
  const callback = vi.fn<() => void>();
  return { callback, cancel: clock.at(clock.now() + ms, callback), clock };
}

test("a long wait begins with a leg of a minute", () => {
  const timers = vi.spyOn(globalThis, "setTimeout");
  alarmIn(60 * DAY);
  expect(timers.mock.calls.map(([, ms]) => ms)).toEqual([60_000]);
});

test("a wait of 60 days ends after 60 days, once", () => {
  const { callback } = alarmIn(60 * DAY);
  vi.advanceTimersByTime(60 * DAY - 1);
  expect(callback).not.toHaveBeenCalled();
  vi.advanceTimersByTime(2 * DAY);
  expect(callback).toHaveBeenCalledTimes(1);
});

test("a machine that was suspended is at most a minute late", () => {
  const { callback } = alarmIn(8 * 3_600_000);
  // Timers stand still meanwhile.
  vi.setSystemTime(Date.now() + 9 * 3_600_000);
  vi.advanceTimersByTime(60_000);
  expect(callback).toHaveBeenCalledTimes(1);
});

test("a clock that is set back an hour makes the wait an hour longer", () => {
  const { callback } = alarmIn(3_600_000);
  vi.setSystemTime(Date.now() - 3_600_000);
  vi.advanceTimersByTime(3_600_000 + 60_000);
  expect(callback).not.toHaveBeenCalled();
  vi.advanceTimersByTime(3_600_000);
  expect(callback).toHaveBeenCalledTimes(1);
});

test("a clock 60 times as fast passes an hour in a minute", () => {
  const { callback, clock } = alarmIn(3_600_000, 60);
  const start = clock.now();
  vi.advanceTimersByTime(60_000);
  expect(clock.now() - start).toBe(3_600_000);
  expect(callback).toHaveBeenCalledTimes(1);
});

test("what was cancelled is not called", () => {
  const { callback, cancel } = alarmIn(5 * 60_000);
  vi.advanceTimersByTime(3 * 60_000);
  cancel();
  vi.advanceTimersByTime(DAY);
  expect(callback).not.toHaveBeenCalled();
});
