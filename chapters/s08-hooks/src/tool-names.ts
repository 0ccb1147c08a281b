// Tools as Claude Code's hooks know them: names, and what a call came back with.
import type { ToolResult } from "@course/runtime";

const NAMES: Readonly<Record<string, string>> = {
  bash: "Bash",
  // A guard that watches commands must see those that run in the background, or in a worktree.
  background_run: "Bash",
  worktree_run: "Bash",
  read_file: "Read",
  write_file: "Write",
  edit_file: "Edit",
  task: "Agent",
};

/** Those whose `file_path` is a whole path there. */
export const FILE_TOOLS: readonly string[] = ["Read", "Write", "Edit"];

/** A tool that Claude Code does not have goes by its own name. */
export const hookName = (tool: string): string =>
  (Object.hasOwn(NAMES, tool) ? NAMES[tool] : undefined) ?? tool;

export function textOfResult({ content }: ToolResult): string {
  if (typeof content === "string") return content;
  return content.map((part) => (part.type === "text" ? part.text : `[${part.type}]`)).join("\n");
}

/** The `tool_response` of a call that went well. Our bash writes both streams into one text, given as stdout. */
export function toolResponse(name: string, input: unknown, result: ToolResult): unknown {
  const text = textOfResult(result);
  if (name === "Bash") return { stdout: text, stderr: "", interrupted: false };
  const { file_path: filePath } = (input ?? {}) as { file_path?: unknown };
  if (name === "Write" || name === "Edit") return { filePath, success: true };
  return { content: text, ...(filePath !== undefined && { filePath }) };
}

/** What a failing command leaves at the end of its output (bash.ts); for the model that is a fact, for hooks a failure. */
const FAILED_COMMAND = /(?:^|\n)\[(?:exit code \d+|ended by SIG\w+)\](?:\n\[[^\n]*\])?$/;

export function hasFailed(name: string, result: ToolResult): boolean {
  return result.isError === true || (name === "Bash" && FAILED_COMMAND.test(textOfResult(result)));
}
