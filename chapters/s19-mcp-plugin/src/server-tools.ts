// A server's tools as tools of the agent: they pass the same door (permissions, hooks) as any other. They are deferred, and
// what a server says of them, as that one only reads, is not believed.
import type { Tool, ToolContext, ToolResult, Workspace } from "@course/runtime";
import type { OfferedTool } from "./offers.ts";
import type { ServerConnection } from "./server-connection.ts";
import { toolName } from "./tool-names.ts";
import { toolResult } from "./tool-result.ts";

/** Made once for each list of a server: what is the same object is the same definition for the conversation. */
const made = new WeakMap<OfferedTool, Tool>();

export function toolsOfServer(connection: ServerConnection, workspace: Workspace): Tool[] {
  return connection.offers.tools.map((offered) => {
    const tool = made.get(offered) ?? toolOf(connection, offered, workspace);
    made.set(offered, tool);
    return tool;
  });
}

function toolOf(connection: ServerConnection, offered: OfferedTool, { root }: Workspace): Tool {
  const name = toolName(connection.config.name, offered.name);
  return {
    name,
    description: offered.description,
    readOnly: false,
    parallel: false,
    deferred: true,
    inputSchema: () => offered.inputSchema,
    async run(input, { session, signal, toolUseId }: ToolContext): Promise<ToolResult> {
      const result = await connection.call(offered.name, input, {
        signal,
        onProgress: ({ progress, total, message }) =>
          session.emit({ type: "tool_progress", id: toolUseId, name, done: progress, total, message }),
      });
      return toolResult(result, { root, id: toolUseId });
    },
  };
}
