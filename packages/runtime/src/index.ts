// @course/runtime: what no chapter teaches twice.
export { defineAgent, type Agent, type AgentDefinition, type AgentLoop, type StopReason } from "./agent.ts";
export { writeFileAtomic } from "./workspace/atomic-write.ts";
export { createModelClient, type ClientOptions, type ModelClient } from "./model/client.ts";
export type { AgentEvent, StampedEvent } from "./conversation/events.ts";
export type { Command, Extension, ModelCall, ModelRequest } from "./extension.ts";
export { describeModelError } from "./model/model-error.ts";
export { isAlive, sessionLives, signalSession, startTime } from "./processes/processes.ts";
export { callModel, requestParams, streamReply } from "./model/call-model.ts";
export { runAgentLoop } from "./loop.ts";
export { run, runUntilIdle, settle, type RunOutcome } from "./run.ts";
export { describeIssues, schema, type Zod } from "./tools/schema.ts";
export { assertNever, errorCode, errorMessage, ToolError } from "./errors.ts";
export { safePath } from "./workspace/safe-path.ts";
export { blocksOf, Session, textOf, type Answer, type Question } from "./conversation/session.ts";
export {
  runShell,
  spawnShell,
  type ShellEnd,
  type ShellProcess,
  type ShellResult,
} from "./processes/shell.ts";
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
} from "./tools/tool.ts";
export { bash, runBash } from "./tools/bash.ts";
export { fileTools } from "./tools/files.ts";
export { baseTools } from "./tools/index.ts";
export type { Card, ChapterFlag, ChapterModule, FlagValues, TryIt } from "./terminal/chapter.ts";
export { traceTo } from "./conversation/trace.ts";
export { contextTokens, promptTokens, turnUsage, type TurnUsage, UsageTotals } from "./conversation/usage.ts";
export { stateFolder } from "./workspace/state-folder.ts";
export { ensurePlayground, Workspace } from "./workspace/workspace.ts";
