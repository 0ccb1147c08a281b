// Settings as people have them, after public examples: read as Claude Code reads them.
import { expect, test } from "vitest";
import { load } from "./load-settings.ts";

type Case = [name: string, permissions: object, expected: Record<string, string>];

/** Commands, or a tool and a path, with the decision. */
const READ: Case[] = [
  [
    "the example of the documentation",
    {
      allow: ["Bash(npm run lint)", "Bash(npm run test:*)", "Read(~/.zshrc)"],
      deny: ["Bash(curl:*)", "Read(./.env)", "Read(./.env.*)", "Read(./secrets/**)"],
    },
    {
      "npm run lint": "allow",
      "npm run lint -- --fix": "ask",
      "npm run test:unit": "ask",
      "npm run test -- -u": "allow",
      "curl x": "deny",
      "cat .env": "deny",
      "Read .env.local": "deny",
      "Read secrets/a": "deny",
      "Read src/.env": "allow",
    },
  ],
  [
    "a wildcard behind a blank ends a word",
    { allow: ["Bash(ls *)", "Bash(npm run *)"] },
    { "ls -la": "allow", lsof: "ask", "npm run x": "allow", "npm run": "allow", npm: "ask" },
  ],
  [
    "a wildcard without a blank does not",
    { allow: ["Bash(git log*)", "Bash(mk*)"] },
    { "git log --foo": "allow", "mkfs x": "allow", "git push": "ask" },
  ],
  [
    "a wildcard in the middle",
    { allow: ["Bash(git * main)"] },
    { "git push origin main": "allow", "git push origin dev": "ask", "git -c core.pager=x diff main": "ask" },
  ],
  [
    "a wildcard at the beginning",
    { allow: ["Bash(* --version)"] },
    { "foo --version": "allow", "foo --help": "ask" },
  ],
  [
    "deny beats a narrower allow",
    { deny: ["Bash(aws *)"], allow: ["Bash(aws s3 ls)"] },
    { "aws s3 ls": "deny" },
  ],
  [
    "ask beats allow",
    { ask: ["Bash(git push *)"], allow: ["Bash(git *)"] },
    { "git push": "ask", "git commit -m x": "allow" },
  ],
  [
    "all of bash",
    { allow: ["Bash"], deny: ["Bash(sudo:*)", "Bash(rm -rf:*)"] },
    { "make x": "allow", "sudo x": "deny", "rm -rf x": "deny", "ls && rm -rf x": "deny" },
  ],
  ["all of bash, with a star", { allow: ["Bash(*)"] }, { "make x": "allow" }],
  [
    "edits in folders",
    { allow: ["Edit(src/**)", "Edit(/docs/*.md)"], deny: ["Edit(./src/generated/**)"] },
    {
      "Edit src/a.ts": "allow",
      "Edit docs/a.md": "allow",
      "Edit docs/a/b.md": "ask",
      "Edit src/generated/a.ts": "deny",
      "Edit lib/a.ts": "ask",
    },
  ],
  ["Write means editing, too", { deny: ["Write(src/generated/**)"] }, { "Edit src/generated/a": "deny" }],
  [
    "two slashes are the root of the system",
    { deny: ["Read(//etc/**)"], allow: ["Bash(cat:*)"] },
    { "cat /etc/passwd": "deny", "cat etc/passwd": "allow" },
  ],
  [
    "any depth",
    { deny: ["Read(*.pem)", "Read(**/id_rsa)", "Read(.env)"] },
    { "Read a/b/c.pem": "deny", "cat a/id_rsa": "deny", "cat a/.env": "deny" },
  ],
  [
    "servers and their tools",
    { allow: ["mcp__github", "mcp__fs__read_file", "mcp__db__*"], deny: ["mcp__db__drop"] },
    {
      mcp__github__x: "allow",
      mcp__fs__read_file: "allow",
      mcp__fs__write_file: "ask",
      mcp__db__query: "allow",
      mcp__db__drop: "deny",
    },
  ],
  [
    "Claude Code's other tools are no mistakes",
    {
      allow: ["WebFetch(domain:github.com)", "WebSearch", "Task(Explore)", "TodoWrite", "Skill(x)"],
      deny: ["WebFetch"],
    },
    { "make x": "ask" },
  ],
  ["a mode", { defaultMode: "acceptEdits" }, { "Edit a": "allow", "make x": "ask" }],
  ["plan mode", { defaultMode: "plan", allow: ["Bash(npm test)"] }, { "npm test": "deny", ls: "allow" }],
  ["the other name of the default mode", { defaultMode: "manual" }, { "Edit a": "ask" }],
  [
    "other folders",
    { additionalDirectories: ["../docs/"], allow: ["Bash(npm test)"] },
    { "npm test": "allow" },
  ],
  [
    "a whole script",
    { allow: ["Bash(cd packages/a && npm test)", "Bash(for f in *.ts; do wc -l $f; done)"] },
    { "cd packages/a && npm test": "allow" },
  ],
  [
    "quotes in a rule",
    { allow: ['Bash(git commit -m "wip")', "Bash(python -c 'print(1)')"] },
    {
      'git commit -m "wip"': "allow",
      "git commit -m wip": "ask",
      "python -c 'print(1)'": "allow",
      "python -c 'print(2)'": "ask",
    },
  ],
];

test.each(READ)("%s", async (_name, permissions, expected) => {
  const content = JSON.stringify({ model: "x", env: { A: "1" }, hooks: {}, permissions }, null, 2);
  const { policy } = load(content);
  const found: Record<string, string> = {};
  for (const call of Object.keys(expected)) {
    const [, tool, path] = /^(Read|Edit) (.+)$/.exec(call) ?? [];
    const name =
      tool === "Read"
        ? "read_file"
        : tool === "Edit"
          ? "write_file"
          : call.startsWith("mcp__")
            ? call
            : "bash";
    const input = path === undefined ? { command: call } : { file_path: path };
    found[call] = (await policy.judge({ name, input, readOnly: tool === "Read" })).decision;
  }
  expect(found).toEqual(expected);
});

test("other settings of Claude Code whose names look alike are left alone", () => {
  const content = {
    allowedMcpServers: [],
    deniedMcpServers: [],
    allowManagedHooksOnly: true,
    permissions: {},
  };
  expect(load(JSON.stringify(content)).settings.notes).toEqual([]);
});

test("a deny rule for a tool that is not here is said to hold nothing", () => {
  const { settings } = load('{"permissions": {"deny": ["WebFetch"], "allow": ["WebSearch"]}}');
  expect(settings.notes.join()).toMatch(/settings\.json: WebFetch: .*holds nothing/);
});

test("a name that begins with two dots is in the folder", async () => {
  const { policy } = load('{"permissions": {"deny": ["Read(**)"]}}');
  const { decision } = await policy.judge({
    name: "read_file",
    input: { file_path: "..env" },
    readOnly: true,
  });
  expect(decision).toBe("deny");
});
