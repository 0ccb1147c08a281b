// The scheduler's status, and what a fast clock changes.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createModelClient, Session, Workspace, type FlagValues } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { cronScheduler } from "@course/s14-cron-scheduler";
import { expect, onTestFinished, test } from "vitest";
import { HandClock } from "./hand-clock.ts";

/** The extension alone, and its tool that creates. */
function open(values: FlagValues) {
  const root = temporaryFolder();
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const clock = new HandClock("2027-01-01T00:00:00Z");
  const extension = cronScheduler(new Workspace(root), values, clock);
  const tools = typeof extension.tools === "function" ? extension.tools() : extension.tools;
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "test" } }));
  const context = { session, signal: new AbortController().signal, toolUseId: "1" };
  const create = async (input: object) =>
    (await tools?.[0]?.run({ prompt: "x", time_zone: "UTC", ...input }, context))?.content;
  return { root, clock, extension, create };
}

test("the status says how many are due, or else how many there are, or else nothing", async () => {
  const { clock, extension, create } = open({});
  expect(extension.status?.()).toBeUndefined();
  for (const cron of ["* * * * *", "* * * * *", "0 3 * * *"]) await create({ cron });
  expect(extension.status?.()).toBe("3 scheduled");
  clock.pass(60_000);
  expect(extension.status?.()).toBe("2 due");
});

test("a program on a fast clock waits for a fire that is less than 20 of its seconds away; others do not", async () => {
  for (const [values, isNearAwaited] of [
    [{ clock: "60x" }, true],
    [{}, false],
  ] as const) {
    const { clock, extension, create } = open(values);
    await create({ cron: "21 0 * * *" });
    expect(extension.isBusy?.(), "a first fire in 21 minutes").toBe(false);
    clock.pass(60_000);
    expect(extension.isBusy?.(), "a first fire in 20 minutes").toBe(isNearAwaited);
  }
});

test("on a fast clock a schedule is kept in no file, whatever was asked for", async () => {
  const { root, extension, create } = open({ clock: "60x" });
  expect(await create({ cron: "0 3 * * *", durable: true })).toMatch(
    /^Created sch_d1: .*gone with this program.*\nIt is not kept: on a fast clock/,
  );
  expect(readdirSync(root)).toEqual([]);
  expect(extension.banner).toBe("the clock runs 60 times as fast; .schedules is not used");
  expect(await create({ cron: "0 3 * * *" })).not.toContain("not kept");
  const ordinary = open({});
  expect(await ordinary.create({ cron: "0 3 * * *", durable: true })).toMatch(/kept in \.schedules/);
  expect(existsSync(join(ordinary.root, ".schedules/sch_d1.json"))).toBe(true);
  expect(ordinary.extension.banner).toBeUndefined();
});
