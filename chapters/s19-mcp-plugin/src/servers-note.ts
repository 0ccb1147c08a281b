// What the model is told of the servers: a note at the end of the conversation, with their tools by name. It is no part of
// the system prompt, which is frozen before a late server is there, and is the operator's word, which a server's is not.
import type { Session } from "@course/runtime";
import { indented } from "./foreign-lines.ts";
import type { ServerConnection } from "./server-connection.ts";
import { serverSlug, toolName } from "./tool-names.ts";

/** For all servers together, so that hundreds of tools cost fewer than 2,000 tokens. */
const NAMES_CHARACTERS = 6_000;

export class ServersNote {
  /** The tools of each server as the model knows them. */
  #told = new Map<string, readonly string[]>();

  /** What is new since the last note; undefined if nothing is. */
  next(connections: readonly ServerConnection[]): string | undefined {
    const up = connections.filter(({ isUp }) => isUp);
    const room = NAMES_CHARACTERS / Math.max(1, up.length);
    const now = new Map(
      up.map((server) => [server.config.name, server.offers.tools.map(({ name }) => name)]),
    );
    const lines = [
      ...up.flatMap((server) => {
        const before = this.#told.get(server.config.name);
        return before ? changes(server, before, room) : [whole(server, room)];
      }),
      ...[...this.#told.keys()].flatMap((name) => (now.has(name) ? [] : [`- ${name}: gone`])),
    ];
    this.#told = now;
    if (lines.length === 0) return undefined;
    return `<mcp-servers>\nTools to be loaded with load_tool, by server:\n${lines.join("\n")}\n</mcp-servers>`;
  }

  /** All is told anew where the conversation no longer holds what was told. */
  follow(session: Session): void {
    session.on((event) => {
      if (event.type === "cleared" || (event.type === "edited" && event.from === 0)) this.#told.clear();
    });
  }
}

function whole({ config, offers }: ServerConnection, room: number): string {
  const words = indented(inOneTag(offers.instructions), "    ");
  const says = words === "" ? "" : `\n  The server says: ${words}`;
  const names = offers.tools.map(({ name }) => name);
  return `- ${config.name}, ${startOf(config.name)}*: ${listed(config.name, names, room)}${says}`;
}

function changes({ config, offers }: ServerConnection, before: readonly string[], room: number): string[] {
  const names = offers.tools.map(({ name }) => name);
  const come = names.filter((name) => !before.includes(name));
  const gone = before.filter((name) => !names.includes(name));
  if (come.length + gone.length === 0) return [];
  const parts = [
    ...(come.length > 0 ? [`new: ${listed(config.name, come, room)}`] : []),
    ...(gone.length > 0 ? [`gone: ${listed(config.name, gone, room)}`] : []),
  ];
  return [`- ${config.name}, ${startOf(config.name)}*: ${parts.join("; ")}`];
}

const startOf = (server: string) => `mcp__${serverSlug(server)}__`;

/** Names without what all of them begin with, as many as there is room for. */
function listed(server: string, names: readonly string[], room: number): string {
  const short = names.map((name) => toolName(server, name).slice(startOf(server).length));
  let used = 0;
  const kept = short.filter((name) => (used += name.length + 2) <= room);
  const more = short.length - kept.length;
  return `${kept.join(", ") || "no tools"}${more > 0 ? `, and ${more} more` : ""}`;
}

/** What a server says must not end the note that quotes it. */
const inOneTag = (text: string) => text.replaceAll("</mcp-servers", "<\\/mcp-servers");
