// A scheduler on a clock that the test sets.
import { rmSync } from "node:fs";
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { onTestFinished } from "vitest";
import { FolderStore, MemoryStore } from "../src/schedule-store.ts";
import { Scheduler } from "../src/scheduler.ts";
import { HandClock } from "./hand-clock.ts";

export const DAY = 24 * 3_600_000;
export const START = "2027-01-01T00:00:00.000Z";

function newFolder(): string {
  const root = temporaryFolder();
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

export function open(root = newFolder(), clock = new HandClock(START)) {
  const told: string[] = [];
  const problems: string[] = [];
  const onProblem = (problem: string) => void problems.push(problem);
  const onDue = (ids: string[]) => void told.push(...ids);
  const durable = new FolderStore(new Workspace(root), onProblem);
  const session = new MemoryStore("sch_");
  const scheduler = new Scheduler(clock, session, durable, { onDue, onProblem });
  scheduler.start();
  onTestFinished(() => scheduler.stop());
  const create = (wish: object) =>
    scheduler.create({ prompt: "work", recurring: "cron" in wish, durable: false, timeZone: "UTC", ...wish });
  return { root, clock, scheduler, session, create, told, problems };
}
