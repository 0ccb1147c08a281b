// A plugin as it was read: what it brings, and what of it cannot be used.
import { relative, sep } from "node:path";
import type { HookFile } from "@course/s08-hooks";
import type { ServerConfig } from "./server-config.ts";

export interface PluginCommand {
  /** Without the plugin's name before it. */
  name: string;
  description: string;
  body: string;
}

/**
 * A plugin and its parts.
 *
 * @record a folder with `.claude-plugin/plugin.json`, durable, written by people
 */
export interface Plugin {
  name: string;
  /** The folder, absolute, and as it is shown. */
  root: string;
  shown: string;
  description: string;
  skillFolders: string[];
  commands: PluginCommand[];
  hooks: HookFile[];
  servers: ServerConfig[];
  /** A line for each part that cannot be used. */
  problems: string[];
  /** Parts that nothing here runs. */
  notRun: string[];
}

/** The place below the plugin's folder, as it is shown. */
export function shownPlace({ root, shown }: Plugin, place: string): string {
  return `${shown}/${relative(root, place).split(sep).join("/")}`;
}
