// The clock that schedules use. It is handed in, so that tests and --clock decide what time it is.

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once, at this time or soon after it, never before. Returns the function that cancels. */
  at(time: number, callback: () => void): () => void;
}

/**
 * The longest single timer. Node's timers stop while the machine is suspended, do not notice when its clock is set, and
 * fire at once if the wait is longer than 2^31 milliseconds (24.8 days). So a long wait is made of legs, and after each
 * one the clock is read again: a machine that wakes up is at most a minute late.
 */
const LEG_MS = 60_000;

/** The machine's clock; from now on it runs `speed` times as fast. */
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
