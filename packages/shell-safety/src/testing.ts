/**
 * Milliseconds of the processor that a call needs: the least of three, unless the first is below 100. Other programs of
 * a busy machine do not count, and a collection of garbage in the middle of one call does not either.
 */
export async function leastCpu(call: () => Promise<unknown>): Promise<number> {
  let least = Infinity;
  for (let tries = 0; tries < 3 && least >= 100; tries++) {
    const start = process.cpuUsage();
    await call();
    least = Math.min(least, process.cpuUsage(start).user / 1000);
  }
  return least;
}
