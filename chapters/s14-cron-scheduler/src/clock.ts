// The clock that schedules go by. It is handed in, so that tests and --clock decide what time it is.

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once, at this time or soon after it, never before. Returns the function that cancels. */
  at(time: number, callback: () => void): () => void;
}

/**
 * The longest single timer. Node's timers stand still while the machine is suspended, take no notice when its clock
 * is set, and fire at once where the wait has more than 2^31 milliseconds (24.8 days). So a long wait is made of
 * legs, and after each the clock is read again: a machine that wakes up is at most a minute late.
 */
const LEG_MS = 60_000;

/** The machine's clock; `speed` makes it run so many times as fast, from now on. */
export function systemClock(speed = 1): Clock {
  const start = Date.now();
  const now = () => start + (Date.now() - start) * speed;
  return {
    now,
    at(time, callback) {
      let timer: NodeJS.Timeout | undefined;
      const wait = () => {
        const left = Math.ceil((time - now()) / speed);
        if (left <= 0 && timer) return callback();
        timer = setTimeout(wait, Math.min(Math.max(left, 0), LEG_MS)).unref();
      };
      wait();
      return () => clearTimeout(timer);
    },
  };
}
