// What all servers offer together: their tools, a tool that loads them, and one that reads resources where there are some.
import type { Tool, Workspace } from "@course/runtime";
import { loadTool } from "./load-tool.ts";
import { readResource } from "./read-resource.ts";
import type { ServerConnection } from "./server-connection.ts";
import { toolsOfServer } from "./server-tools.ts";

/** Nothing without a server. A tool of one that is down stays offered: what is sent of a conversation does not change. */
export function toolsOfServers(all: () => readonly ServerConnection[], workspace: Workspace): () => Tool[] {
  const up = () => all().filter(({ isUp }) => isUp);
  const reader = readResource(up, workspace);
  const toolsOf = (connections: readonly ServerConnection[]) => [
    ...connections.flatMap((connection) => toolsOfServer(connection, workspace)),
    ...(connections.some(({ offers }) => offers.resources.length > 0) ? [reader] : []),
  ];
  const loader = loadTool(() => toolsOf(up()));
  return () => (all().length === 0 ? [] : [loader, ...toolsOf(all())]);
}
