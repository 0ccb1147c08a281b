// What is asked for and is not there, or cannot be kept, is said in a line.
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CallToolResult } from "@modelcontextprotocol/client";
import { say, script } from "@course/offline-model/test";
import { baseTools, defineAgent, Workspace, type ToolContext } from "@course/runtime";
import { openSession, temporaryFolder } from "@course/runtime/testing";
import { mcpAndPlugins } from "@course/s19-mcp-plugin";
import { expect, test } from "vitest";
import { readResource } from "../src/read-resource.ts";
import type { ServerConnection } from "../src/server-connection.ts";
import { ServerLog } from "../src/server-log.ts";
import { toolResult } from "../src/tool-result.ts";
import { open, writeFiles } from "./open.ts";

test("/mcp and /plugins say what there is not", async () => {
  const { command, close } = await open({});
  await expect(command("/mcp nowhere")).rejects.toThrow("There is no MCP server nowhere. /mcp lists them.");
  expect(await command("/plugins")).toBe(
    "  No plugins. --plugin-dir PATH uses one; a project has them in .claude/skills/NAME/.",
  );
  await close();
});

test("a resource of a server that is not there is refused with the names of those that are", async () => {
  const servers = ["a", "b"].map((name) => ({ config: { name } }) as unknown as ServerConnection);
  const tool = readResource(() => servers, new Workspace(temporaryFolder()));
  expect(tool.deferred, "it is found as a server's tools are").toBe(true);
  const context = { signal: new AbortController().signal, toolUseId: "toolu_1" } as ToolContext;
  await expect(tool.run({ server: "c", uri: "x://y" }, context)).rejects.toThrow(
    'There is no MCP server "c". There are: a, b.',
  );
});

test("a block of a kind that nobody knows is shown as it came", () => {
  const content = [{ type: "hologram", depth: 3 }] as unknown as CallToolResult["content"];
  expect(toolResult({ content }, { root: temporaryFolder(), id: "call_1" }).content).toBe(
    '{"type":"hologram","depth":3}',
  );
});

test("a log that cannot be written costs nobody the server, and its last line is known all the same", () => {
  const root = temporaryFolder();
  writeFileSync(join(root, ".mcp"), "a file is in the folder's place");
  const log = new ServerLog(root, "a");
  log.write("one\n");
  log.write("two\n");
  log.close();
  expect(log.lastLine).toBe("two");
});

test("of plugins whose skills another agent would have to take, it is said that they are not used", async () => {
  const folder = temporaryFolder();
  writeFiles(folder, {
    ".claude-plugin/plugin.json": '{ "name": "demo" }',
    "skills/greet/SKILL.md": "---\nname: greet\ndescription: Greets.\n---\nHi.\n",
  });
  const left = (workspace: Workspace) =>
    mcpAndPlugins(workspace, { "plugin-dir": folder }).filter(({ name }) => name !== "skills");
  const opened = await openSession(
    (workspace) =>
      defineAgent({ name: "x", instructions: "", tools: baseTools(workspace), extensions: left(workspace) }),
    script(say("done")),
  );
  await opened.run("go");
  const notices = opened.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  expect(notices).toContain("Not used here: the skills of plugins. Start from s19.");
  await opened.close();
});

test("a link in a plugin of the project that leads in a circle is not followed", async () => {
  const plugin = ".claude/skills/demo";
  const { notices, close } = await open({
    files: { [`${plugin}/.claude-plugin/plugin.json`]: '{ "name": "demo" }' },
    values: {},
    others({ root }) {
      symlinkSync(join(root, plugin), join(root, plugin, "circle"));
      return [];
    },
  });
  expect(notices().join()).toMatch(/all its files as they are now \([0-9a-f]{32}\)/);
  await close();
});
