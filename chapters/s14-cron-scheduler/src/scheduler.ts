// The scheduler: keeps schedules, waits for the next due time, and hands out each due time once.
// A due schedule is taken when the model is about to be called, not when its time comes. Until then it can be
// deleted, another program may take it, and a crash loses nothing. Not covered: firing while no program is open.
import { errorMessage, ToolError } from "@course/runtime";
import type { Clock } from "./clock.ts";
import { firstDue } from "./due-times.ts";
import { checkFirst, fire, isDue, newSchedule, type Fire, type Schedule, type Wish } from "./schedule.ts";
import type { ScheduleStore } from "./schedule-store.ts";

const AT_MOST = 50;

export interface SchedulerEvents {
  /** Schedules whose time has come; each due time once. */
  onDue(ids: string[]): void;
  onProblem(problem: string): void;
}

export class Scheduler {
  readonly #clock: Clock;
  readonly #session: ScheduleStore;
  readonly #durable: ScheduleStore;
  readonly #events: SchedulerEvents;
  /** The due time that was announced, by id, until it is taken. */
  readonly #announced = new Map<string, string>();
  #cancel = () => {};
  #unwatch: (() => void) | undefined;

  constructor(clock: Clock, session: ScheduleStore, durable: ScheduleStore, events: SchedulerEvents) {
    this.#clock = clock;
    this.#session = session;
    this.#durable = durable;
    this.#events = events;
  }

  /** From now on due schedules are announced, beginning with those that came due while no program was open. */
  start(): void {
    this.#unwatch = this.#durable.watch(() => this.#arm());
    this.#arm();
  }

  stop(): void {
    this.#cancel();
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  /** Stores an intent and waits for it. Rejects with ToolError for a wish that makes no sense. */
  async create(wish: Wish): Promise<Schedule> {
    const now = this.#clock.now();
    const when = firstDue(wish, now);
    if (wish.recurring) checkFirst(when, now);
    const store = wish.durable ? this.#durable : this.#session;
    const created = await store.hold(() => {
      if (this.list().length >= AT_MOST)
        throw new ToolError(
          `There are ${AT_MOST} schedules already, which is the limit. Delete one with schedule_delete.`,
        );
      const schedule = newSchedule(store.newId(), { ...wish, durable: store.isDurable }, when, now);
      store.save(schedule);
      return schedule;
    });
    this.#arm();
    return created;
  }

  /** All schedules, the next one first. */
  list(): Schedule[] {
    const all = [this.#session, this.#durable].flatMap((store) => store.list());
    return all.sort((a, b) => a.nextFireAt.localeCompare(b.nextFireAt));
  }

  due(): Schedule[] {
    return this.list().filter((schedule) => isDue(schedule, this.#clock.now()));
  }

  /** Whether one that never fired comes due by then. */
  isAwaited(time: number): boolean {
    return this.list().some((schedule) => schedule.lastFiredAt === null && isDue(schedule, time));
  }

  /** Rejects with ToolError if there is no such schedule. */
  async delete(id: string): Promise<Schedule> {
    const store = this.#storeOf(id);
    const deleted = await store?.hold(() => {
      const schedule = store.get(id);
      if (schedule) store.remove(id);
      return schedule;
    });
    const ids = this.list().map((schedule) => schedule.id);
    if (!deleted) throw new ToolError(`There is no schedule ${id}. There are: ${ids.join(", ") || "none"}.`);
    this.#announced.delete(id);
    return deleted;
  }

  /** Takes what has been due longest: it is fired by the caller, and by nobody else. Undefined if nothing is due. */
  async take(): Promise<Fire | undefined> {
    this.#noteLost();
    for (const { id } of this.due()) {
      const taken = await this.#claim(id);
      if (taken) return taken;
    }
    return undefined;
  }

  /** Sets the timer to the next due time that has not been announced. */
  #arm(): void {
    this.#cancel();
    if (!this.#unwatch) return;
    const next = this.list().find(({ id, nextFireAt }) => this.#announced.get(id) !== nextFireAt);
    if (next) this.#cancel = this.#clock.at(Date.parse(next.nextFireAt), () => this.#ring());
  }

  #ring(): void {
    const due = this.due().filter(({ id, nextFireAt }) => this.#announced.get(id) !== nextFireAt);
    for (const { id, nextFireAt } of due) this.#announced.set(id, nextFireAt);
    if (due.length > 0) this.#events.onDue(due.map(({ id }) => id));
    this.#arm();
  }

  /** If the file cannot be written, the due time would be taken again and again, so it does not fire. */
  async #claim(id: string): Promise<Fire | undefined> {
    const store = this.#storeOf(id);
    try {
      const taken = await store?.hold(() => {
        const schedule = store.get(id);
        // Another program took it, or deleted it, since we looked.
        if (!schedule || !isDue(schedule, this.#clock.now())) return undefined;
        const fired = fire(schedule, this.#clock.now());
        if (fired.next) store.save(fired.next);
        else store.remove(id);
        return fired;
      });
      this.#announced.delete(id);
      this.#arm();
      return taken;
    } catch (error) {
      this.#events.onProblem(`${id} is due and was not fired: ${errorMessage(error)}`);
      return undefined;
    }
  }

  #storeOf(id: string): ScheduleStore | undefined {
    return [this.#session, this.#durable].find((store) => store.get(id));
  }

  /** Explains an announcement without a run: another program took the schedule, or the clock was set back since. */
  #noteLost(): void {
    const now = new Map(this.list().map(({ id, nextFireAt }) => [id, nextFireAt]));
    for (const [id, due] of this.#announced) {
      const isThere = now.get(id) === due;
      if (isThere && isDue({ nextFireAt: due }, this.#clock.now())) continue;
      this.#announced.delete(id);
      if (isThere) this.#arm();
      else this.#events.onProblem(`${id} was fired or deleted by another program in this folder.`);
    }
  }
}
