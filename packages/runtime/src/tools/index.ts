// The four base tools, which every chapter from s02 on has.
import type { Tool } from "./tool.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { bash } from "./bash.ts";
import { fileTools } from "./files.ts";

export function baseTools(workspace: Workspace): Tool[] {
  return [bash(workspace), ...fileTools(workspace)];
}
