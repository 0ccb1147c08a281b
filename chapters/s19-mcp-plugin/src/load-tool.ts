// load_tool: finds deferred tools by words and answers with references, by which the API loads their definitions at this
// place of the conversation, and not in front of it (https://platform.claude.com/docs/en/agents-and-tools/tool-use/tool-search-tool).
import { defineTool, ToolError, traitsOf, type Tool, type ToolResult } from "@course/runtime";

const MOST_FOUND = 5;
/** A word in a tool's name says more than one in its description. */
const IN_NAME = 3;

export function loadTool(deferred: () => readonly Tool[]): Tool {
  return defineTool({
    name: "load_tool",
    description:
      "Finds tools of MCP servers and loads them, so that you can call them. Words of what you want to do, or names as in select:mcp__server__tool.",
    readOnly: true,
    harness: true,
    input: (z) => z.object({ query: z.string().min(1).describe("Words, or select:NAME,NAME") }),
    run({ query }, { session }): ToolResult {
      const found = findTools(query, deferred());
      if (found.length === 0) throw new ToolError(nothing(query, deferred()));
      const names = found.map(({ name }) => name);
      if (!traitsOf(session.model.id).deferLoading)
        return { content: `Loaded from the start, call them: ${names.join(", ")}` };
      return { content: names.map((tool_name) => ({ type: "tool_reference", tool_name })) };
    },
  });
}

/** The best first, at most five; those that are named after `select:`, all. */
function findTools(query: string, tools: readonly Tool[]): Tool[] {
  const [, selected] = /^select:(.+)$/s.exec(query.trim()) ?? [];
  if (selected !== undefined) {
    const names = new Set(selected.split(",").map((name) => name.trim()));
    return tools.filter(({ name }) => names.has(name));
  }
  const words = wordsOf(query);
  return tools
    .map((tool) => ({ tool, score: score(tool, words) }))
    .filter((candidate) => candidate.score > 0)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, MOST_FOUND)
    .map(({ tool }) => tool);
}

function score(tool: Tool, words: readonly string[]): number {
  const inName = new Set(wordsOf(tool.name));
  const elsewhere = new Set(
    wordsOf(`${tool.description} ${Object.keys(tool.inputSchema().properties ?? {}).join(" ")}`),
  );
  return words.reduce(
    (sum, word) => sum + (inName.has(word) ? IN_NAME : 0) + (elsewhere.has(word) ? 1 : 0),
    0,
  );
}

/** Lower case, without a plural's s; a name's parts are words. */
function wordsOf(text: string): string[] {
  return text
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 1 && word !== "mcp")
    .map((word) => word.replace(/(?<=\w\w)s$/, ""));
}

function nothing(query: string, tools: readonly Tool[]): string {
  const servers = [...new Set(tools.map(({ name }) => name.split("__")[1]))].join(", ");
  return `No tool fits "${query}". There are ${tools.length}, of: ${servers || "no server"}. Try other words, or go on without.`;
}
