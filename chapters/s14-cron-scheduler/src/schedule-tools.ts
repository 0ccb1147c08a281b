// The three tools by which the model keeps schedules.
import { defineTool, ToolError, type Tool } from "@course/runtime";
import type { Clock } from "./clock.ts";
import { describe, renderList } from "./render-schedules.ts";
import { prompt } from "./schedule.ts";
import type { Scheduler } from "./scheduler.ts";
import { inZone, localZone } from "./times.ts";

export function scheduleCreate(scheduler: Scheduler): Tool {
  return defineTool({
    name: "schedule_create",
    description:
      "Stores a prompt that comes back to you when it is due, in a <scheduled-prompt> block: again and again (cron), or once (at). Ask schedule_list for the time now.",
    input: (z) =>
      z.object({
        prompt: prompt(z).describe("What you are asked then, with all that you need to know"),
        cron: z
          .string()
          .optional()
          .describe("minute hour day month weekday, as in 30 2 * * *; six fields begin with seconds"),
        at: z.string().optional().describe("ISO 8601, as in 2027-03-28T14:30"),
        time_zone: z.string().optional().describe("IANA name; default: this machine's"),
        recurring: z.boolean().optional().describe("Default: true with cron. False: fires once"),
        durable: z.boolean().default(false).describe("Keep it in a file, so that it outlives this program"),
      }),
    async run({ prompt, cron, at, time_zone, recurring = at === undefined, durable }) {
      if (at !== undefined && recurring)
        throw new ToolError("recurring: a schedule with at fires once. Use cron for what repeats.");
      const wish = { prompt, cron, at, recurring, durable, ...(time_zone && { timeZone: time_zone }) };
      const created = await scheduler.create(wish);
      const isKept = created.durable || !durable;
      return `Created ${describe(created)}${isKept ? "" : "\nIt is not kept: on a fast clock (--clock) .schedules is not used."}`;
    },
  });
}

export function scheduleList(scheduler: Scheduler, clock: Clock): Tool {
  return defineTool({
    name: "schedule_list",
    description: "Says what time it is, and lists the schedules, the next one first.",
    readOnly: true,
    input: (z) => z.object({}),
    run: () => `It is ${inZone(clock.now(), localZone())} (${localZone()}).\n${renderList(scheduler.list())}`,
  });
}

export function scheduleDelete(scheduler: Scheduler): Tool {
  return defineTool({
    name: "schedule_delete",
    description: "Deletes a schedule. One that is due and has not begun does not fire.",
    input: (z) => z.object({ id: z.string() }),
    run: async ({ id }) => `Deleted ${describe(await scheduler.delete(id))}`,
  });
}
