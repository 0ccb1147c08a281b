import { baseTools, defineAgent, type FlagValues, type Workspace } from "@course/runtime";
import { appendedPrompt, readFlags, sessions, without } from "@course/full";
import { todo } from "@course/s03-todo";
import { subagents } from "@course/s04-subagent";
import { skills } from "@course/s05-skills";
import { compaction, windowSize } from "@course/s06-context-compaction";
import { permissions } from "@course/s07-permissions";
import { hooks } from "@course/s08-hooks";
import { memory } from "@course/s09-memory";
import { environment, projectInstructions, rules, systemPrompt, toolUse } from "@course/s10-system-prompt";
import { errorRecovery } from "@course/s11-error-recovery";
import { taskSystem } from "@course/s12-task-system";
import { backgroundTasks } from "@course/s13-background-tasks";
import { cronScheduler } from "@course/s14-cron-scheduler";
import { agentTeams } from "@course/s15-agent-teams";
import { teamProtocols } from "@course/s16-team-protocols";
import { autonomousAgents, idleSeconds, keepClaim } from "@course/s17-autonomous-agents";
import { leadOf, openInWorktree, worktreeIsolation } from "@course/s18-worktree-isolation";
import { fromOutside } from "@course/s19-mcp-plugin";
export { flags, modes } from "@course/full";

export const openWorkspace = openInWorktree;

export const createAgent = (workspace: Workspace, given: FlagValues = {}) => {
  const values = readFlags(given);
  const outside = fromOutside(workspace, values);
  const mechanisms = without(values["without"], {
    s03: () => [todo()],
    s04: () => [subagents()],
    s05: () => [skills(workspace, outside.skillSources)],
    s06: () => [compaction(workspace, windowSize(values), values["keep-thinking"] === true)],
    s07: () => [permissions(workspace, values)],
    s08: () => [hooks(workspace, values, outside.hookFiles)],
    s09: () => [memory(workspace, values)],
    s10: () => [
      rules(),
      toolUse(),
      projectInstructions(workspace, values),
      environment(workspace),
      systemPrompt(values),
    ],
    s11: () => [errorRecovery(workspace)],
    s12: () => [taskSystem(leadOf(workspace), keepClaim)],
    s13: () => [backgroundTasks(workspace)],
    s14: () => [cronScheduler(workspace, values)],
    s15: () => [agentTeams(workspace)],
    s16: () => [teamProtocols(workspace)],
    s17: () => [autonomousAgents(leadOf(workspace), idleSeconds(values))],
    s18: () => [worktreeIsolation(workspace)],
    s19: () => outside.extensions([]),
  });
  return defineAgent({
    name: "full",
    instructions: "You are a coding agent. You work in the user's folder, in their terminal.",
    tools: baseTools(workspace),
    extensions: [sessions(workspace, values), ...mechanisms, appendedPrompt(values)],
  });
};
