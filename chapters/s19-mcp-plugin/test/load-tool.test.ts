// What load_tool finds, and a plugin's commands with their words filled in.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createModelClient, Session, type Tool } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { loadTool } from "../src/load-tool.ts";
import type { Plugin } from "../src/plugin.ts";
import { commandsOf, readPluginCommands } from "../src/plugin-commands.ts";

const env = { ANTHROPIC_API_KEY: "test", MODEL_ID: "claude-sonnet-5-5" };
const session = new Session(createModelClient({ env }));

function tool(name: string, description = "", fields: readonly string[] = []): Tool {
  const properties = Object.fromEntries(fields.map((field) => [field, {}]));
  const inputSchema = () => ({ type: "object" as const, properties });
  return {
    name,
    description,
    inputSchema,
    readOnly: false,
    parallel: false,
    run: async () => ({ content: "" }),
  };
}

async function found(query: string, ...tools: Tool[]): Promise<string[]> {
  const context = { session, signal: new AbortController().signal, toolUseId: "1" };
  const { content } = await loadTool(() => tools).run({ query }, context);
  return typeof content === "string"
    ? [content]
    : content.flatMap((block) => (block.type === "tool_reference" ? [block.tool_name] : []));
}

test("a word in a tool's name counts more than one in its description, and that as one in its fields", async () => {
  const [named, described, fielded, other] = [
    tool("mcp__a__search_issues"),
    tool("mcp__a__x", "Searches for an issue by search words"),
    tool("mcp__a__y", "", ["search"]),
    tool("mcp__a__z", "nothing of it"),
  ];
  const all = [fielded, other, described, named];
  expect(await found("search the issue", ...all)).toEqual(
    [named, described, fielded].map(({ name }) => name),
  );
});

test("words are whole, whatever their case, with or without a plural's s; mcp is none", async () => {
  const one = tool("mcp__a__createIssue");
  for (const query of ["issues", "ISSUE", "create", "issue?"])
    expect(await found(query, one)).toHaveLength(1);
  for (const query of ["mcp", "iss", "a"]) await expect(found(query, one)).rejects.toThrow(/No tool fits/);
});

test("the best five are loaded, and by name as many as are named", async () => {
  const six = Array.from({ length: 6 }, (_, index) =>
    tool(`mcp__s__issue_${index}`, index === 5 ? "issue" : ""),
  );
  expect(await found("issue", ...six)).toEqual([
    "mcp__s__issue_5",
    ...["0", "1", "2", "3"].map((number) => `mcp__s__issue_${number}`),
  ]);
  const names = six.map(({ name }) => name);
  expect(await found(` select:${names.join(" , ")},mcp__s__none`, ...six)).toEqual(names);
});

test("where nothing fits, the servers are named", async () => {
  await expect(found("x1", tool("mcp__b__t"), tool("mcp__a__t"), tool("mcp__b__u"))).rejects.toThrow(
    'No tool fits "x1". There are 3, of: b, a. Try other words, or go on without.',
  );
  await expect(found("x1")).rejects.toThrow("There are 0, of: no server.");
});

function pluginOf(files: Record<string, string>): Plugin {
  const root = temporaryFolder();
  const lists = { skillFolders: [], commands: [], hooks: [], servers: [], problems: [], notRun: [] };
  const plugin: Plugin = { name: "demo", root, shown: "demo", description: "", ...lists };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  readPluginCommands(plugin, root);
  return plugin;
}

test("a command's text takes the line, or words of it; without a place for it the line stands at the end", async () => {
  const plugin = pluginOf({
    "all.md": "Say $ARGUMENTS now",
    "words.md": "From $0 to $ARGUMENTS[1]; $2 and $ARGUMENTS[3] are not there, $0k is none",
    "none.md": "Just this, of ${CLAUDE_PLUGIN_ROOT}",
    "word.md": "$ARGUMENTSX stays",
  });
  const commands = new Map(commandsOf(plugin));
  const said = (name: string, line: string) => commands.get(`demo:${name}`)?.prompt?.(line, session);
  expect(await said("all", "a  b")).toBe("Say a  b now");
  expect(await said("words", "a  b")).toBe("From a to b; $2 and $ARGUMENTS[3] are not there, $0k is none");
  expect(await said("none", "a $& b")).toBe(`Just this, of ${plugin.root}\n\nARGUMENTS: a $& b`);
  expect(await said("none", "")).toBe(`Just this, of ${plugin.root}`);
  expect(await said("word", "")).toBe("$ARGUMENTSX stays");
  expect(await said("words", "")).toBe(
    "From $0 to $ARGUMENTS[1]; $2 and $ARGUMENTS[3] are not there, $0k is none",
  );
  expect(await said("word", "x")).toBe("$ARGUMENTSX stays\n\nARGUMENTS: x");
});

test.each([
  ['"Search Bar" React', ["Search Bar", "React"]],
  ["'a \"b\" c' d", ['a "b" c', "d"]],
  ['"a \\"b\\" \\\\ \\c" d', ['a "b" \\ \\c', "d"]],
  ["x=\"a b\"'c d' e", ["x=a bc d", "e"]],
  ["a\\ b c", ["a b", "c"]],
  ["don't stop", ["don't", "stop"]],
  ['say "hi', ["say", '"hi']],
  ['"" b', ["", "b"]],
])("words are split as in a shell: %s", async (line, [first, second]) => {
  const commands = new Map(commandsOf(pluginOf({ "two.md": "<$0> <$1>, of $ARGUMENTS" })));
  expect(await commands.get("demo:two")?.prompt?.(line, session)).toBe(`<${first}> <${second}>, of ${line}`);
});

test("a folder's commands are its Markdown files in order, described by themselves or by their first line", () => {
  const plugin = pluginOf({
    "b.md": "First line\nsecond",
    "a.md": "---\ndescription: Says  it\n---\nbody",
    "notes.txt": "none",
    "no name.md": "x",
    "empty.md": "---\ndescription: x\n---\n",
    "broken.md": "---\ndescription: [\n---\nx",
  });
  expect(commandsOf(plugin).map(([name, { description }]) => [name, description])).toEqual([
    ["demo:a", "Says it"],
    ["demo:b", "First line"],
  ]);
  expect(plugin.problems).toEqual([
    expect.stringMatching(/^demo\/broken\.md, line \d+: /),
    "demo/empty.md: it has no text below its frontmatter",
    'demo/no name.md: "no name" is no name for a command; expected letters, digits, _ and -',
  ]);
});
