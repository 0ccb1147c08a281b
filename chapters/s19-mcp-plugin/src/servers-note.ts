// What the model is told of the servers: a note at the end of the conversation, with their tools by name. It is no part of
// the system prompt, which is frozen before a late server is there, and is the operator's word, which a server's is not.
import type { ServerConnection } from "./server-connection.ts";
import { toolName } from "./tool-names.ts";

/** For all servers together, so that hundreds of tools cost fewer than 2,000 tokens. */
const NAMES_CHARACTERS = 6_000;

export class ServersNote {
  /** Each server's line as the model knows it. */
  #told = new Map<string, string>();

  /** What is new since the last note; undefined if nothing is. */
  next(connections: readonly ServerConnection[]): string | undefined {
    const up = connections.filter(({ isUp }) => isUp);
    const room = NAMES_CHARACTERS / Math.max(1, up.length);
    const now = new Map(up.map((connection) => [connection.config.name, describe(connection, room)]));
    const lines = [
      ...[...now].flatMap(([name, line]) => (this.#told.get(name) === line ? [] : [line])),
      ...[...this.#told.keys()].flatMap((name) => (now.has(name) ? [] : [`- ${name}: gone`])),
    ];
    this.#told = now;
    return lines.length === 0
      ? undefined
      : `<mcp-servers>\nTools to be loaded with load_tool, by server:\n${lines.join("\n")}\n</mcp-servers>`;
  }

  /** The conversation no longer holds what was told. */
  forget(): void {
    this.#told.clear();
  }
}

function describe({ config, offers }: ServerConnection, room: number): string {
  const start = toolName(config.name, "x").slice(0, -1);
  const names = offers.tools.map(({ name }) => toolName(config.name, name).slice(start.length));
  const kept: string[] = [];
  for (let used = 0, index = 0; index < names.length; index++) {
    used += (names[index]?.length ?? 0) + 2;
    if (used > room) break;
    kept.push(names[index] ?? "");
  }
  const more = kept.length < names.length ? `, and ${names.length - kept.length} more` : "";
  const says = offers.instructions === "" ? "" : `\n  The server says: ${inOneTag(offers.instructions)}`;
  return `- ${config.name}, ${start}*: ${kept.join(", ") || "no tools"}${more}${says}`;
}

/** What a server says must not end the note that quotes it. */
const inOneTag = (text: string) => text.replaceAll("</mcp-servers", "<\\/mcp-servers");
