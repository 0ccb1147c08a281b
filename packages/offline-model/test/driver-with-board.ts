// A driver with a board and background commands, and what the harness writes when one of these has ended.
import type Anthropic from "@anthropic-ai/sdk";
import { Driver } from "./drive.ts";

export const ended = (
  id: string,
  command: string,
  output: string,
  status = "completed",
): Anthropic.TextBlockParam => ({
  type: "text",
  text: `<background-results>\n<task id="${id}" status="${status}" exit_code="0" seconds="1.0">\ncommand: ${command}\nlog: x\n${output}\n</task>\n</background-results>`,
});

/** What is done to the board goes into `boards`. */
export function startWithBoard(boards: string[]): Promise<Driver> {
  let started = 0;
  return Driver.start({
    background_run: () =>
      `Started bg_${++started} (running). Output goes to .runtime-tasks/bg_${started}.log.`,
    compact: () => "The conversation is compacted before your next step.",
    task_create: (input) => {
      boards.push(`create ${input["subject"]}`);
      return `{"id":${boards.length},"subject":${JSON.stringify(input["subject"])}}`;
    },
    task_update: (input) => {
      boards.push(`update ${JSON.stringify(input)}`);
      if (input["add_blocked_by"]?.includes("9" as never)) throw new Error("There is no task 9.");
      return "{}";
    },
    task_list: () => "(the board)",
  });
}
