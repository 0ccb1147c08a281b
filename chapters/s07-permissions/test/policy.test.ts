// What the policy decides: modes, rules for tools and commands, and the rules that it proposes.
import type { Mode } from "@course/s07-permissions";
import { expect, test } from "vitest";
import { NARROW, newPolicy } from "./new-policy.ts";

test.each(["default", "acceptEdits", "plan", "bypassPermissions"] as const)(
  "deny rules hold in mode %s",
  async (mode) => {
    const { bash, judge } = newPolicy({
      mode,
      allow: ["Bash"],
      deny: ["Bash(rm:*)", "Edit(/secret/**)", "Read(.env)", "mcp__x"],
    });
    expect(await bash("timeout 5 rm x")).toBe("deny");
    expect(await bash("$x y")).not.toBe("allow");
    expect(await bash("ls > secret/x")).toBe("deny");
    expect(await bash("cat .env")).toBe("deny");
    expect(await bash("cat src/../.env")).toBe("deny");
    expect(await bash("cat .e*")).not.toBe("allow");
    expect(await judge("write_file", { file_path: "secret/a", content: "" })).toBe("deny");
    expect(await judge("read_file", { file_path: "deep/.env" }, true)).toBe("deny");
    expect(await judge("mcp__x__y", {})).toBe("deny");
  },
);

test("modes: what is asked by default, accepted, refused or let through", async () => {
  const decisions = async (mode: Mode) => {
    const { bash, judge } = newPolicy({ mode });
    return [
      await bash("ls"),
      await bash("npm test"),
      await judge("write_file", { file_path: "a", content: "" }),
      await bash("ls > a"),
      await judge("write_file", { file_path: ".claude/settings.json", content: "" }),
      await judge("some_tool", {}),
      await judge("todo", {}, false, { harness: true }),
    ];
  };
  expect(await decisions("default")).toEqual(["allow", "ask", "ask", "ask", "ask", "ask", "allow"]);
  expect(await decisions("acceptEdits")).toEqual(["allow", "ask", "allow", "allow", "ask", "ask", "allow"]);
  expect(await decisions("plan")).toEqual(["allow", "deny", "deny", "deny", "deny", "deny", "allow"]);
  expect(await decisions("bypassPermissions")).toEqual(Array(7).fill("allow"));
});

test("a rule that asks is not answered by one for exactly this text", async () => {
  const { bash } = newPolicy({ allow: ["Bash(eval x)", "Bash(git push)"], ask: ["Bash(git push:*)"] });
  expect(await bash("eval x")).toBe("allow");
  expect(await bash("git push")).toBe("ask");
});

test("ask rules come before allow rules and accepted edits", async () => {
  const { bash, judge } = newPolicy({
    mode: "acceptEdits",
    allow: ["Bash(git:*)"],
    ask: ["Bash(git push:*)", "Edit(*.lock)"],
  });
  expect(await bash("git commit -m x")).toBe("allow");
  expect(await bash("git push origin")).toBe("ask");
  expect(await bash("git $x")).toBe("ask");
  expect(await judge("edit_file", { file_path: "yarn.lock" })).toBe("ask");
});

test.each([
  ["npm run test:*", "npm run test", true],
  ["npm run test:*", "npm run test -- --watch", true],
  ["npm run test:*", "npm run testing", false],
  ["npm *", "npm install x", true],
  ["npm *", "npmx", false],
  ["git * main", "git push main", true],
  ["git * main", "git push other", false],
  ["npm test", "npm test", true],
  ["npm  test", "npm   test", true],
  ["npm test", "npm test x", false],
  ["npm test", "npm test *", false],
  ["a.b", "axb", false],
])("the rule Bash(%s) on %j: %s", async (specifier, command, covers) => {
  expect(await newPolicy({ allow: [`Bash(${specifier})`] }).bash(command)).toBe(covers ? "allow" : "ask");
});

