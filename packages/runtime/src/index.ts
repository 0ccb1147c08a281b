// @course/runtime: what no chapter teaches twice.
export { defineAgent, toolsOf, type AgentDefinition } from "./agent.ts";
export { ORDER } from "./extension.ts";
export type {
  Agent,
  AgentLoop,
  Command,
  Extension,
  ModelCall,
  ModelRequest,
  PromptSection,
  StopReason,
} from "./extension.ts";
export { assertNever, describeIssues, errorCode, errorMessage, rootCause, ToolError } from "./errors.ts";
export {
  blocksOf,
  isThinking,
  textOf,
  withoutThinking,
  type Message,
  type Prefix,
  type RequestParams,
} from "./conversation/message.ts";
export type { AgentEvent, StampedEvent, ToolResult } from "./conversation/events.ts";
export { admit, wellFormed, type AdmittedCall } from "./conversation/gate.ts";
export type { ModelClient } from "./conversation/model-client.ts";
export { rebuildRequests } from "./conversation/rebuild.ts";
export type { Answer, Question } from "./conversation/question.ts";
export type { Place } from "./conversation/place.ts";
export { Session } from "./conversation/session.ts";
export { traceTo } from "./conversation/trace.ts";
export { contextTokens, promptTokens, turnUsage, type TurnUsage, UsageTotals } from "./conversation/usage.ts";
export { callModel, makePrefix, requestParams, streamReply } from "./model/call-model.ts";
export { createModelClient, type ClientOptions } from "./model/client.ts";
export { describeModelError, isTooLong } from "./model/model-error.ts";
export { traitsOf, type ModelTraits } from "./model/models.ts";
export { readReply, StreamError } from "./model/read-reply.ts";
export { commandEnvironment } from "./processes/command-environment.ts";
export { isAlive } from "./processes/processes.ts";
export { sessionLives, signalSession } from "./processes/sessions.ts";
export {
  runShell,
  spawnShell,
  type ShellEnd,
  type ShellProcess,
  type ShellResult,
} from "./processes/shell.ts";
export { startMark, stillRuns } from "./processes/start-mark.ts";
export { beforeCompaction } from "./seams.ts";
export { loadFile, loadLater } from "./load-later.ts";
export { runAgentLoop } from "./loop.ts";
export { shortened } from "./shortened.ts";
export { run, runUntilIdle, settle, type RunOutcome } from "./run.ts";
export { bash, runBash } from "./tools/bash.ts";
export { withoutMark } from "./tools/byte-order-mark.ts";
export { fileTools } from "./tools/files.ts";
export { baseTools } from "./tools/index.ts";
export { replaceText } from "./tools/replace-text.ts";
export { runTool, runTools } from "./tools/run-tools.ts";
export { schema, type Zod } from "./tools/schema.ts";
export { defineTool, type Tool, type ToolCall, type ToolContext, type ToolRunner } from "./tools/tool.ts";
export { hasControlCharacters } from "./terminal/control-characters.ts";
export type { Card, ChapterFlag, ChapterModule, FlagValues, TryIt } from "./terminal/chapter.ts";
export { writeFileAtomic } from "./workspace/atomic-write.ts";
export { keepOutput } from "./workspace/output-file.ts";
export { checkPlain, NotPlainFileError, readPlainFile } from "./workspace/plain-file.ts";
export { isInside, OutsideWorkspaceError, safePath } from "./workspace/safe-path.ts";
export { stateFolder } from "./workspace/state-folder.ts";
export { watchFolder } from "./workspace/watch-folder.ts";
export { ensurePlayground, Workspace } from "./workspace/workspace.ts";
