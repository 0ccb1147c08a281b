// Subagents as an extension: the task tool, and /subagents, which shows what they kept away.
import {
  ToolError,
  type Agent,
  contextTokens,
  defineTool,
  type Extension,
  type Session,
  type Tool,
  type ToolResult,
  shortened,
} from "@course/runtime";
import { runSubagent, type SubagentReport } from "./subagent.ts";

export function subagents(): Extension {
  const reports: SubagentReport[] = [];
  let parent: Agent | undefined;
  return {
    name: "subagents",
    tools: [taskTool(reports, () => parent)],
    start(session, agent) {
      parent = agent;
      session.on((event) => {
        if (event.type === "cleared") reports.length = 0;
      });
    },
    commands: {
      subagents: {
        description: "shows each subagent, and the context with and without them",
        isAlone: true,
        run: (_, session, columns) => renderReports(reports, session, columns),
      },
    },
  };
}

function taskTool(reports: SubagentReport[], parent: () => Agent | undefined): Tool {
  return defineTool({
    name: "task",
    description:
      "Sends a subagent with an empty conversation and the same folder to answer one question. It sees nothing but the prompt; only its last message comes back. Several in one reply run side by side.",
    parallel: true,
    harness: true,
    input: (z) =>
      z.object({
        description: z.string().trim().min(1).max(60).describe("A name for people, three to five words"),
        prompt: z.string().trim().min(1).describe("The question, with all that the subagent must know"),
      }),
    async run(input, { session }) {
      const agent = parent();
      if (!agent) throw new ToolError("Subagents have not been started.");
      const report = await runSubagent(agent, session, input);
      reports.push(report);
      return resultOf(report);
    },
  });
}

/** The answer; where the subagent did not finish, what it has, marked as such. */
function resultOf({ ending, answer, problem, modelCalls }: SubagentReport): ToolResult {
  if (ending === "completed") return { content: answer || "(the subagent said nothing)" };
  const why =
    ending === "max_turns"
      ? `stopped at its limit of ${modelCalls} model calls`
      : ending === "cut_off"
        ? "its last message was cut off"
        : ending;
  const reason = ending === "failed" && problem !== undefined ? `: ${problem}` : "";
  const rest = answer === "" ? "It wrote nothing." : `The last that it wrote:\n${answer}`;
  return {
    content: `[The subagent did not finish (${why})${reason}]\n${rest}`,
    isError: ending === "failed",
  };
}

function renderReports(
  reports: readonly SubagentReport[],
  { usage: { last } }: Session,
  columns = 80,
): string {
  if (reports.length === 0 || !last) return "No subagents yet.";
  const number = (value: number) => value.toLocaleString("en").padStart(8);
  const width = Math.min(36, Math.max(8, columns - 27));
  // What kept the most out of this conversation stands first.
  const rows = [...reports]
    .sort((a, b) => b.contextTokens - a.contextTokens)
    .map(
      ({ description, ending, modelCalls, contextTokens }) =>
        `  ${shortened(description, width - 2).padEnd(width)}${String(modelCalls).padStart(6)}${number(contextTokens)}  ${ending}`,
    );
  const here = contextTokens(last);
  return [
    `  ${"subagent".padEnd(width)}${"calls".padStart(6)}${"tokens".padStart(8)}`,
    ...rows,
    `  This conversation holds ${here.toLocaleString("en")} tokens; theirs, which it does not hold, ${reports
      .reduce((sum, { contextTokens }) => sum + contextTokens, 0)
      .toLocaleString("en")}.`,
  ].join("\n");
}
