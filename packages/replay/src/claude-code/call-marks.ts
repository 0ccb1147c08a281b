// Which chapter teaches what a call of Claude Code's does. Names of tools as of November 2026
// (https://code.claude.com/docs/en/tools-reference), and older ones that stand in saved sessions.
import { at, textAt } from "../json.ts";

const CHAPTER_OF_TOOL: Readonly<Record<string, string>> = {
  Bash: "s01",
  PowerShell: "s01",
  TodoWrite: "s03",
  TodoRead: "s03",
  Task: "s04",
  Agent: "s04",
  Skill: "s05",
  SlashCommand: "s05",
  EnterPlanMode: "s07",
  ExitPlanMode: "s07",
  TaskCreate: "s12",
  TaskUpdate: "s12",
  TaskList: "s12",
  TaskGet: "s12",
  BashOutput: "s13",
  KillBash: "s13",
  KillShell: "s13",
  TaskOutput: "s13",
  TaskStop: "s13",
  Monitor: "s13",
  CronCreate: "s14",
  CronDelete: "s14",
  CronList: "s14",
  ScheduleWakeup: "s14",
  TeamCreate: "s15",
  TeamDelete: "s15",
  SendMessage: "s15",
  EnterWorktree: "s18",
  ExitWorktree: "s18",
  ListMcpResources: "s19",
  ListMcpResourcesTool: "s19",
  ReadMcpResource: "s19",
  ReadMcpResourceTool: "s19",
  ToolSearch: "s19",
};

/** Messages between agents that wait for an answer. */
const REQUESTS = /^(shutdown|plan_approval|permission)_(request|response)$|_(approved|rejected)$/;

/** Of a call: a tool that stands in no list is one more tool (s02). */
export function chapterOfCall(name: string, input: unknown): string {
  if (name.startsWith("mcp__")) return "s19";
  const runsBeside = at(input, "run_in_background") === true;
  if (runsBeside && (name === "Bash" || name === "PowerShell")) return "s13";
  if (name === "Task" || name === "Agent") return chapterOfAgent(input, runsBeside);
  if (name === "SendMessage") return isRequest(input) ? "s16" : "s15";
  const path = textAt(input, "file_path");
  if (/(^|\/)CLAUDE(\.local)?\.md$/.test(path)) return "s10";
  if (/(^|\/)MEMORY\.md$|\/\.claude\/.*\/memory\//.test(path)) return "s09";
  return Object.hasOwn(CHAPTER_OF_TOOL, name) ? (CHAPTER_OF_TOOL[name] ?? "s02") : "s02";
}

function chapterOfAgent(input: unknown, runsBeside: boolean): string {
  if (textAt(input, "isolation") === "worktree") return "s18";
  if (textAt(input, "team_name") !== "") return "s15";
  return runsBeside ? "s13" : "s04";
}

function isRequest(input: unknown): boolean {
  const kinds = [textAt(input, "type"), textAt(input, "message", "type")];
  return kinds.some((kind) => REQUESTS.test(kind));
}
