import { baseTools, defineAgent, type FlagValues, type Workspace } from "@course/runtime";
import { cronScheduler, schedulerFlags } from "@course/s14-cron-scheduler";

export const flags = schedulerFlags;

export const createAgent = (workspace: Workspace, values: FlagValues = {}) =>
  defineAgent({
    name: "s14",
    instructions: `You are a coding agent.
Work that is to start later goes into schedule_create; it comes back to you when it is due.`,
    tools: baseTools(workspace),
    extensions: [cronScheduler(workspace, values)],
  });
