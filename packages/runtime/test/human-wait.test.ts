import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { timed, waitForHuman } from "../src/conversation/human-wait.ts";

const ask = () => waitForHuman(() => delay(200));

test("a call's time is without the waits for a person", async () => {
  const { durationMs } = await timed(async () => {
    await delay(50);
    await ask();
    await delay(50);
  });
  expect(durationMs).toBeGreaterThan(80);
  expect(durationMs).toBeLessThan(200);
});

test("a question counts for its own call and those around it, and not for one that runs beside it", async () => {
  let asking = 0;
  const outer = timed(async () => {
    asking = (await timed(ask)).durationMs;
  });
  const beside = timed(() => delay(200));
  expect((await outer).durationMs, "the call around it").toBeLessThan(100);
  expect(asking, "the call that asks").toBeLessThan(100);
  expect((await beside).durationMs, "the call beside it").toBeGreaterThan(180);
});

test("questions that stand open at once are one wait, and one that is given up ends", async () => {
  const fails = () => waitForHuman(() => delay(100).then(() => Promise.reject(new Error("gone"))));
  const { durationMs } = await timed(async () => {
    await Promise.all([ask(), ask(), fails().catch(() => {})]);
    await delay(100);
  });
  expect(durationMs).toBeGreaterThan(80);
  expect(durationMs).toBeLessThan(200);
});
