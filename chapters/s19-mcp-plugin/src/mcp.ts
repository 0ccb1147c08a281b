// MCP servers as an extension: their tools enter by the same door as ours. Servers connect side by side while the user
// reads the banner; the first request waits a moment for them, and one that comes later is told at the end.
import { setTimeout as delay } from "node:timers/promises";
import type { Extension, Session, Tool, Workspace } from "@course/runtime";
import { loadTool } from "./load-tool.ts";
import { readResource } from "./read-resource.ts";
import type { ServerConfig } from "./server-config.ts";
import { ServerConnection } from "./server-connection.ts";
import { renderServer, renderServers } from "./server-list.ts";
import { promptCommands } from "./server-prompts.ts";
import { toolsOfServer } from "./server-tools.ts";
import { ServersNote } from "./servers-note.ts";

const FIRST_WAIT_MS = 5_000;

export interface FoundServers {
  servers: readonly ServerConfig[];
  /** A line for each that cannot be used. */
  problems: readonly string[];
}

export interface McpOptions {
  /** The servers that may start. Asks the user where that is theirs to say. */
  find(session: Session): Promise<FoundServers>;
  connectMs?: number | undefined;
  callMs?: number | undefined;
  /** How long the first request waits for servers that are connecting; default 5 s. */
  waitMs?: number;
}

export function mcp(
  workspace: Workspace,
  { find, connectMs = 30_000, callMs = 300_000, waitMs = FIRST_WAIT_MS }: McpOptions,
): Extension {
  const note = new ServersNote();
  let connections: ServerConnection[] = [];
  let problems: readonly string[] = [];
  let connected: Promise<unknown> = Promise.resolve();
  const up = () => connections.filter(({ isUp }) => isUp);
  const reader = readResource(up, workspace);
  const toolsOf = (all: readonly ServerConnection[]): Tool[] => {
    const hasResources = all.some(({ offers }) => offers.resources.length > 0);
    const tools = all.flatMap((connection) => toolsOfServer(connection, workspace));
    return hasResources ? [...tools, reader] : tools;
  };
  const loader = loadTool(() => toolsOf(up()));
  return {
    name: "mcp",
    tools: () => (connections.length === 0 ? [] : [loader, ...toolsOf(connections)]),
    get commands() {
      return {
        mcp: {
          description: "lists MCP servers; /mcp NAME shows all that one offers",
          complete: () => connections.map(({ config }) => config.name),
          run(name: string) {
            const one = connections.find(({ config }) => config.name === name);
            if (name !== "" && !one) return `There is no MCP server ${name}. /mcp lists them.`;
            return one ? renderServer(one) : renderServers(connections, problems);
          },
        },
        ...Object.fromEntries(connections.flatMap(promptCommands)),
      };
    },
    status() {
      const waiting = connections.filter(({ state }) => state === "connecting").length;
      return waiting > 0 ? `${waiting} ${waiting === 1 ? "server" : "servers"} connecting` : undefined;
    },
    async start(session) {
      const found = await find(session);
      problems = found.problems;
      if (problems.length > 0)
        session.notice(
          `MCP servers, what is wrong:${problems.map((problem) => `\n  ✗ ${problem}`).join("")}`,
        );
      connections = found.servers.map((config) => {
        const onChange = (message?: string) => message !== undefined && session.notice(message);
        return new ServerConnection(config, { root: workspace.root, connectMs, callMs, onChange });
      });
      session.on((event) => {
        if (event.type === "cleared" || (event.type === "edited" && event.from === 0)) note.forget();
      });
      connected = Promise.all(connections.map((connection) => connection.start()));
    },
    async beforeModel(session) {
      await Promise.race([connected, delay(waitMs, undefined, { signal: session.signal, ref: false })]);
      // Who came too late for that is not waited for again.
      connected = Promise.resolve();
      const text = note.next(connections);
      if (text !== undefined) session.inject(text);
    },
    async stop() {
      await Promise.all(connections.map((connection) => connection.stop()));
    },
  };
}
