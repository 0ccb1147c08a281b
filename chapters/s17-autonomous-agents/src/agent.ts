import { baseTools, defineAgent, type FlagValues, type Workspace } from "@course/runtime";
import { taskSystem } from "@course/s12-task-system";
import { agentTeams } from "@course/s15-agent-teams";
import { autonomousAgents, autonomyFlags, idleSeconds, keepClaim } from "@course/s17-autonomous-agents";

export const flags = autonomyFlags;

export const createAgent = (workspace: Workspace, values: FlagValues = {}) =>
  defineAgent({
    name: "s17",
    instructions: `You are a coding agent.
Put larger work on the board as tasks, with what each waits for, and start teammates: they take tasks by themselves.`,
    tools: baseTools(workspace),
    extensions: [
      agentTeams(workspace),
      taskSystem(workspace, keepClaim),
      autonomousAgents(workspace, idleSeconds(values)),
    ],
  });
