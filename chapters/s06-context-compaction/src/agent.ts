import { baseTools, defineAgent, type FlagValues, type Workspace } from "@course/runtime";
import { compaction, compactionFlags, windowSize } from "@course/s06-context-compaction";

export const flags = compactionFlags;

export const createAgent = (workspace: Workspace, values: FlagValues = {}) =>
  defineAgent({
    name: "s06",
    instructions: `You are a coding agent.
When a piece of work is done and its details are not needed any more, call compact.`,
    tools: baseTools(workspace),
    extensions: [compaction(workspace, windowSize(values), values["keep-thinking"] === true)],
  });
