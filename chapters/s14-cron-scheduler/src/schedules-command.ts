// /schedules: the next day as a line for each schedule, and what fired so far.
import type { Command } from "@course/runtime";
import type { Clock } from "./clock.ts";
import { drawDay, type Fired } from "./day-line.ts";
import { describe } from "./render-schedules.ts";
import type { Scheduler } from "./scheduler.ts";

export type { Fired } from "./day-line.ts";

export function schedulesCommand(scheduler: Scheduler, fired: readonly Fired[], clock: Clock): Command {
  return {
    description: "draws the next day; /schedules delete ID ends a schedule",
    complete: () => ["delete", ...scheduler.list().map(({ id }) => id)],
    async run(argument, _session, columns) {
      const [verb, id = ""] = argument.split(/\s+/);
      if (verb === "") return drawDay(scheduler.list(), fired, clock.now(), columns);
      if (verb !== "delete" || id === "") return "Write /schedules, or /schedules delete ID.";
      return `Deleted ${describe(await scheduler.delete(id))}`;
    },
  };
}
