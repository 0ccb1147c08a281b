import { baseTools, defineAgent, type Workspace } from "@course/runtime";
import { agentTeams } from "@course/s15-agent-teams";

export const createAgent = (workspace: Workspace) =>
  defineAgent({
    name: "s15",
    instructions: `You are a coding agent.
Give work that can go on side by side to teammates, and tell the user what they send you.`,
    tools: baseTools(workspace),
    extensions: [agentTeams(workspace)],
  });
