// @course/runtime: what no chapter teaches twice.
export { defineAgent, type Agent, type AgentDefinition, type AgentLoop, type StopReason } from "./agent.ts";
export { assertNever } from "./assert-never.ts";
export { writeFileAtomic } from "./atomic-write.ts";
export { createModelClient, type ClientOptions, type ModelClient } from "./client.ts";
export type { AgentEvent, StampedEvent } from "./events.ts";
export type { Command, Extension, ModelCall, ModelRequest } from "./extension.ts";
export { describeModelError } from "./model-error.ts";
export { isAlive, sessionLives, signalSession, startTime } from "./processes.ts";
export { callModel, requestParams, streamReply } from "./call-model.ts";
export { runAgentLoop } from "./loop.ts";
export { run, runUntilIdle, settle, type RunOutcome } from "./run.ts";
export { describeIssues, schema, type Zod } from "./schema.ts";
export { errorCode } from "./error-code.ts";
export { safePath } from "./safe-path.ts";
export { blocksOf, Session, textOf, type Answer, type Question } from "./session.ts";
export { runShell, spawnShell, type ShellEnd, type ShellProcess, type ShellResult } from "./shell.ts";
export {
  defineTool,
  runTool,
  runTools,
  toolsOf,
  type Tool,
  type ToolCall,
  type ToolContext,
  type ToolResult,
  type ToolRunner,
} from "./tool.ts";
export { ToolError } from "./tool-error.ts";
export { bash, runBash } from "./tools/bash.ts";
export { fileTools } from "./tools/files.ts";
export { baseTools } from "./tools/index.ts";
export type { Card, ChapterFlag, ChapterModule, FlagValues, TryIt } from "./terminal/chapter.ts";
export { traceTo } from "./trace.ts";
export { contextTokens, promptTokens, turnUsage, type TurnUsage, UsageTotals } from "./usage.ts";
export { ensurePlayground, Workspace } from "./workspace.ts";
