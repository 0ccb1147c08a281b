import { baseTools, defineAgent, type FlagValues, type Workspace } from "@course/runtime";
import { permissionFlags, permissions } from "@course/s07-permissions";

export const flags = permissionFlags;

export const createAgent = (workspace: Workspace, values: FlagValues = {}) =>
  defineAgent({
    name: "s07",
    instructions: `You are a coding agent.
The user may refuse a call. A refusal is an answer: do not look for another way to the same effect.`,
    tools: baseTools(workspace),
    extensions: [permissions(workspace, values)],
  });
