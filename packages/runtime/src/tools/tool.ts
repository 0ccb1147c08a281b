// A tool: its name and description for the model, a schema that checks its input, and what it does.
// Not covered: tools that the API runs itself (web search, code execution).
import type Anthropic from "@anthropic-ai/sdk";
import type { z } from "zod";
import { loadZod, schema, type Zod } from "./schema.ts";
import type { ToolResult } from "../conversation/events.ts";
import type { Session } from "../conversation/session.ts";
import { describeIssues, ToolError } from "../errors.ts";

export interface ToolContext {
  /** Whose call this is. */
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
  /** True if its definition stays out of the prompt until a `tool_reference` in a result loads it (s19). */
  readonly deferred?: boolean;
  /** What the model is told about the input, as JSON Schema. */
  inputSchema(): Anthropic.Tool.InputSchema;
  /** Checks the input, then runs. Throws ToolError for what the model can fix. */
  run(input: unknown, context: ToolContext): Promise<ToolResult>;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  /** Whether the tool says that it changes nothing; false where there is no such tool. */
  readonly readOnly: boolean;
  /** What a wrapper further out decided: to ask in any case, or not to ask. It never overrules a deny rule (s08). */
  readonly decision?: { behavior: "allow" | "ask"; reason: string };
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
  /** May throw ToolError for what the model can fix; a string is a successful result. */
  run(input: z.output<Input>, context: ToolContext): string | ToolResult | Promise<string | ToolResult>;
}

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
