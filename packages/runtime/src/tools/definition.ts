// A tool as the API is told of it.
import type Anthropic from "@anthropic-ai/sdk";
import type { Tool } from "./tool.ts";

export function definitionOf(tool: Tool): Anthropic.Tool {
  return { name: tool.name, description: tool.description, input_schema: tool.inputSchema() };
}

const deferred = new WeakMap<Tool, Anthropic.Tool>();

/** For a tool that is loaded later. Made once, so that what is the same object is known to be unchanged. */
export function deferredDefinitionOf(tool: Tool): Anthropic.Tool {
  const known = deferred.get(tool) ?? { ...definitionOf(tool), defer_loading: true };
  deferred.set(tool, known);
  return known;
}
