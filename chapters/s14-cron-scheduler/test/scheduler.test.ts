import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { startMark } from "@course/runtime";
import { expect, test } from "vitest";
import { HandClock } from "./hand-clock.ts";
import { DAY, open, START } from "./open-scheduler.ts";

test("a schedule rings once when its time comes, and not before", async () => {
  const { clock, create, told } = open();
  await create({ cron: "30 2 * * *" });
  await create({ cron: "0 3 * * *" });
  clock.set("2027-01-01T02:29:59Z");
  expect(told, "who rang before the time").toEqual([]);
  for (const time of ["02:30:00", "02:59:59", "03:00:01", "04:00:00"]) clock.set(`2027-01-01T${time}Z`);
  expect(told, "who rang, in order; nobody has taken them").toEqual(["sch_1", "sch_2"]);
});

test("a schedule is announced when it is due, not before, and taken once", async () => {
  const { clock, scheduler, create, told, problems } = open();
  await create({ cron: "30 2 * * *" });
  clock.set("2027-01-01T02:29:59Z");
  expect(told).toEqual([]);
  clock.set("2027-01-01T02:30:00Z");
  expect(told).toEqual(["sch_1"]);
  expect(await scheduler.take()).toMatchObject({ times: 1, lateMs: 0, schedule: { id: "sch_1" } });
  expect(await scheduler.take()).toBeUndefined();
  expect(scheduler.list()).toMatchObject([{ nextFireAt: "2027-01-02T02:30:00.000Z" }]);
  expect(problems, "told of a schedule that this program took itself").toEqual([]);
});

test("due several times before it is taken, it is announced once and fires once", async () => {
  const { clock, scheduler, create, told } = open();
  await create({ cron: "* * * * *" });
  for (let minute = 0; minute < 5; minute++) clock.pass(60_000);
  expect(told).toEqual(["sch_1"]);
  expect(await scheduler.take()).toMatchObject({ times: 5 });
  let fires = 1;
  while (fires < 10 && (await scheduler.take())) fires += 1;
  expect(fires, "fires of a schedule that was due five times while it had to wait").toBe(1);
});

test("where the clock is set back before it is taken, it is announced again when its time comes again", async () => {
  const { clock, scheduler, create, told, problems } = open();
  await create({ cron: "30 2 * * *" });
  clock.set("2027-01-01T02:30:00Z");
  clock.set("2027-01-01T02:29:00Z");
  expect(await scheduler.take()).toBeUndefined();
  clock.set("2027-01-01T02:30:00Z");
  expect(told).toEqual(["sch_1", "sch_1"]);
  expect(await scheduler.take()).toMatchObject({ lateMs: 0 });
  expect(problems).toEqual([]);
});

test.each(["at", "cron"])("what fires once is gone when it has fired (%s)", async (kind) => {
  const { clock, scheduler, create } = open();
  await create(kind === "at" ? { at: "2027-01-01T00:10:00Z" } : { cron: "10 0 * * *", recurring: false });
  clock.set("2027-01-01T00:10:00Z");
  expect(await scheduler.take()).toMatchObject({ next: undefined });
  expect(scheduler.list()).toEqual([]);
});

test("a schedule that is deleted while it is due does not fire", async () => {
  const { clock, scheduler, create, told, problems } = open();
  for (const durable of [true, false]) await create({ cron: "* * * * *", durable });
  clock.pass(60_000);
  expect(told).toHaveLength(2);
  await scheduler.delete("sch_1");
  await scheduler.delete("sch_d1");
  expect(await scheduler.take()).toBeUndefined();
  expect(problems).toEqual([]);
  await expect(scheduler.delete("sch_1")).rejects.toThrow("There is no schedule sch_1. There are: none.");
});

test.each([
  ["an hour forth", 3_600_000, 1, 60],
  ["an hour back", -3_600_000, 0, 0],
  ["thirty days, as where the machine slept,", 30 * DAY, 1, 1001],
])("a clock that jumps %s fires nothing twice", async (_, jump, fires, times) => {
  const { clock, scheduler, create } = open();
  await create({ cron: "* * * * *" });
  clock.pass(60_000);
  await scheduler.take();
  clock.pass(jump);
  const taken = await scheduler.take();
  expect(taken ? 1 : 0).toBe(fires);
  expect(taken?.times ?? 0).toBe(times);
  expect(await scheduler.take()).toBeUndefined();
});

test("after 30 days a recurring schedule fires for the last time", async () => {
  const { clock, scheduler, create } = open();
  await create({ cron: "0 12 * * *" });
  let fires = 0;
  let isLast = false;
  for (let day = 0; day < 40; day++) {
    clock.pass(DAY);
    const taken = await scheduler.take();
    if (taken) fires += 1;
    isLast = taken ? taken.next === undefined : isLast;
  }
  expect([fires, isLast, scheduler.list()]).toEqual([30, true, []]);
});

