import { baseTools, defineAgent, type Workspace } from "@course/runtime";
import { todo } from "@course/s03-todo";

export const createAgent = (workspace: Workspace) =>
  defineAgent({
    name: "s03",
    instructions: `You are a coding agent.
Plan work of several steps with todo, and keep the plan up to date while you work.`,
    tools: baseTools(workspace),
    extensions: [todo()],
  });
