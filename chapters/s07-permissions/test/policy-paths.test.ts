// What the policy decides about paths: what they really are, and the rules that hold for them.
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { newPolicy } from "./new-policy.ts";

test.each([
  ["Edit(./src/**)", "src/a/b.ts", true],
  ["Edit(/src/**)", "src/a.ts", true],
  ["Edit(src/**)", "other/src/a.ts", false],
  ["Edit(*.md)", "docs/deep/a.md", true],
  ["Edit(/*.md)", "docs/a.md", false],
  ["Edit(//tmp/**)", "a", true],
  ["Edit(~/**)", "src/a.ts", false],
  ["Write(src/**)", "src/a.ts", true],
  ["Edit", "anything", true],
])("the rule %s allows editing %s: %s", async (rule, path, allows) => {
  const { judge } = newPolicy({ allow: [rule] });
  expect(await judge("write_file", { file_path: path, content: "" })).toBe(allows ? "allow" : "ask");
});

test("a path is what it really is: a link, or another spelling, does not change its rule", async () => {
  const { root, judge } = newPolicy({ allow: ["Edit(/open/**)"], deny: ["Edit(/shut/**)"] }, [
    "shut/a",
    "open/a",
  ]);
  symlinkSync(join(root, "shut"), join(root, "open/link"));
  expect(await judge("write_file", { file_path: "open/a" })).toBe("allow");
  expect(await judge("write_file", { file_path: "open/link/a" })).toBe("deny");
  expect(await judge("write_file", { file_path: "open/../shut/new" })).toBe("deny");
  expect(await judge("write_file", { file_path: join(root, "shut/a") })).toBe("deny");
  expect(await judge("write_file", { file_path: "SHUT/a" })).toBe("deny");
});

test("a folder behind a link is where the system finds it", async () => {
  const { root, bash } = newPolicy({ mode: "acceptEdits" }, ["a/b/c/x", "secret"]);
  const outside = join(temporaryFolder(), "deep/er");
  mkdirSync(outside, { recursive: true });
  symlinkSync(outside, join(root, "a/out"));
  symlinkSync(join(root, "a/b/c"), join(root, "near"));
  expect(await bash("cat a/out/../x")).toBe("ask");
  expect(await bash("echo hi > a/out/../x")).toBe("ask");
  expect(await bash("cat near/../c/x")).toBe("allow");
});

test("deny rules for files hold for folders, glued words and readers that walk", async () => {
  const { bash } = newPolicy({
    allow: ["Bash"],
    deny: ["Read(./secrets/**)", "Read(.env)", "Edit(/kept/**)"],
  });
  expect(await bash("cp -r secrets y")).toBe("deny");
  expect(await bash("dd if=.env")).toBe("deny");
  expect(await bash("git show HEAD:.env")).toBe("deny");
  expect(await bash("mv kept y")).toBe("deny");
  expect(await bash("grep -r '' .")).toBe("ask");
  expect(await bash("git log -p")).toBe("ask");
  for (const walks of [
    "grep -3r x .",
    "grep --rec x .",
    "grep -d recurse x .",
    "diff -N . src",
    "git status -vv",
    "git show -s 0123abc",
    "git diff --check --stat",
  ])
    expect(await bash(walks), walks).toBe("ask");
  expect(await bash("cat README.md")).toBe("allow");
});

test("a path below a file is a path like any other", async () => {
  const { judge } = newPolicy({}, ["a"]);
  expect(await judge("read_file", { file_path: "a/b" }, true)).toBe("allow");
});

test("nothing that runs by itself, at any depth, is edited without a question", async () => {
  const { judge } = newPolicy({ mode: "acceptEdits", allow: ["Edit"] });
  for (const path of [
    "sub/.git/config",
    "sub/.claude/settings.json",
    ".GIT/config",
    ".mcp.json",
    "HEAD",
    "config",
    "refs/x",
  ])
    expect(await judge("write_file", { file_path: path }), path).toBe("ask");
});

test("a link to nothing yet is where it leads", async () => {
  const { root, bash } = newPolicy({ mode: "acceptEdits" });
  symlinkSync(join(temporaryFolder(), "new"), join(root, "link"));
  expect(await bash("ls > link")).toBe("ask");
});

test("what walks is judged by where it walks: grep below its folder, git in all of its history", async () => {
  const { bash } = newPolicy({ allow: ["Bash"], deny: ["Read(/secret/**)"] }, [
    ".git/HEAD",
    "src/a",
    "secret/b",
  ]);
  expect(await bash("grep -r x src")).toBe("allow");
  expect(await bash("grep -r x secret")).toBe("deny");
  expect(await bash("grep -r x .")).toBe("ask");
  expect(await bash("git grep x src")).toBe("ask");
  expect(await bash("git log -p src")).toBe("ask");
  expect(await bash("git log src")).toBe("allow");
});

test("where all is allowed but what is denied, a program that runs its arguments is asked, unless it only reads", async () => {
  for (const rules of [{ mode: "bypassPermissions" as const }, { allow: ["Bash"] }]) {
    const { bash } = newPolicy({ ...rules, deny: ["Bash(rm:*)"] });
    expect(await bash("node -e x")).toBe("ask");
    expect(await bash("node --version")).toBe("allow");
    expect(await bash("awk '{print $1}' x")).toBe("allow");
  }
  const { bash } = newPolicy({ allow: ["Bash(node:*)"], deny: ["Bash(rm:*)"] });
  expect(await bash("node -e x"), "whoever allows node has thought of it").toBe("allow");
});

test("a glob reads its folder, whatever is done with the names", async () => {
  const { root, bash } = newPolicy({ deny: ["Read(./shut/**)"] }, ["a.ts", "src/a", "shut/a"]);
  symlinkSync("/etc", join(root, "link"));
  for (const line of ["echo *.ts", "echo *", 'echo "*"', "printf '%s\\n' src/*", "echo */a 'in /etc/*'"])
    expect(await newPolicy({}, ["a.ts", "src/a"]).bash(line), line).toBe("allow");
  for (const line of [
    "echo /etc/*",
    "echo ~/.ssh/*",
    "echo $HOME/*",
    "printf '%s\\n' ../*",
    "basename -a /root/*",
    "xargs echo /etc/*",
    "echo link/*",
    "echo l*/*",
  ])
    expect(await bash(line), line).toBe("ask");
  expect(await bash("echo shut/*")).toBe("deny");
  expect(await bash("echo *")).toBe("allow");
});
