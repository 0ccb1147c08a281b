// Names that the API takes: mcp__<server>__<tool>, of letters, digits, _ and -, at most 64 characters. A name that has to
// be changed gets a hash of what it was, so that no two become one, in whatever order they come.
import { createHash } from "node:crypto";

const LONGEST = 64;
const LONGEST_SERVER = 34;
const HASH = 8;

/** The server's part: no "__" in it, so that it ends where the tool's begins, and a rule for one server means no other. */
export function serverSlug(server: string): string {
  const isWord = /^[a-zA-Z0-9-]+(_[a-zA-Z0-9-]+)*$/.test(server);
  if (isWord && server.length <= LONGEST_SERVER && !looksChanged(server)) return server;
  return changed(server, LONGEST_SERVER).replace(/_+/g, "_").replace(/^_/, "");
}

export function toolName(server: string, tool: string): string {
  const start = `mcp__${serverSlug(server)}__`;
  const room = LONGEST - start.length;
  const isFine = /^[a-zA-Z0-9_-]+$/.test(tool) && tool.length <= room && !looksChanged(tool);
  return start + (isFine ? tool : changed(tool, room));
}

/** A name that ends of itself as a changed one does could be taken for it. */
const looksChanged = (name: string) => /_[0-9a-f]{8}$/.test(name);

function changed(name: string, room: number): string {
  // As JSON, in which two halves of surrogate pairs differ; as UTF-8 they do not.
  const hash = createHash("sha256").update(JSON.stringify(name)).digest("hex").slice(0, HASH);
  const kept = name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, room - HASH - 1);
  return `${kept.replace(/_+$/, "") || "x"}_${hash}`;
}
