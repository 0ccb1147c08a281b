import { baseTools, defineAgent, type Workspace } from "@course/runtime";
import { subagents } from "@course/s04-subagent";

export const createAgent = (workspace: Workspace) =>
  defineAgent({
    name: "s04",
    instructions: `You are a coding agent.
Send questions that need much reading to subagents with task, independent ones in one reply.`,
    tools: baseTools(workspace),
    extensions: [subagents()],
  });
