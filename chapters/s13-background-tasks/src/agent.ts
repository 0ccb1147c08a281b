import { baseTools, defineAgent, type FlagValues, type Workspace } from "@course/runtime";
import { backgroundTasks, laneFlags } from "@course/s13-background-tasks";

export const flags = laneFlags;

export const createAgent = (workspace: Workspace, values: FlagValues = {}) =>
  defineAgent({
    name: "s13",
    instructions: `You are a coding agent.
Start slow commands with background_run and keep working; their results arrive by themselves.`,
    tools: baseTools(workspace),
    extensions: [backgroundTasks(workspace, values)],
  });
