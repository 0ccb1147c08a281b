// @course/s04-subagent: subagents, for later chapters.
export { runSubagent, type SubagentReport } from "./subagent.ts";
export { subagents } from "./subagents.ts";
