// A plugin as it lies on disk, in Claude Code's layout (https://code.claude.com/docs/en/plugins-reference): a manifest in
// .claude-plugin/plugin.json, which may be missing, and beside it skills/, commands/, hooks/hooks.json and .mcp.json. Each part
// is read for itself: one that is broken costs itself and a line.
// Not covered: marketplaces, versions, agents, output styles and language servers; /plugins says what of that a plugin has.
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { commandEnvironment, errorMessage, safePath, schema, withoutMark } from "@course/runtime";
import { openSettings } from "@course/s07-permissions";
import { readHookFile } from "@course/s08-hooks";
import { expandVariables, type Variables } from "./expand-variables.ts";
import { shownPlace, type Plugin } from "./plugin.ts";
import { readPluginCommands } from "./plugin-commands.ts";
import { readServerFile } from "./server-config.ts";

const MANIFEST = ".claude-plugin/plugin.json";
const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const NOT_RUN = ["agents", "outputStyles", "lspServers", "themes", "monitors"];

export const isPlugin = (folder: string) => existsSync(join(folder, MANIFEST));

/** What a plugin's files may name. Its own folder, and the user's variables less the model's key. */
const variablesOf = (root: string): Variables => ({
  ...commandEnvironment(),
  CLAUDE_PLUGIN_ROOT: root,
});

/** Reads a plugin's folder. Throws an Error with file and reason where its manifest is broken: then nothing of it counts. */
export function readPlugin(root: string, shown: string, workspaceRoot: string): Plugin {
  const manifest = readManifest(root, shown);
  const plugin: Plugin = {
    name: manifest.name,
    root,
    shown,
    description: manifest.description ?? "",
    skillFolders: [],
    commands: [],
    hooks: [],
    servers: [],
    problems: [],
    notRun: NOT_RUN.filter((part) => part in manifest || existsSync(join(root, part))),
  };
  const places = new Places(plugin);
  plugin.skillFolders = places.of(manifest.skills, "skills");
  for (const place of places.of(manifest.commands, "commands")) readPluginCommands(plugin, place);
  for (const file of places.of(manifest.hooks, "hooks/hooks.json")) readHooks(plugin, file, workspaceRoot);
  for (const file of places.of(manifest.mcpServers, ".mcp.json")) readServers(plugin, file, workspaceRoot);
  return plugin;
}

const paths = schema((z) => z.union([z.string(), z.array(z.string())]).optional());
const pathsOrInline = schema((z) =>
  z.union([z.string(), z.array(z.string()), z.record(z.string(), z.unknown())]).optional(),
);
const manifestSchema = schema((z) =>
  z.looseObject({
    name: z.string().regex(NAME, 'expected lower-case words joined by "-"'),
    description: z.string().optional(),
    skills: paths(),
    commands: paths(),
    hooks: pathsOrInline(),
    mcpServers: pathsOrInline(),
  }),
);

function readManifest(root: string, shown: string) {
  const file = join(root, MANIFEST);
  const name = `${shown}/${MANIFEST}`;
  const json = openSettings(file, name);
  if (!json) return manifestSchema().parse({ name: slug(basename(root)) });
  // What is no JSON is told here, with its line.
  json.top();
  const text = withoutMark(readFileSync(file, "utf8"));
  const { success, data, error } = manifestSchema().safeParse(JSON.parse(text));
  if (success) return data;
  throw new Error(`${name}: ${errorMessage(error)}`);
}

const slug = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "") || "plugin";

/** Where a plugin's parts are: at their usual place, and at those that its manifest names; never outside its folder. */
class Places {
  readonly #plugin: Plugin;

  constructor(plugin: Plugin) {
    this.#plugin = plugin;
  }

  of(named: string | string[] | Record<string, unknown> | undefined, usual: string): string[] {
    const { root, shown, problems } = this.#plugin;
    const isInline = typeof named === "object" && !Array.isArray(named);
    const extra = isInline ? [MANIFEST] : [named ?? []].flat();
    return [...new Set([usual, ...extra])].flatMap((path) => {
      try {
        const place = safePath(root, path);
        if (existsSync(place)) return [place];
        if (path !== usual) problems.push(`${shown}/${MANIFEST} names ${path}, which is not there`);
        return [];
      } catch (error) {
        problems.push(`${shown}/${MANIFEST}: ${errorMessage(error)}`);
        return [];
      }
    });
  }
}

function readHooks(plugin: Plugin, file: string, workspaceRoot: string): void {
  try {
    const found = readHookFile(file, shownPlace(plugin, file), workspaceRoot);
    if (!found) return;
    const expand = (text: string) => expandVariables(text, { CLAUDE_PLUGIN_ROOT: plugin.root }).text;
    const hooks = found.hooks.map((hook) => ({
      ...hook,
      command: expand(hook.command),
      args: hook.args?.map(expand),
      env: { CLAUDE_PLUGIN_ROOT: plugin.root },
    }));
    plugin.hooks.push({ ...found, hooks });
  } catch (error) {
    plugin.problems.push(errorMessage(error));
  }
}

function readServers(plugin: Plugin, file: string, workspaceRoot: string): void {
  const found = readServerFile({
    file,
    shown: shownPlace(plugin, file),
    cwd: workspaceRoot,
    variables: variablesOf(plugin.root),
    isBare: file !== safePath(plugin.root, MANIFEST),
  });
  plugin.problems.push(...(found?.problems ?? []));
  for (const server of found?.servers ?? []) {
    const { transport } = server;
    const env = { CLAUDE_PLUGIN_ROOT: plugin.root };
    plugin.servers.push({
      ...server,
      name: `plugin_${plugin.name}_${server.name}`,
      transport: transport.type === "stdio" ? { ...transport, env: { ...env, ...transport.env } } : transport,
    });
  }
}
