// Answering a reply's tool calls. Every call gets exactly one result, in the order of the calls, because the API
// refuses a conversation without it; so nothing here rejects, whatever a tool or a wrapper does.
import { setTimeout as delay } from "node:timers/promises";
import type Anthropic from "@anthropic-ai/sdk";
import { toolsOf } from "../agent.ts";
import type { ToolResult } from "../conversation/events.ts";
import type { AdmittedCall } from "../conversation/gate.ts";
import { timed } from "../conversation/human-wait.ts";
import type { Session } from "../conversation/session.ts";
import { errorMessage, ToolError } from "../errors.ts";
import type { Agent } from "../extension.ts";
import { wrapped } from "../seams.ts";
import type { Tool, ToolCall, ToolRunner } from "./tool.ts";

/** How long an interrupted tool may take to clean up before its call is answered without it. */
const ABORT_GRACE_MS = 2_500;
const INTERRUPTED: ToolResult = { content: "Interrupted by the user.", isError: true };

/** Answers every tool call of a reply. Consecutive parallel calls run side by side, all others one by one. */
export async function runTools(
  agent: Agent,
  session: Session,
  calls: readonly AdmittedCall[],
): Promise<Anthropic.ToolResultBlockParam[]> {
  const parallel = new Set(
    toolsOf(agent)
      .filter((tool) => tool.parallel)
      .map((tool) => tool.name),
  );
  const results: Anthropic.ToolResultBlockParam[] = [];
  for (const batch of batches(calls, (call) => parallel.has(call.name))) {
    results.push(...(await Promise.all(batch.map((call) => runTool(agent, session, call)))));
  }
  return results;
}

function batches<T>(items: readonly T[], together: (item: T) => boolean): T[][] {
  const all: T[][] = [];
  let open = false;
  for (const item of items) {
    if (open && together(item)) all.at(-1)?.push(item);
    else all.push([item]);
    open = together(item);
  }
  return all;
}

/** Answers one call, through the extensions that wrap it. Never rejects: what goes wrong is an is_error result. */
export async function runTool(
  agent: Agent,
  session: Session,
  { id, name, input, problem }: AdmittedCall,
): Promise<Anthropic.ToolResultBlockParam> {
  session.emit({ type: "tool_started", id, name, input });
  const toolNamed = (wanted: string) => toolsOf(agent).find((candidate) => candidate.name === wanted);
  const innermost: ToolRunner = async (call) => {
    const tool = toolNamed(call.name);
    if (!tool) throw new ToolError(unknownTool(call.name, toolsOf(agent)));
    return tool.run(call.input, { session, signal: session.signal, toolUseId: id });
  };
  const tool = toolNamed(name);
  const call = { id, name, input, readOnly: tool?.readOnly ?? false, tool, session };
  const run = problem === undefined ? wrapped(agent, "wrapToolCall", innermost) : refuse(problem);
  const { result: answered, durationMs } = await timed(() => answer(run, call));
  const result = sendable(answered, name);
  session.emit({ type: "tool_ended", id, name, result, durationMs });
  return {
    type: "tool_result",
    tool_use_id: id,
    content: result.content,
    ...(result.isError && { is_error: true }),
  };
}

const refuse = (problem: string): ToolRunner => {
  return () => Promise.reject(new ToolError(problem));
};

async function answer(run: ToolRunner, call: ToolCall): Promise<ToolResult> {
  const { session } = call;
  const { signal } = session;
  if (signal.aborted) return INTERRUPTED;
  let giveUp = () => {};
  const interrupted = new Promise<ToolResult>((resolve) => {
    giveUp = () => void delay(ABORT_GRACE_MS, undefined, { ref: false }).then(() => resolve(INTERRUPTED));
    signal.addEventListener("abort", giveUp);
  });
  try {
    return await Promise.race([run(call), interrupted]);
  } catch (error) {
    if (signal.aborted) return INTERRUPTED;
    if (error instanceof ToolError) return { content: error.message, isError: true };
    const message = `${call.name} failed: ${errorMessage(error)}`;
    session.emit({ type: "error", message, stack: error instanceof Error ? error.stack : undefined });
    return { content: message, isError: true };
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

const NO_OUTPUT = "(no output)";

/** The result in a form that the API takes, whatever a tool returned: no half of a surrogate pair, no blank block. */
function sendable(result: ToolResult | undefined, name: string): ToolResult {
  const { content, ...rest }: Partial<ToolResult> = result ?? {};
  if (typeof content === "string")
    return { ...rest, content: rest.isError && content.trim() === "" ? NO_OUTPUT : content.toWellFormed() };
  if (!Array.isArray(content))
    return { content: `${name} returned no result: expected a text, or { content }.`, isError: true };
  const blocks = content
    // A failure is told in words alone.
    .map((block) => (rest.isError && block.type !== "text" ? textBlock(`[${block.type}]`) : block))
    .filter((block) => block.type !== "text" || block.text.trim() !== "")
    .map((block) => (block.type === "text" ? { ...block, text: block.text.toWellFormed() } : block));
  return { ...rest, content: blocks.length > 0 ? blocks : NO_OUTPUT };
}

const textBlock = (text: string) => ({ type: "text" as const, text });

function unknownTool(name: string, tools: readonly Tool[]): string {
  const first = tools.filter((tool) => !tool.deferred).map((tool) => tool.name);
  return `There is no tool "${name}". The tools are: ${first.join(", ")}.`;
}
