// bash: one shell command, to its end. Each call is a shell of its own: a cd or a variable
// does not reach the next call.
import { runShell, type ShellResult } from "../processes/shell.ts";
import type { ToolResult } from "../conversation/events.ts";
import { defineTool, type Tool, type ToolContext } from "./tool.ts";
import { OutputFile } from "../workspace/output-file.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { assertNever } from "../errors.ts";

const BASH_TIMEOUT_SECONDS = 120;

export function bash(workspace: Workspace): Tool {
  return defineTool({
    name: "bash",
    description: `Runs a shell command in the workspace and returns its output. Processes that the command leaves running are ended. Times out after ${BASH_TIMEOUT_SECONDS} seconds.`,
    input: (z) => z.object({ command: z.string().min(1).describe("The command line") }),
    run: ({ command }, context) => runBash(command, workspace, context),
  });
}

/**
 * Runs a command in the workspace, or in another folder (s18); every way to end is a result that a model can read.
 * What is cut from its output is kept in the workspace. Rejects with ToolError where the workspace is not there.
 */
export async function runBash(
  command: string,
  workspace: Workspace,
  { signal, toolUseId }: Pick<ToolContext, "signal" | "toolUseId">,
  folder = workspace.resolve("."),
): Promise<ToolResult> {
  const result = await runShell(command, {
    cwd: folder,
    signal,
    timeoutMs: BASH_TIMEOUT_SECONDS * 1000,
    openFile: () => new OutputFile(workspace.root, "bash", toolUseId),
  });
  const text = [result.output.trimEnd(), ...describeEnd(result)].filter(Boolean).join("\n");
  return {
    content: text || "(no output)",
    isError: result.ending !== "exited",
    fullOutput: result.fullOutput,
  };
}

/** A failing exit code is a fact for the model, not an error of the tool. */
function describeEnd({ ending, exitCode, signal, leftBehind, error }: ShellResult): string[] {
  switch (ending) {
    case "timed_out":
      return [`[timed out after ${BASH_TIMEOUT_SECONDS} s and was ended]`];
    case "aborted":
      return ["[interrupted by the user]"];
    case "failed_to_start":
      return [`[did not start: ${error}]`];
    case "exited": {
      const notes = [];
      if (signal) notes.push(`[ended by ${signal}]`);
      else if (exitCode !== 0) notes.push(`[exit code ${exitCode}]`);
      if (leftBehind) notes.push("[processes that it left running were ended]");
      return notes;
    }
    default:
      return assertNever(ending);
  }
}
