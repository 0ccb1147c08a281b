import { baseTools, defineAgent, type FlagValues, type Workspace } from "@course/runtime";
import { memory, memoryFlags } from "@course/s09-memory";

export const flags = memoryFlags;

export const createAgent = (workspace: Workspace, values: FlagValues = {}) =>
  defineAgent({
    name: "s09",
    instructions: `You are a coding agent.
Save with save_memory what should still matter in a later session, and only what the user told you or agreed to.`,
    tools: baseTools(workspace),
    extensions: [memory(workspace, values)],
  });
