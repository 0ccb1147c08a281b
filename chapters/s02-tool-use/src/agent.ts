import { baseTools, defineAgent, type Workspace } from "@course/runtime";

export const createAgent = (workspace: Workspace) =>
  defineAgent({
    name: "s02",
    instructions: "You are a coding agent. Use the file tools for files and bash for commands. Be brief.",
    tools: baseTools(workspace),
  });