test("what is first due after more than 30 days cannot recur, and can fire once", async () => {
  const { clock, scheduler, create } = open();
  await expect(create({ cron: "0 0 29 2 *" })).rejects.toThrow(
    /^cron: "0 0 29 2 \*" is first due 2028-02-29T00:00:00\+00:00\. A recurring schedule ends after 30 days, here 2027-01-31\./,
  );
  expect((await create({ cron: "0 0 31 * *" })).nextFireAt, "due just before the end").toBe(
    "2027-01-31T00:00:00.000Z",
  );
  await scheduler.delete("sch_1");
  await create({ cron: "0 0 29 2 *", recurring: false });
  clock.set("2028-02-29T00:00:00Z");
  expect(await scheduler.take()).toMatchObject({ next: undefined });
});

test("a durable one-shot that was missed fires once at the next start, late", async () => {
  const first = open();
  await first.create({ at: "2027-01-01T01:00:00Z", durable: true });
  first.scheduler.stop();
  first.clock.set("2027-01-01T03:00:00Z");
  expect(first.told).toEqual([]);
  const second = open(first.root, first.clock);
  first.clock.pass(0);
  expect(second.told).toEqual(["sch_d1"]);
  expect(await second.scheduler.take()).toMatchObject({ lateMs: 2 * 3_600_000 });
  const third = open(first.root, first.clock);
  first.clock.pass(0);
  expect([third.told, await third.scheduler.take()]).toEqual([[], undefined]);
});

test("a recurring one that was missed fires once at the next start, with the count", async () => {
  const first = open();
  await first.create({ cron: "0 * * * *", durable: true });
  first.scheduler.stop();
  first.clock.set("2027-01-01T05:30:00Z");
  const second = open(first.root, first.clock);
  expect(await second.scheduler.take()).toMatchObject({ times: 5 });
  expect(await second.scheduler.take()).toBeUndefined();
});

test("what is not durable is gone with its program", async () => {
  const first = open();
  await first.create({ cron: "* * * * *" });
  expect(existsSync(join(first.root, ".schedules/sch_1.json"))).toBe(false);
  expect(open(first.root, first.clock).scheduler.list()).toEqual([]);
});

test("of two programs that see the same due schedule, one fires", async () => {
  const first = open();
  const second = open(first.root, first.clock);
  await first.create({ cron: "* * * * *", durable: true });
  const lock = join(first.root, ".schedules/.lock");
  for (let minute = 1; minute <= 5; minute++) {
    first.clock.pass(60_000);
    // Both have looked before either can write.
    symlinkSync(`${process.ppid} ${startMark(process.ppid)} held`, lock);
    const taken = [first, second].map(({ scheduler }) => scheduler.take());
    rmSync(lock);
    const fires = (await Promise.all(taken)).filter(Boolean).length;
    expect(fires, "fires of one due time in two programs").toBe(1);
  }
});

test("a program hears of a schedule that another one makes", async () => {
  const [first, clock] = [open(), new HandClock(START)];
  const second = open(first.root, clock);
  await first.create({ cron: "* * * * *", durable: true });
  await expect.poll(() => (clock.pass(10_000), second.told)).toEqual(["sch_d1"]);
  first.clock.pass(60_000);
  await first.scheduler.take();
  clock.set(first.clock.now());
  expect(await second.scheduler.take()).toBeUndefined();
  expect(second.problems).toEqual(["sch_d1 was fired or deleted by another program in this folder."]);
});

test("there are at most 50, and ids are not given out again", async () => {
  const { scheduler, create } = open();
  for (let count = 0; count < 50; count++) await create({ cron: "0 0 * * *", durable: count % 2 === 0 });
  await expect(create({ cron: "0 0 * * *" })).rejects.toThrow(/There are 50 schedules/);
  await scheduler.delete("sch_25");
  await scheduler.delete("sch_d25");
  expect((await create({ cron: "0 0 * * *" })).id).toBe("sch_26");
  expect((await create({ cron: "0 0 * * *", durable: true })).id).toBe("sch_d26");
});

test("a fire that cannot be written down as taken does not happen", async () => {
  const { root, clock, scheduler, create, problems } = open();
  await create({ cron: "* * * * *", durable: true });
  // No lock can be made where a folder stands.
  mkdirSync(join(root, ".schedules/.lock"));
  clock.pass(60_000);
  expect(await scheduler.take()).toBeUndefined();
  expect(problems.join()).toMatch(/sch_d1 is due and was not fired: /);
});

test("what cannot be put to the model is not taken", async () => {
  const { clock, scheduler, session, create, problems } = open();
  await create({ at: "2027-01-01T00:05Z" });
  for (const schedule of session.list()) session.save({ ...schedule, timeZone: "Mars/Phobos" });
  clock.set("2027-01-01T00:05:00Z");
  expect(await scheduler.take()).toBeUndefined();
  expect(problems.join()).toMatch(/^sch_1 is due and was not fired: Invalid time zone/);
  expect(scheduler.list().map(({ id }) => id)).toEqual(["sch_1"]);
});
