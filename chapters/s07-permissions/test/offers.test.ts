// What a question offers, and what is guarded where edits are accepted.
import { defineTool } from "@course/runtime";
import { expect, test } from "vitest";
import { newPolicy } from "./new-policy.ts";

const offered = async (name: string, input: unknown, tool?: ReturnType<typeof defineTool>) =>
  (await newPolicy().policy.judge({ name, input, readOnly: false, tool })).rules;

test.each([
  ["bash", { cmd: "ls" }],
  ["bash", { command: 1 }],
  ["Bash", {}],
  ["Edit", {}],
  ["write_file", {}],
  ["write_file", { path: "a" }],
  ["edit_file", null],
  ["some_tool", {}],
  ["mcp__x__y", {}],
])("a call of %s with %j, or of no known tool, offers no rule", async (name, input) => {
  expect(await offered(name, input)).toEqual([]);
});

test("a rule for some calls says nothing of a call that it cannot be compared with", async () => {
  const { judge } = newPolicy({ allow: ["Bash(ls:*)", "Edit(src/**)"], deny: ["Bash(rm:*)"] });
  expect(await judge("bash", { cmd: "x" })).toBe("ask");
  expect(await judge("write_file", { path: "src/x" })).toBe("ask");
  expect(await newPolicy({ deny: ["Bash"] }).judge("bash", { cmd: "x" })).toBe("deny");
});

test("a tool that is there and whose calls rules cannot tell apart offers its name", async () => {
  const tool = defineTool({ name: "mcp__x__y", description: "", input: (z) => z.object({}), run: () => "" });
  expect(await offered("mcp__x__y", {}, tool)).toEqual(["mcp__x__y"]);
});

test.each([
  "node 'a;./deploy'",
  'touch "a b"',
  "touch *",
  "touch a\\;b",
  "touch $x",
  "touch '$(rm x)'",
  'touch "`rm x`"',
  "touch a(b",
  "touch ~root/x",
  "node",
  "python3 -",
  "ls | node",
])("%j offers no rule, for its words are not plain or it runs what it is sent", async (command) => {
  expect(await offered("bash", { command })).toEqual([]);
});

test.each(["a`x`", "a$(x)", 'a"b', "a;b", "a b", "a\nb", "a*", "!a"])(
  "the path %j offers no rule, for a shell would expand it",
  async (path) => {
    expect(await offered("write_file", { file_path: path })).toEqual([]);
  },
);

test("a rule for one spelling does not cover another", async () => {
  const { bash } = newPolicy({ allow: ["Bash(node a;./deploy)", "Bash(npm test)", "Bash(touch *x)"] });
  expect(await bash("node 'a;./deploy'")).toBe("ask");
  expect(await bash("node a\\;./deploy")).toBe("ask");
  expect(await bash("npm test")).toBe("allow");
  expect(await bash("node a;./deploy")).toBe("allow");
});

test("a star in a rule is no literal: it does not make a rule for exactly this text", async () => {
  const { bash } = newPolicy({ allow: ["Bash(eval *)"] });
  expect(await bash("eval *")).toBe("ask");
});

test("where edits are accepted, files that run code later are asked", async () => {
  const { judge, bash } = newPolicy({ mode: "acceptEdits" });
  const paths =
    ".husky/pre-commit .vscode/tasks.json .idea/x .envrc .npmrc .yarnrc.yml .gitattributes sub/.gitmodules node_modules/.bin/x node_modules/a/index.js .git\u200b/config .GIT/hooks/x .claude/settings.json .mcp.json .bashrc .pre-commit-config.yaml .devcontainer/devcontainer.json .github/workflows/x.yml";
  for (const path of paths.split(" ")) {
    expect(await judge("write_file", { file_path: path, content: "" }), path).toBe("ask");
    expect(await bash(`echo x > '${path}'`), path).toBe("ask");
  }
  for (const path of ["src/a.ts", "package.json", ".gitignore", ".env", "..a"])
    expect(await judge("write_file", { file_path: path, content: "" }), path).toBe("allow");
});

test("a deny rule for edits does not concern what only reads", async () => {
  const { bash } = newPolicy(
    { deny: ["Edit(*.lock)", "Edit(/src/**)"], allow: ["Bash(rm:*)", "Bash(cp:*)"] },
    ["yarn.lock", "src/a"],
  );
  expect(await bash("cat yarn.lock")).toBe("allow");
  expect(await bash("grep -r x src")).toBe("allow");
  expect(await bash("rm yarn.lock")).toBe("deny");
  expect(await bash("cp src/a b")).toBe("deny");
  expect(await bash("echo x > yarn.lock")).toBe("deny");
});

test("a glob is what it stands for: with a fixed ending it does not reach what is denied", async () => {
  const { bash } = newPolicy({ deny: ["Read(.env)", "Read(*.pem)"] }, ["a.json", "b.pem", ".env"]);
  expect(await bash("cat *.json")).toBe("allow");
  expect(await bash("cat *")).toBe("deny");
  expect(await bash("cat *.p*")).toBe("deny");
  expect(await bash("cat .e*")).toBe("ask");
});

test("control characters in a command are shown, not printed", async () => {
  const { policy } = newPolicy();
  const { decision, reason } = await policy.judge({
    name: "bash",
    input: { command: "touch a\u001b[2K" },
    readOnly: false,
  });
  expect(decision).toBe("ask");
  expect(reason).toContain("control characters");
});
