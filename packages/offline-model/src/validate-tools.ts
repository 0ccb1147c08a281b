// The rules for tools: names, schemas, and tools that are deferred until a reference loads them
// (https://platform.claude.com/docs/en/agents-and-tools/tool-use/tool-search-tool).
import type Anthropic from "@anthropic-ai/sdk";
import { invalid } from "./api-error.ts";
import type { MessageRequest } from "./reply.ts";

const TOOL_NAME = /^[a-zA-Z0-9_-]{1,128}$/;

export function checkTools(tools: Anthropic.Tool[]): void {
  const names = new Set<string>();
  for (const [index, tool] of tools.entries()) {
    if (!TOOL_NAME.test(String(tool.name))) {
      throw invalid(`tools.${index}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
    }
    if (names.has(tool.name)) throw invalid("tools: Tool names must be unique.");
    names.add(tool.name);
    const serverTool = typeof tool.type === "string" && tool.type !== "custom";
    if (serverTool) continue;
    if (!tool.input_schema) throw invalid(`tools.${index}.custom.input_schema: Field required`);
    if (tool.input_schema.type !== "object") {
      throw invalid(`tools.${index}.custom.input_schema.type: Input should be 'object'`);
    }
    for (const key of ["anyOf", "oneOf", "allOf"])
      if (key in tool.input_schema)
        throw invalid(
          `tools.${index}.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`,
        );
    if (tool.defer_loading && tool.cache_control)
      throw invalid(`tools.${index}.custom: a tool with defer_loading=true cannot have cache_control`);
  }
  if (tools.length > 0 && tools.every((tool) => tool.defer_loading))
    throw invalid("tools: At least one tool must have defer_loading=false.");
}

/** Names of the tools that results of this conversation have loaded, each with its place. */
function references({ messages }: MessageRequest): { name: string; place: string }[] {
  return messages.flatMap(({ content }, index) => {
    if (typeof content === "string") return [];
    return content.flatMap((block, at) => {
      if (block.type !== "tool_result" || !Array.isArray(block.content)) return [];
      const place = `messages.${index}.content.${at}.tool_result`;
      return block.content.flatMap((part) =>
        part.type === "tool_reference" ? [{ name: part.tool_name, place }] : [],
      );
    });
  });
}

export function checkReferences(request: MessageRequest): void {
  const names = new Set((request.tools ?? []).map(({ name }) => name));
  for (const { name, place } of references(request))
    if (!names.has(name)) throw invalid(`${place}: Tool reference '${name}' not found in available tools`);
}

/** What the model may call: tools that are not deferred, and those that were loaded. */
export function offeredTools(request: MessageRequest): Set<string> {
  const loaded = new Set(references(request).map(({ name }) => name));
  const offered = (request.tools ?? []).filter(
    ({ defer_loading, name }) => !defer_loading || loaded.has(name),
  );
  return new Set(offered.map(({ name }) => name));
}
