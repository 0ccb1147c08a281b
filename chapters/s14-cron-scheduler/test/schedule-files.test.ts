// The files in .schedules: what is read of them, and what is not.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Workspace } from "@course/runtime";
import { expect, test } from "vitest";
import { renderList } from "../src/render-schedules.ts";
import { FolderStore } from "../src/schedule-store.ts";
import { open } from "./open-scheduler.ts";

test("a schedule whose file somebody took away can still be deleted", async () => {
  const { root, scheduler, create } = open();
  await create({ cron: "* * * * *", durable: true });
  const store = new FolderStore(new Workspace(root), () => {});
  expect(await scheduler.delete("sch_d1")).toMatchObject({ id: "sch_d1" });
  for (let time = 0; time < 2; time++) expect(() => store.remove("sch_d1")).not.toThrow();
});

test("a file that is no schedule is named once, stays, and harms no other", async () => {
  const { root, scheduler, create, problems } = open();
  const { id } = await create({ cron: "0 0 * * *", durable: true });
  const folder = join(root, ".schedules");
  const good = readFileSync(join(folder, `${id}.json`), "utf8");
  writeFileSync(join(folder, "sch_d6.json"), good.replace(id, "sch_d6").replace(": true", ': "yes"'));
  writeFileSync(join(folder, "sch_d7.json"), "{");
  writeFileSync(join(folder, "sch_d8.json"), good.replace(id, "sch_d8").replace("0 0 * * *", "0 99 * * *"));
  writeFileSync(join(folder, "sch_d9.json"), good);
  mkdirSync(join(folder, "sch_d10.json"));
  for (const _ of [1, 2]) expect(scheduler.list().map((schedule) => schedule.id)).toEqual([id]);
  expect(problems.map((problem) => problem.slice(0, 23)).sort()).toEqual([
    ".schedules/sch_d10.json",
    ".schedules/sch_d6.json ",
    ".schedules/sch_d7.json ",
    ".schedules/sch_d8.json ",
    ".schedules/sch_d9.json ",
  ]);
  expect((await create({ cron: "0 0 * * *", durable: true })).id).toBe("sch_d11");
  expect(readdirSync(folder)).toContain("sch_d7.json");
});

test("half a file that a program left which was killed is removed with the next change", async () => {
  const { root, create } = open();
  await create({ cron: "30 2 * * *", durable: true });
  const half = join(root, ".schedules/.sch_d2.json.999999999.0123abcd.tmp");
  writeFileSync(half, "{");
  await create({ cron: "0 3 * * *", durable: true });
  expect(existsSync(half)).toBe(false);
});

test("beside a file with the highest number there is, what is created is listed, and no id is given twice", async () => {
  const { root, scheduler, create } = open();
  const everyDay = { cron: "0 0 * * *", durable: true };
  await create(everyDay);
  writeFileSync(join(root, ".schedules/sch_d999999999.json"), "{");
  expect((await create(everyDay)).id).toBe("sch_d2");
  await scheduler.delete("sch_d2");
  await create(everyDay);
  expect(scheduler.list().map(({ id }) => id)).toEqual(["sch_d1", "sch_d3"]);
});

test("a file with a time zone that there is not is named, and the others are listed and fire", async () => {
  const { root, clock, scheduler, create, problems } = open();
  await create({ at: "2027-01-01T00:05Z", durable: true });
  const good = readFileSync(join(root, ".schedules/sch_d1.json"), "utf8");
  const bad = good.replace("sch_d1", "sch_d2").replace('"UTC"', '"Mars/Phobos"');
  writeFileSync(join(root, ".schedules/sch_d2.json"), bad);
  expect(renderList(scheduler.list())).toMatch(/^sch_d1: at .*$/);
  expect(problems.join("\n")).toMatch(
    /^\S+sch_d2\.json is not a schedule.*time_zone: "Mars\/Phobos" is unknown.*$/,
  );
  clock.set("2027-01-01T00:05:00Z");
  expect((await scheduler.take())?.schedule.id).toBe("sch_d1");
  expect(readdirSync(join(root, ".schedules"))).toContain("sch_d2.json");
});
