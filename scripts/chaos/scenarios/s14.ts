// Two durable schedules, one that fires once and one that goes on, and a clock that is set to their time. The clock is
// handed in, so nobody waits for a minute.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { call, say } from "@course/offline-model/test";
import { baseTools, defineAgent, type Workspace } from "@course/runtime";
import { openSession } from "@course/runtime/testing";
import { cronScheduler, type Clock } from "@course/s14-cron-scheduler";
import { conversation, count, newsIn } from "../asked.ts";
import type { Life, Scenario, Told } from "../scenario.ts";

const START = Date.parse("2026-06-01T08:59:50Z");
const DUE = Date.parse("2026-06-01T09:00:10Z");
const LATER = Date.parse("2026-06-01T09:00:20Z");
const IDS = ["sch_d1", "sch_d2"];
const MADE = [
  { prompt: "Ring once.", at: "2026-06-01T09:00:00Z", time_zone: "UTC", durable: true },
  { prompt: "Ring daily.", cron: "0 9 * * *", time_zone: "UTC", durable: true },
];
const ANOTHER = { prompt: "Ring later.", at: "2026-07-01T09:00:00Z", time_zone: "UTC", durable: true };

export const scenario: Scenario = {
  about: "stores two durable schedules, and fires both as their time comes",
  tells: true,
  respond(request) {
    const news = newsIn(request);
    if (news.includes("<scheduled-prompt>")) return say("It rang.");
    if (news.includes("One more.")) return call("schedule_create", ANOTHER);
    if (news.includes("Plan.")) return MADE.map((input) => call("schedule_create", input));
    return say("Well.");
  },
  async first(life) {
    const clock = new SetClock(START);
    const { run, close } = await open(life, clock);
    await run("Plan.");
    life.say("due");
    clock.set(DUE);
    // Each run takes one that is due.
    for (const _ of IDS) await run();
    await close();
  },
  async next(life) {
    const { run, close } = await open(life, new SetClock(LATER));
    await run("What is new?");
    for (const _ of IDS) await run();
    // A lock that a dead program left must not keep this one from making another.
    await run("One more.");
    await close();
  },
  between: readSchedules,
  judge(folder, first, next, between) {
    const [before, after] = [conversation(first.requests), conversation(next.requests)];
    const faults: string[] = [];
    const atDeath = between as Schedules;
    const told = IDS.filter((id) => before.includes(`${id}: `) || atDeath.has(id)).map((name): Told => {
      const fired = `<schedule id="${name}"`;
      const times = count(before, fired) + count(after, fired);
      if (times > 1) faults.push(`${name} fired ${times} times`);
      if (times > 0) return { name, times };
      const isTaken = first.words.includes("due") && (atDeath.get(name) ?? LATER) > DUE;
      if (!isTaken) faults.push(`${name} never fired`);
      return { name, times, ...(isTaken && { excuse: "taken, not told" }) };
    });
    const now = readSchedules(folder);
    const later = [...now].filter(([, due]) => due > LATER);
    if (later.length < now.size) faults.push("a schedule is still due");
    if (told.some(({ name }) => name === "sch_d2") && !now.has("sch_d2")) faults.push("sch_d2 is lost");
    if (!conversation(next.requests).includes("Created ")) faults.push("no other can be made");
    for (const name of namesIn(join(folder, ".schedules")))
      if (!/^sch_d\d\.json$|^\.gitignore$/.test(name)) faults.push(`left: .schedules/${name}`);
    return { stands: `${atDeath.size} then, ${now.size} now`, told, faults };
  },
};

type Schedules = ReadonlyMap<string, number>;

/** When each is due next, by id. What cannot be read is due never, which is a fault. */
function readSchedules(folder: string): Schedules {
  const ids = namesIn(join(folder, ".schedules")).flatMap(
    (name) => /^(sch_d\d)\.json$/.exec(name)?.[1] ?? [],
  );
  return new Map(
    ids.map((id) => {
      const text = readFileSync(join(folder, ".schedules", `${id}.json`), "utf8");
      return [id, Date.parse((JSON.parse(text) as { nextFireAt: string }).nextFireAt)];
    }),
  );
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function open({ folder, url }: Life, clock: Clock) {
  const model = { start: () => Promise.resolve(url), close: () => Promise.resolve() };
  const createAgent = (workspace: Workspace) =>
    defineAgent({
      name: "s14",
      instructions: "You are a coding agent.",
      tools: baseTools(workspace),
      extensions: [cronScheduler(workspace, {}, clock)],
    });
  return openSession(createAgent, model, folder);
}

/** A clock that stands still until it is set. */
class SetClock implements Clock {
  #now: number;
  readonly #timers = new Set<{ time: number; callback: () => void }>();

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  at(time: number, callback: () => void): () => void {
    const timer = { time, callback };
    this.#timers.add(timer);
    // What is due already rings soon, and not at once.
    if (time <= this.#now) setImmediate(() => this.set(this.#now));
    return () => this.#timers.delete(timer);
  }

  set(now: number): void {
    this.#now = now;
    for (const timer of this.#timers) if (timer.time <= now && this.#timers.delete(timer)) timer.callback();
  }
}
