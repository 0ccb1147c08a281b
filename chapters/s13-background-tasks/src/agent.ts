import { baseTools, defineAgent, type Workspace } from "@course/runtime";
import { backgroundTasks } from "@course/s13-background-tasks";

export const createAgent = (workspace: Workspace) =>
  defineAgent({
    name: "s13",
    instructions: `You are a coding agent.
Start slow commands with background_run and keep working; their results arrive by themselves.`,
    tools: baseTools(workspace),
    extensions: [backgroundTasks(workspace)],
  });
