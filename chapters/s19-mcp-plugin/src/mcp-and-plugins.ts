// What an agent gets from outside: servers, and plugins that bring skills (s05), hooks (s08), commands and more servers. A
// plugin is a folder of what the course has built already; only servers are new.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Extension, FlagValues, Session, Workspace } from "@course/runtime";
import { skills } from "@course/s05-skills";
import { Trust, trustFlag } from "@course/s07-permissions";
import { hooks } from "@course/s08-hooks";
import { mcp } from "./mcp.ts";
import { commandsOf } from "./plugin-commands.ts";
import { renderPlugins } from "./plugin-list.ts";
import { Plugins } from "./plugins.ts";
import { milliseconds } from "./time-limits.ts";
import { findServers } from "./trusted-servers.ts";

export const mcpFlags = {
  "mcp-config": { value: "FILES", description: "Servers of these files, besides the project's .mcp.json" },
  "plugin-dir": { value: "PATHS", description: "Use the plugins in these folders" },
  ...trustFlag,
} as const;

/**
 * What comes from outside, for an agent that has skills and hooks of its own: they take what plugins bring. Throws an Error
 * where a flag names what is not there.
 */
export function fromOutside(workspace: Workspace, values: FlagValues = {}) {
  const trust = new Trust({ trustsAll: values["trust"] === true });
  const found = new Plugins(workspace, trust, pathsOf(values["plugin-dir"]));
  const files = pathsOf(values["mcp-config"]);
  const missing = files.find((file) => !existsSync(file));
  if (missing !== undefined) throw new Error(`--mcp-config: ${missing} is not there.`);
  return {
    skillSources: () => found.skillSources(),
    hookFiles: (session: Session) => found.hookFiles(session),
    brings: (part: "skillFolders" | "hooks") => found.found.some((plugin) => plugin[part].length > 0),
    /** Commands of plugins, and servers. `parts` are mechanisms that were made for plugins alone. */
    extensions: (parts: readonly Extension[]): Extension[] => [
      plugins(found, parts),
      ...parts,
      mcp(workspace, {
        find: async (session) =>
          findServers(workspace, trust, session, { files, plugins: await found.ask(session) }),
        connectMs: milliseconds("MCP_TIMEOUT"),
        callMs: milliseconds("MCP_TOOL_TIMEOUT"),
      }),
    ],
  };
}

/** Skills and hooks are there only where a plugin brings some: then those of the workspace count, too. */
export function mcpAndPlugins(workspace: Workspace, values: FlagValues = {}): Extension[] {
  const outside = fromOutside(workspace, values);
  return outside.extensions([
    ...(outside.brings("skillFolders") ? [skills(workspace, outside.skillSources)] : []),
    ...(outside.brings("hooks") ? [hooks(workspace, values, outside.hookFiles)] : []),
  ]);
}

/** Their commands, and /plugins. `parts` are the mechanisms that were made for them. */
function plugins(found: Plugins, parts: readonly Extension[]): Extension {
  return {
    name: "plugins",
    get commands() {
      return {
        plugins: {
          description: "lists plugins, and what of them is broken",
          run: () => renderPlugins(found),
        },
        ...Object.fromEntries(found.usable.flatMap(commandsOf)),
      };
    },
    async start(session, agent) {
      await found.ask(session);
      // Of two extensions of one name --with keeps the first, which may know of no plugin.
      const left = parts.filter((part) => !agent.extensions.includes(part)).map(({ name }) => name);
      if (left.length > 0)
        session.notice(`Not used here: the ${left.join(" and ")} of plugins. Start from s19.`);
    },
  };
}

/** npm runs scripts in the repository's root; INIT_CWD is where the user stands. */
function pathsOf(list: FlagValues[string]): string[] {
  const names = typeof list === "string" ? list.split(",").map((name) => name.trim()) : [];
  return names.filter(Boolean).map((name) => resolve(process.env["INIT_CWD"] ?? process.cwd(), name));
}
