import { baseTools, defineAgent, type Workspace } from "@course/runtime";
import { agentTeams } from "@course/s15-agent-teams";
import { teamProtocols } from "@course/s16-team-protocols";

export const createAgent = (workspace: Workspace) =>
  defineAgent({
    name: "s16",
    instructions: `You are a coding agent.
Give work that can go on side by side to teammates, and tell the user what they send you.
Where a change is risky, have the teammate plan first, and review its plan.`,
    tools: baseTools(workspace),
    extensions: [agentTeams(workspace), teamProtocols(workspace)],
  });
