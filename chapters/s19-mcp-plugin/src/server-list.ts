// What /mcp shows: each server's state and what it offers; /mcp NAME all of one.
import { assertNever } from "@course/runtime";
import { onOneLine } from "./foreign-lines.ts";
import type { ServerConnection } from "./server-connection.ts";
import { toolName } from "./tool-names.ts";

const SHOWN = 8;

export function renderServers(connections: readonly ServerConnection[], problems: readonly string[]): string {
  const rows = connections.map((connection) => renderServer(connection, SHOWN));
  const broken = problems.map((problem) => `  ✗ ${onOneLine(problem)}`);
  if (rows.length + broken.length === 0)
    return "  No servers. They are configured in .mcp.json, in a plugin, or with --mcp-config FILE.";
  return [...rows, ...broken].join("\n");
}

export function renderServer(connection: ServerConnection, most = Infinity): string {
  const { config, offers, log } = connection;
  const { tools, prompts, resources, problems } = offers;
  const place = config.transport.type === "http" ? config.transport.url : config.transport.command;
  return [
    `  ${mark(connection)} ${config.name}  ${stateOf(connection)}  (${place}, ${config.source})`,
    ...listed(
      "tools",
      tools.map(({ name }) => name),
      most,
    ),
    ...listed(
      "prompts",
      prompts.map(({ name }) => `/${toolName(config.name, name)}`),
      most,
    ),
    ...listed(
      "resources",
      resources.map(({ uri }) => uri),
      most,
    ),
    ...problems.map((problem) => `      ✗ ${problem}`),
    ...(log.lastLine === "" ? [] : [`      log        ${log.name}`]),
  ]
    .map(onOneLine)
    .join("\n");
}

function listed(kind: string, names: readonly string[], most: number): string[] {
  if (names.length === 0) return [];
  const more = names.length > most ? `, … ${names.length - most} more` : "";
  return [`      ${kind.padEnd(11)}${names.slice(0, most).join(", ")}${more}`];
}

function mark({ state }: ServerConnection): string {
  return state === "ready" ? "●" : state === "connecting" ? "◌" : "✗";
}

function stateOf({ state, problem }: ServerConnection): string {
  switch (state) {
    case "connecting":
      return "is connecting";
    case "ready":
      return "is ready";
    case "failed":
      return `failed: ${problem}`;
    case "stopped":
      return "is stopped";
    default:
      return assertNever(state);
  }
}

export function describeProblems(problems: readonly string[]): string {
  return `MCP servers, what is wrong:${problems.map((problem) => `\n  ✗ ${onOneLine(problem)}`).join("")}`;
}

/** How many are not there yet, for the line under the prompt. */
export function describeConnecting(connections: readonly ServerConnection[]): string | undefined {
  const waiting = connections.filter(({ state }) => state === "connecting").length;
  return waiting > 0 ? `${waiting} ${waiting === 1 ? "server" : "servers"} connecting` : undefined;
}
