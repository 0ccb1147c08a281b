// MCP servers as an extension: their tools enter by the same door as ours. Servers connect side by side while the user
// reads the banner; the first request waits a moment for them, and one that comes later is told at the end.
import { setTimeout as delay } from "node:timers/promises";
import { ToolError, type Command, type Extension, type Session, type Workspace } from "@course/runtime";
import type { ServerConfig } from "./server-config.ts";
import { ServerConnection } from "./server-connection.ts";
import { describeConnecting, describeProblems, renderServer, renderServers } from "./server-list.ts";
import { promptCommands } from "./server-prompts.ts";
import { toolsOfServers } from "./tools-of-servers.ts";
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
  /** How long the first request waits for servers if there is somebody who can ask again; default 5 s. */
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
  return {
    name: "mcp",
    tools: toolsOfServers(() => connections, workspace),
    get commands() {
      return commandsOf(connections, problems);
    },
    status: () => describeConnecting(connections),
    async start(session) {
      const found = await find(session);
      problems = found.problems;
      if (problems.length > 0) session.notice(describeProblems(problems));
      const onChange = (message?: string) => message !== undefined && session.notice(message);
      const options = { root: workspace.root, connectMs, callMs, onChange };
      connections = found.servers.map((config) => new ServerConnection(config, options));
      note.follow(session);
      connected = Promise.all(connections.map((connection) => connection.start()));
    },
    async beforeModel(session) {
      const limit = session.human ? waitMs : connectMs;
      await Promise.race([connected, delay(limit, undefined, { signal: session.signal, ref: false })]);
      connected = Promise.resolve(); // Later requests do not wait.
      const text = note.next(connections);
      if (text !== undefined) session.inject(text);
    },
    async stop() {
      await Promise.all(connections.map((connection) => connection.stop()));
    },
  };
}

function commandsOf(
  connections: readonly ServerConnection[],
  problems: readonly string[],
): Record<string, Command> {
  const mcp: Command = {
    description: "lists MCP servers; /mcp NAME shows all that one offers",
    complete: () => connections.map(({ config }) => config.name),
    run(name) {
      const one = connections.find(({ config }) => config.name === name);
      if (name !== "" && !one) throw new ToolError(`There is no MCP server ${name}. /mcp lists them.`);
      return one ? renderServer(one) : renderServers(connections, problems);
    },
  };
  return { mcp, ...Object.fromEntries(connections.flatMap(promptCommands)) };
}
