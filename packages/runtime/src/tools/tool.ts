// Tools: defining one, and answering a reply's tool calls. Every call gets exactly one
// result, in the order of the calls, because the API refuses a conversation without it.
// Not covered: tools that the API runs itself (web search, code execution).
import { setTimeout as delay } from "node:timers/promises";
import type Anthropic from "@anthropic-ai/sdk";
import type { z } from "zod";
import type { Agent } from "../agent.ts";
import { describeIssues, loadZod, schema, type Zod } from "./schema.ts";
import type { Session } from "../conversation/session.ts";
import { errorMessage, ToolError } from "../errors.ts";

export interface ToolResult {
  content: string | Array<Anthropic.TextBlockParam | Anthropic.ImageBlockParam>;
  isError?: boolean;
}

export interface ToolContext {
  /** Whose call this is. */
  agent: Agent;
  session: Session;
  /** Aborted when the user interrupts the run. */
  signal: AbortSignal;
  toolUseId: string;
}

export interface Tool {
  readonly name: string;
  readonly description: string;
  /** True if it changes nothing. */
  readonly readOnly: boolean;
  /** True if it touches nothing but the harness's own state, as a todo list, so that nobody needs to be asked. */
  readonly harness?: boolean;
  /** Whether consecutive calls run side by side. */
  readonly parallel: boolean;
  /** What the model is told of the input, as JSON Schema. */
  inputSchema(): Anthropic.Tool.InputSchema;
  /** Checks the input, then runs. Throws ToolError for what the model can mend. */
  run(input: unknown, context: ToolContext): Promise<ToolResult>;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  /** Whether the tool says that it changes nothing; false where there is no such tool. */
  readonly readOnly: boolean;
  /** The tool itself; undefined where there is none of this name. */
  readonly tool?: Tool | undefined;
  readonly session: Session;
}

export type ToolRunner = (call: ToolCall) => Promise<ToolResult>;

export interface ToolDefinition<Input extends z.ZodObject> {
  name: string;
  description: string;
  /** The schema of the input, made when it is first needed. */
  input(z: Zod): Input;
  readOnly?: boolean;
  harness?: boolean;
  /** Default: whether it is read-only. */
  parallel?: boolean;
  /** May throw ToolError for what the model can mend; a string is a successful result. */
  run(input: z.output<Input>, context: ToolContext): string | ToolResult | Promise<string | ToolResult>;
}

/** How long an interrupted tool may take to clean up before its call is answered without it. */
const ABORT_GRACE_MS = 2_500;
const INTERRUPTED: ToolResult = { content: "Interrupted by the user.", isError: true };

/** Makes a tool whose input is checked by a zod schema before `run` sees it. */
export function defineTool<Input extends z.ZodObject>(definition: ToolDefinition<Input>): Tool {
  const { name, description, readOnly = false, harness = false, parallel = readOnly } = definition;
  const input = schema((z) => definition.input(z));
  let jsonSchema: Anthropic.Tool.InputSchema | undefined;
  return {
    name,
    description,
    readOnly,
    harness,
    parallel,
    inputSchema: () => (jsonSchema ??= toJsonSchema(input())),
    async run(raw, context) {
      const parsed = input().safeParse(raw);
      if (!parsed.success) throw new ToolError(`Invalid input for ${name}. ${describeIssues(parsed.error)}`);
      const result = await definition.run(parsed.data, context);
      return typeof result === "string" ? { content: result } : result;
    },
  };
}

function toJsonSchema(input: z.ZodObject): Anthropic.Tool.InputSchema {
  // io: "input", or fields with a default would be required of the model.
  const { $schema: _, ...rest } = loadZod().toJSONSchema(input, { io: "input" });
  return { ...rest, type: "object" };
}

/** The tools that the agent offers now: its own and its extensions'. */
export function toolsOf(agent: Agent): Tool[] {
  const added = agent.extensions.map(({ tools = [] }) => (typeof tools === "function" ? tools() : tools));
  return [...agent.tools, ...added.flat()];
}

/** Answers every tool call of a reply. Consecutive parallel calls run side by side, all others one by one. */
export async function runTools(
  agent: Agent,
  session: Session,
  reply: Anthropic.Message,
): Promise<Anthropic.ToolResultBlockParam[]> {
  const parallel = new Set(
    toolsOf(agent)
      .filter((tool) => tool.parallel)
      .map((tool) => tool.name),
  );
  const calls = reply.content.filter((block) => block.type === "tool_use");
  const results: Anthropic.ToolResultBlockParam[] = [];
  for (const batch of batches(calls, (block) => parallel.has(block.name))) {
    results.push(...(await Promise.all(batch.map((block) => runTool(agent, session, block)))));
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
  { id, name, input }: Anthropic.ToolUseBlock,
): Promise<Anthropic.ToolResultBlockParam> {
  const start = performance.now();
  session.emit({ type: "tool_started", id, name, input });
  const innermost: ToolRunner = (call) => {
    const tool = toolsOf(agent).find((candidate) => candidate.name === call.name);
    if (!tool) throw new ToolError(unknownTool(call.name, toolsOf(agent)));
    return tool.run(call.input, { agent, session, signal: session.signal, toolUseId: id });
  };
  const run = agent.extensions.reduceRight<ToolRunner>((next, extension) => {
    const wrap = extension.wrapToolCall?.bind(extension);
    return wrap ? (call) => wrap(call, next) : next;
  }, innermost);
  const tool = toolsOf(agent).find((candidate) => candidate.name === name);
  const call = { id, name, input, readOnly: tool?.readOnly ?? false, tool, session };
  const result = wellFormed(await answer(run, call));
  session.emit({ type: "tool_ended", id, name, result, durationMs: performance.now() - start });
  return {
    type: "tool_result",
    tool_use_id: id,
    content: result.content,
    ...(result.isError && { is_error: true }),
  };
}

/** Text that was cut may end in half of a surrogate pair, which the API refuses as invalid JSON. */
function wellFormed({ content, ...rest }: ToolResult): ToolResult {
  if (typeof content === "string") return { ...rest, content: content.toWellFormed() };
  return {
    ...rest,
    content: content.map((block) =>
      block.type === "text" ? { ...block, text: block.text.toWellFormed() } : block,
    ),
  };
}

async function answer(run: ToolRunner, call: ToolCall): Promise<ToolResult> {
  const { session } = call;
  const { signal } = session;
  if (signal.aborted) return INTERRUPTED;
  let giveUp = () => {};
  const interrupted = new Promise<ToolResult>((resolve) => {
    giveUp = () => void delay(ABORT_GRACE_MS, undefined, { ref: false }).then(() => resolve(INTERRUPTED));
    signal.addEventListener("abort", giveUp, { once: true });
  });
  try {
    return await Promise.race([run(call), interrupted]);
  } catch (error) {
    if (signal.aborted) return INTERRUPTED;
    const message = errorMessage(error);
    if (error instanceof ToolError) return { content: message, isError: true };
    const stack = error instanceof Error ? error.stack : undefined;
    session.emit({ type: "error", message: `${call.name} failed: ${message}`, stack });
    return { content: `${call.name} failed: ${message}`, isError: true };
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

function unknownTool(name: string, tools: readonly Tool[]): string {
  return `There is no tool "${name}". The tools are: ${tools.map((tool) => tool.name).join(", ")}.`;
}
