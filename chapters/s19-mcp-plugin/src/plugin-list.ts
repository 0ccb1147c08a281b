// What /plugins shows: each plugin, what it brings, and what of it is broken or not run here.
import { onOneLine } from "./foreign-lines.ts";
import type { Plugin } from "./plugin.ts";
import type { Plugins } from "./plugins.ts";

export function renderPlugins(plugins: Plugins): string {
  const rows = plugins.found.flatMap((plugin) => renderPlugin(plugin, plugins.isTrusted(plugin)));
  const broken = plugins.problems.map((problem) => `  ✗ ${problem}`);
  if (rows.length + broken.length === 0)
    return "  No plugins. --plugin-dir PATH uses one; a project has them in .claude/skills/NAME/.";
  return [...rows, ...broken].map(onOneLine).join("\n");
}

function renderPlugin(plugin: Plugin, isTrusted: boolean): string[] {
  const { name, shown, description, commands, hooks, servers, skillFolders, problems, notRun } = plugin;
  const counts = [
    ...(skillFolders.length > 0 ? [`skills as ${name}:NAME`] : []),
    ...commands.map((command) => `/${name}:${command.name}`),
    ...(hooks.length > 0 ? [counted(hooks.flatMap((file) => file.hooks).length, "hook")] : []),
    ...servers.map((server) => `server ${server.name}`),
  ];
  return [
    `  ${isTrusted ? "●" : "✗"} ${name}  (${shown})${isTrusted ? "" : "  nobody has trusted it"}`,
    ...(description === "" ? [] : [`      ${description}`]),
    `      ${counts.join(", ") || "brings nothing"}`,
    ...problems.map((problem) => `      ✗ ${problem}`),
    ...notRun.map((part) => `      not run here: ${part}`),
  ];
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
