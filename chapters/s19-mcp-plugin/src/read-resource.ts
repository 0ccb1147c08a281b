// read_resource: what a link in a server's answer leads to. Deferred as a server's tools are, and asked for as they are: to
// read may mean anything on the server's side.
import { defineTool, ToolError, type Tool, type Workspace } from "@course/runtime";
import type { ServerConnection } from "./server-connection.ts";
import { toolResult } from "./tool-result.ts";

export function readResource(connections: () => readonly ServerConnection[], { root }: Workspace): Tool {
  const tool = defineTool({
    name: "read_resource",
    description:
      "Reads a resource of an MCP server by its URI, as in a [resource ...] line of a result or in /mcp.",
    input: (z) => z.object({ server: z.string(), uri: z.string() }),
    async run({ server, uri }, { signal, toolUseId }) {
      const connection = connections().find(({ config }) => config.name === server);
      const names = connections().map(({ config }) => config.name);
      if (!connection)
        throw new ToolError(`There is no MCP server "${server}". There are: ${names.join(", ")}.`);
      const { contents } = await connection.ask((client) => client.readResource({ uri }, { signal }));
      const content = contents.map((resource) => ({ type: "resource" as const, resource }));
      return toolResult({ content }, { root, id: toolUseId });
    },
  });
  return { ...tool, deferred: true };
}
