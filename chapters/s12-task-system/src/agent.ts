import { baseTools, defineAgent, type Workspace } from "@course/runtime";
import { taskSystem } from "@course/s12-task-system";

export const createAgent = (workspace: Workspace) =>
  defineAgent({
    name: "s12",
    instructions: `You are a coding agent.
Keep larger work as tasks, with what each waits for, and keep their statuses true.`,
    tools: baseTools(workspace),
    extensions: [taskSystem(workspace)],
  });
