// A plugin's manifest, read for itself.
import { join } from "node:path";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { readPlugin } from "../src/plugin-folder.ts";
import { writeFiles } from "./open.ts";

function pluginOf(manifest: string, files: Record<string, string> = {}) {
  const root = join(temporaryFolder(), "demo");
  writeFiles(root, { ".claude-plugin/plugin.json": manifest, ...files });
  return readPlugin(root, "demo", temporaryFolder());
}

test("a byte-order mark before the manifest is no part of it", () => {
  const plugin = pluginOf('\uFEFF{ "name": "other", "mcpServers": { "s": { "command": "node" } } }');
  expect([plugin.name, plugin.problems]).toEqual(["other", []]);
  expect(plugin.servers.map(({ name }) => name)).toEqual(["plugin_other_s"]);
});

test("a file of servers may be called as one likes: it is no manifest", () => {
  const manifest = '{ "name": "demo", "mcpServers": ["./my-plugin.json", "./sub/plugin.json"] }';
  const { servers, problems } = pluginOf(manifest, {
    "my-plugin.json": '{ "a": { "command": "node" } }',
    "sub/plugin.json": '{ "b": { "command": "node" } }',
  });
  expect(problems).toEqual([]);
  expect(servers.map(({ name }) => name)).toEqual(["plugin_demo_a", "plugin_demo_b"]);
});

test("what is no manifest is told with the file's name", () => {
  expect(() => pluginOf('{ "name": "demo", }')).toThrow(/^demo\/\.claude-plugin\/plugin\.json, line 1: /);
  expect(() => pluginOf("\uFEFF[]")).toThrow(/^demo\/\.claude-plugin\/plugin\.json, line 1: /);
});
