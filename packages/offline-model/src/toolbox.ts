// What the brain may call: the tools that the client offers, under the client's own names. Claude Code's CLI is
// served, too; its tools take the same fields as ours.
import { say, think, type Reply } from "./reply.ts";

/** Our names of tools, and Claude Code's, whose tools take the same fields. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  bash: "Bash",
  read_file: "Read",
  write_file: "Write",
  edit_file: "Edit",
};

/** The tools that the client offers, under the names that intents know. */
export class Toolbox {
  readonly #offered: ReadonlySet<string>;

  constructor(offered: ReadonlySet<string>) {
    this.#offered = offered;
  }

  /** The name under which the client offers a tool; undefined if it does not. */
  nameOf(tool: string): string | undefined {
    return [tool, OTHER_NAMES[tool] ?? tool].find((name) => this.#offered.has(name));
  }

  has(tool: string): boolean {
    return this.nameOf(tool) !== undefined;
  }
}

/** The reply as it is said: calls under the client's names, with a thought before them; no call that it does not offer. */
export function spoken(reply: Reply, tools: Toolbox, asked: string | undefined): Reply {
  const calls = reply.parts.filter((part) => part.type === "call");
  const missing = calls.find((part) => !tools.has(part.name));
  if (missing)
    return { parts: [say(`I would call ${missing.name} for that, and this client does not offer it.`)] };
  const parts = reply.parts.map((part) =>
    part.type === "call" ? { ...part, name: tools.nameOf(part.name) ?? part.name } : part,
  );
  if (calls.length === 0) return { ...reply, parts };
  const names = [...new Set(calls.map(({ name }) => tools.nameOf(name) ?? name))].join(" and ");
  const thought =
    asked === undefined
      ? `That is answered. Next I need ${names}.`
      : `I am asked: ${quoted(asked)} I need ${names}.`;
  return { ...reply, parts: [think(thought), ...parts] };
}

function quoted(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length <= 60 ? `"${line}".` : `"${line.slice(0, 60).toWellFormed()}...".`;
}
