// @course/s04-subagent: subagents, for later chapters.
export { guards, runSubagent, type SubagentReport } from "./subagent.ts";
export { subagents } from "./subagents.ts";
