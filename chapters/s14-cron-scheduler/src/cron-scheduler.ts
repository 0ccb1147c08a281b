// The scheduler as an extension: three tools, /schedules, and a run of its own for each schedule that is due.
import type { Extension, FlagValues, Session, Workspace } from "@course/runtime";
import { systemClock, type Clock } from "./clock.ts";
import { askSeconds, clockSpeed } from "./flags.ts";
import { describeLeft, renderFire } from "./render-schedules.ts";
import { FolderStore, MemoryStore } from "./schedule-store.ts";
import { scheduleCreate, scheduleDelete, scheduleList } from "./schedule-tools.ts";
import { Scheduler } from "./scheduler.ts";
import { schedulesCommand, type Fired } from "./schedules-command.ts";

const SYSTEM_PROMPT = `A <scheduled-prompt> block is a schedule that is due: do what it asks. It was stored earlier. No user is
speaking, and nobody may be there to answer.`;

/** With a fast clock the program waits for a first fire within this time, so that a demo shows it. */
const WORTH_WAITING_MS = 20_000;

export function cronScheduler(workspace: Workspace, values: FlagValues = {}, handedIn?: Clock): Extension {
  const speed = clockSpeed(values);
  const clock = handedIn ?? systemClock(speed);
  const waitSeconds = askSeconds(values);
  let session: Session | undefined;
  const onProblem = (problem: string) => session?.notice(problem);
  const onDue = (ids: string[]) => session?.wake(`${ids.join(", ")} due`);
  // On a fast clock the folder's own schedules would fire early, and for days that are yet to come.
  const durable = speed === undefined ? new FolderStore(workspace, onProblem) : new MemoryStore("sch_d");
  const scheduler = new Scheduler(clock, new MemoryStore("sch_"), durable, { onDue, onProblem });
  const fired: Fired[] = [];
  return {
    name: "cron-scheduler",
    ...(speed && { banner: `the clock runs ${speed} times as fast; .schedules is not used` }),
    tools: [scheduleCreate(scheduler), scheduleList(scheduler, clock), scheduleDelete(scheduler)],
    systemPrompt: () => SYSTEM_PROMPT,
    commands: { schedules: schedulesCommand(scheduler, fired, clock) },
    async beforeModel(running) {
      // A schedule starts a run of its own; it must not join one that still has something to answer.
      if (running.hasNews) return;
      const fire = await scheduler.take();
      if (!fire) return;
      fired.push({ id: fire.schedule.id, at: clock.now() });
      running.askSeconds = waitSeconds;
      running.inject(renderFire(fire));
    },
    status: () => statusOf(scheduler),
    isBusy: () => speed !== undefined && scheduler.isAwaited(clock.now() + WORTH_WAITING_MS * speed),
    start(started) {
      refuseFastClock(speed, started);
      session = started;
      started.on(({ type }) => type === "run_ended" && afterRun(scheduler, started, onDue));
      scheduler.start();
    },
    stop: () => stopAndTell(scheduler, session),
  };
}

/** Announces what came due during a run and had to wait for its end. */
function afterRun(scheduler: Scheduler, session: Session, onDue: (ids: string[]) => void): void {
  session.askSeconds = undefined;
  const due = scheduler.due().map(({ id }) => id);
  if (due.length > 0) onDue(due);
}

function stopAndTell(scheduler: Scheduler, session: Session | undefined): void {
  scheduler.stop();
  const left = describeLeft(scheduler.list());
  if (left !== "") session?.notice(left);
}

function refuseFastClock(speed: number | undefined, { model }: Session): void {
  if (speed !== undefined && !model.isOffline)
    throw new Error("--clock needs the offline model. Add --offline, or leave --clock out.");
}

function statusOf(scheduler: Scheduler): string | undefined {
  const [due, all] = [scheduler.due().length, scheduler.list().length];
  if (due > 0) return `${due} due`;
  return all > 0 ? `${all} scheduled` : undefined;
}
