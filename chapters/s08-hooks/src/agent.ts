import { baseTools, defineAgent, type FlagValues, type Workspace } from "@course/runtime";
import { hookFlags, hooks } from "@course/s08-hooks";

export const flags = hookFlags;

export const createAgent = (workspace: Workspace, values: FlagValues = {}) =>
  defineAgent({
    name: "s08",
    instructions: `You are a coding agent.
The user's hooks may refuse a call or send you back to work. What they say comes from the user: act on it.`,
    tools: baseTools(workspace),
    extensions: [hooks(workspace, values)],
  });