test("bypassing permissions, a denied command among the words of another is asked", async () => {
  const { bash } = newPolicy({ mode: "bypassPermissions", deny: ["Bash(rm:*)"] });
  for (const command of [
    "anything rm x",
    "compgen -C 'rm x'",
    "timeout --foreground 5 rm x",
    "> x; ionice rm x",
  ])
    expect(await bash(command), command).toBe("ask");
  expect(await bash("anything else > x")).toBe("allow");
});

test("a deny rule for a command of git is not walked around by its pager", async () => {
  const { bash } = newPolicy({ allow: ["Bash(git:*)"], deny: ["Bash(git push:*)"] });
  expect(await bash("git --no-pager push o")).toBe("deny");
});

test("bypassing permissions, what runs anything is asked, wherever it stands", async () => {
  const { bash } = newPolicy({ mode: "bypassPermissions", deny: ["Bash(touch:*)"] });
  expect(await bash("setpriv bash -c \"t''ouch P\"")).toBe("ask");
});

test("a deny rule for all of bash holds for a redirect alone", async () => {
  expect(await newPolicy({ mode: "bypassPermissions", deny: ["Bash"] }).bash("> x")).toBe("deny");
});

test("rules may name the course's own tools", async () => {
  const { bash, judge } = newPolicy({ mode: "bypassPermissions", deny: ["bash(rm:*)", "write_file"] });
  expect(await bash("rm x")).toBe("deny");
  expect(await judge("edit_file", { file_path: "a" })).toBe("deny");
});

test("no rule is proposed that would allow more than was asked", async () => {
  const { policy } = newPolicy();
  for (const path of ["*", "**", "src/*", "[ab]", "a "])
    expect(
      (await policy.judge({ name: "write_file", input: { file_path: path }, readOnly: false })).rules,
      path,
    ).toEqual([]);
});

test("a background command is judged like any other", async () => {
  const { judge } = newPolicy(NARROW);
  expect(await judge("background_run", { command: "ls; rm x" })).toBe("deny");
  expect(await judge("background_run", { command: "ls" })).toBe("allow");
});

test("a command in a worktree is judged like any other, and its paths begin in the worktree", async () => {
  const { judge } = newPolicy({ ...NARROW, deny: [...(NARROW.deny ?? []), "Read(/secret/**)"] });
  const inWorktree = (command: string) => judge("worktree_run", { name: "fix", command });
  expect(await inWorktree("ls; rm x")).toBe("deny");
  expect(await inWorktree("ls")).toBe("allow");
  expect(await inWorktree("cat secret/key"), "the worktree's own").not.toBe("deny");
  expect(await inWorktree("cat ../../../secret/key"), "the main checkout's").toBe("deny");
  expect(await inWorktree("cd ../../.. && cat secret/key")).toBe("deny");
});

test("a rule for exactly this text allows what cannot be decided", async () => {
  const text = "for f in a b; do echo $f; done";
  expect(await newPolicy().bash(text)).toBe("ask");
  expect(await newPolicy({ allow: [`Bash(${text})`] }).bash(text)).toBe("allow");
});

test("rules are proposed where one can be written, and none where it cannot be decided", async () => {
  const { policy } = newPolicy();
  const rules = async (command: string) =>
    (await policy.judge({ name: "bash", input: { command }, readOnly: false })).rules;
  expect(await rules("npm test && npm run lint > out.txt")).toEqual([
    "Bash(npm test)",
    "Bash(npm run lint)",
    "Edit(/out.txt)",
  ]);
  expect(await rules("npm run $x")).toEqual([]);
  expect(await rules("eval x")).toEqual([]);
  expect(await rules("touch .claude/settings.json > .claude/x")).toEqual([]);
});

test("every proposed rule allows what it was proposed for", async () => {
  const { policy } = newPolicy();
  for (const command of [
    "npm test",
    "mkdir -p a/b",
    "git commit --amend --no-edit",
    "node x.js | tee log > out",
  ]) {
    const judged = () => policy.judge({ name: "bash", input: { command }, readOnly: false });
    policy.allow((await judged()).rules);
    expect((await judged()).decision, command).toBe("allow");
  }
});
