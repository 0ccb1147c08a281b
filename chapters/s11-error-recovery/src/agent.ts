import { baseTools, defineAgent, type Workspace } from "@course/runtime";
import { errorRecovery } from "@course/s11-error-recovery";

export const createAgent = (workspace: Workspace) =>
  defineAgent({
    name: "s11",
    instructions: "You are a coding agent. Use the file tools for files and bash for commands. Be brief.",
    tools: baseTools(workspace),
    extensions: [errorRecovery(workspace)],
  });
