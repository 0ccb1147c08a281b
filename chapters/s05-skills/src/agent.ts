import { baseTools, defineAgent, type Workspace } from "@course/runtime";
import { skills } from "@course/s05-skills";

export const createAgent = (workspace: Workspace) =>
  defineAgent({
    name: "s05",
    instructions: `You are a coding agent.
When a request matches a skill, load it with load_skill before you start, and follow it.`,
    tools: baseTools(workspace),
    extensions: [skills(workspace)],
  });
