import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { timed, waitForHuman } from "../src/conversation/human-wait.ts";

// A clock of the test's own: a busy machine's delays would count as work.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const ask = () => waitForHuman(() => delay(200));

async function milliseconds(call: () => Promise<unknown>): Promise<number> {
  const run = timed(call);
  await vi.runAllTimersAsync();
  return (await run).durationMs;
}

test("a call's time is without the waits for a person", async () => {
  const call = async () => {
    await delay(50);
    await ask();
    await delay(50);
  };
  expect(await milliseconds(call)).toBe(100);
});

test("a question counts for its own call and those around it, and not for one that runs beside it", async () => {
  const beside = timed(() => delay(200));
  let asking = NaN;
  const around = milliseconds(async () => {
    asking = (await timed(ask)).durationMs;
    await delay(30);
  });
  expect(await around, "the call around it").toBe(30);
  expect(asking, "the call that asks").toBe(0);
  expect((await beside).durationMs, "the call beside it").toBe(200);
});

test("questions that stand open at once are one wait, and one that is given up ends", async () => {
  const fails = () => waitForHuman(() => delay(100).then(() => Promise.reject(new Error("gone"))));
  const call = async () => {
    await Promise.all([ask(), ask(), fails().catch(() => {})]);
    await delay(100);
  };
  expect(await milliseconds(call)).toBe(100);
});
