// Servers as they are configured: Claude Code's .mcp.json (https://code.claude.com/docs/en/mcp), a project's, a plugin's, or
// one that a flag names. One that is wrong costs itself and a line, with file, line and reason.
// Not covered: SSE and WebSocket servers, OAuth, and servers in the user's home.
import { errorMessage } from "@course/runtime";
import { escaped, openSettings, type JsonNode, type JsonSettings } from "@course/s07-permissions";
import { expandVariables, type Variables } from "./expand-variables.ts";
import { timerLimit } from "./time-limits.ts";

/**
 * A server as it is to be started or reached.
 *
 * @record `.mcp.json` in the project, in a plugin, or named by `--mcp-config`; durable, written by people
 */
export interface ServerConfig {
  name: string;
  /** The file's name as it is shown. */
  source: string;
  transport: StdioTransport | HttpTransport;
  /** The transport in words, as it was written: without what its variables stand for, which may be secret. */
  written: string;
  /** How long one call may be silent. */
  timeoutMs?: number | undefined;
}

interface StdioTransport {
  type: "stdio";
  command: string;
  args: string[];
  env: Record<string, string>;
  cwd: string;
}

interface HttpTransport {
  type: "http";
  url: string;
  headers: Record<string, string>;
}

export interface ServerFile {
  servers: ServerConfig[];
  /** A line for each part that cannot be used. */
  problems: string[];
}

export interface ServerFilePlace {
  file: string;
  shown: string;
  /** Where its servers start. */
  cwd: string;
  variables: Variables;
  /** A plugin's file may hold the servers without `mcpServers` around them. */
  isBare?: boolean;
}

/** Undefined if there is no such file. Never throws. */
export function readServerFile(place: ServerFilePlace): ServerFile | undefined {
  const found: ServerFile = { servers: [], problems: [] };
  try {
    const json = openSettings(place.file, place.shown);
    if (!json) return undefined;
    for (const [key, node] of serversIn(json, place)) {
      try {
        found.servers.push(new ServerReader(json, place, found.problems).read(String(key.value), node));
      } catch (error) {
        found.problems.push(errorMessage(error));
      }
    }
  } catch (error) {
    found.problems.push(errorMessage(error));
  }
  return found;
}

function serversIn(json: JsonSettings, { isBare = false }: ServerFilePlace): [JsonNode, JsonNode][] {
  const top = json.top();
  const wrapped = top.find(([key]) => key.value === "mcpServers")?.[1];
  if (wrapped) return json.properties(wrapped, "mcpServers");
  if (isBare) return top;
  const [first] = top;
  return first ? json.unknown(first[0], "mcpServers, with the servers in it") : [];
}

type Find = (key: string) => JsonNode | undefined;
type Text = (node: JsonNode, where: string) => string;

class ServerReader {
  readonly #json: JsonSettings;
  readonly #place: ServerFilePlace;
  readonly #problems: string[];

  constructor(json: JsonSettings, place: ServerFilePlace, problems: string[]) {
    this.#json = json;
    this.#place = place;
    this.#problems = problems;
  }

  read(name: string, node: JsonNode): ServerConfig {
    const parts = this.#json.properties(node, name);
    const find = (wanted: string) => parts.find(([key]) => key.value === wanted)?.[1];
    const [typeNode, url, timeout] = [find("type"), find("url"), find("timeout")];
    if (url && !typeNode)
      this.#json.fail(url.offset, `${name}: a "url" needs a "type". Write "type": "http" beside it.`);
    const type = typeNode ? this.#json.string(typeNode, `${name}.type`) : "stdio";
    const filled = (value: JsonNode, where: string) => this.#filled(value, where);
    const asWritten = (value: JsonNode, where: string) => this.#json.string(value, where);
    const read = (text: Text): ServerConfig["transport"] => {
      if (type === "stdio") return this.#stdio(name, node, find, text);
      if (type === "http" || type === "streamable-http") return this.#http(name, node, find, text);
      return this.#json.fail(
        typeNode?.offset ?? 0,
        `${name}: the type "${type}" is not run here. Expected stdio, http or streamable-http.`,
      );
    };
    return {
      name,
      source: this.#place.shown,
      transport: read(filled),
      written: `${escaped(name)}: ${inWords(read(asWritten))}`,
      ...(timeout && {
        timeoutMs: timerLimit(this.#json.duration(timeout, `${name}.timeout`, "milliseconds")),
      }),
    };
  }

  #stdio(name: string, node: JsonNode, find: Find, text: Text): StdioTransport {
    const command = find("command");
    if (!command)
      return this.#json.fail(node.offset, `${name}: expected a "command", or a "url" with its "type".`);
    const args = find("args");
    return {
      type: "stdio",
      command: text(command, `${name}.command`),
      args: args
        ? this.#json.list(args, `${name}.args`, "strings").map((arg) => text(arg, `${name}.args`))
        : [],
      env: this.#record(find("env"), `${name}.env`, text),
      cwd: this.#place.cwd,
    };
  }

  #http(name: string, node: JsonNode, find: Find, text: Text): HttpTransport {
    const urlNode = find("url") ?? this.#json.fail(node.offset, `${name}: expected a "url".`);
    const url = text(urlNode, `${name}.url`);
    if (!url.includes("${") && !(URL.canParse(url) && /^https?:/.test(url)))
      this.#json.fail(urlNode.offset, `${name}.url: "${url}" is no http or https address.`);
    return { type: "http", url, headers: this.#record(find("headers"), `${name}.headers`, text) };
  }

  #record(node: JsonNode | undefined, where: string, text: Text): Record<string, string> {
    const entries = node ? this.#json.properties(node, where) : [];
    return Object.fromEntries(
      entries.map(([key, value]) => [String(key.value), text(value, `${where}.${key.value}`)]),
    );
  }

  /** A text with its variables filled in. */
  #filled(node: JsonNode, where: string): string {
    const { text, unset } = expandVariables(this.#json.string(node, where), this.#place.variables);
    for (const name of unset) this.#problems.push(`${this.#place.shown}: ${where}: \${${name}} is not set.`);
    return text;
  }
}

/** All that decides what is started, or where it goes. */
function inWords(transport: ServerConfig["transport"]): string {
  const set = (kind: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([key, value]) => `${kind} ${escaped(key)}=${escaped(value)}`);
  const isStdio = transport.type === "stdio";
  const details = isStdio ? set("env", transport.env) : set("header", transport.headers);
  const what = isStdio
    ? [transport.command, ...transport.args].map(escaped).join(" ")
    : escaped(transport.url);
  return `${what}${details.length > 0 ? ` (${details.join(", ")})` : ""}`;
}
