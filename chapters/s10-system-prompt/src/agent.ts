import { baseTools, defineAgent, type FlagValues, type Workspace } from "@course/runtime";
import { skills } from "@course/s05-skills";
import { memory } from "@course/s09-memory";
import {
  environment,
  projectInstructions,
  projectInstructionsFlags,
  promptFlags,
  rules,
  systemPrompt,
  toolUse,
} from "@course/s10-system-prompt";

export const flags = { ...projectInstructionsFlags, ...promptFlags };

export const createAgent = (workspace: Workspace, values: FlagValues = {}) =>
  defineAgent({
    name: "s10",
    instructions:
      "You are a coding agent. You work in the user's folder, in their terminal, with the tools below.",
    tools: baseTools(workspace),
    extensions: [
      rules(),
      toolUse(),
      skills(workspace),
      memory(workspace, values),
      projectInstructions(workspace, values),
      environment(workspace),
      systemPrompt(values),
    ],
  });
