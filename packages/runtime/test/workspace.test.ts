// The folder that the agent works in, and the playground that is made where none is named.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Workspace } from "../src/index.ts";
import { ensurePlayground } from "../src/workspace/workspace.ts";
import { temporaryFolder } from "../src/testing.ts";

let parent: string;
let template: string;
let hooks: string;
beforeEach(() => {
  parent = temporaryFolder();
  template = temporaryFolder();
  mkdirSync(join(template, "src"));
  writeFileSync(join(template, "README.md"), "hello\n");
  writeFileSync(join(template, "src/main.js"), "1;\n");
  // A user of git whose settings are none that the playground could count on.
  const config = temporaryFolder();
  hooks = join(config, "hooks");
  mkdirSync(hooks);
  writeFileSync(
    join(config, "gitconfig"),
    `[init]\ndefaultBranch = trunk\n[core]\nhooksPath = ${hooks}\n[user]\nname = Somebody\nuseConfigOnly = true\n`,
  );
  vi.stubEnv("GIT_CONFIG_GLOBAL", join(config, "gitconfig"));
  vi.stubEnv("GIT_CONFIG_NOSYSTEM", "1");
});
afterEach(() => vi.unstubAllEnvs());

function addHook(name: string, script: string): void {
  writeFileSync(join(hooks, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(hooks, name), 0o755);
}
const git = (folder: string, ...args: string[]) =>
  execFileSync("git", args, { cwd: folder, encoding: "utf8" }).trim();

test("a folder that is not there, or is a file, is named with what to do", () => {
  const file = join(template, "README.md");
  expect(() => new Workspace(file)).toThrow(`${file} is not a folder. Name a folder with --dir.`);
  const nowhere = join(parent, "nowhere");
  expect(() => new Workspace(nowhere)).toThrow(
    `The folder ${nowhere} does not exist. Make it first, or name another with --dir.`,
  );
});

test("the playground is the template in a git repository of its own, whatever git is set to", () => {
  addHook("pre-commit", "exit 1");
  const folder = join(parent, "playground");
  ensurePlayground(folder, template);
  expect(readFileSync(join(folder, "src/main.js"), "utf8")).toBe("1;\n");
  expect(git(folder, "log", "--all", "--format=%D: %s, by %an <%ae>")).toBe(
    "HEAD -> main: The playground, by Course <course@localhost>",
  );
  expect(git(folder, "status", "--porcelain")).toBe("");
  expect(readdirSync(parent)).toEqual(["playground"]);
});

test("a commit in the playground needs no name of the user's", () => {
  const folder = join(parent, "playground");
  ensurePlayground(folder, template);
  git(folder, "commit", "--quiet", "--allow-empty", "--message", "mine");
  expect(git(folder, "log", "-1", "--format=%an <%ae>")).toBe("Course <course@localhost>");
});

test("a playground that is there is left alone", () => {
  const log = join(parent, "commits");
  addHook("post-commit", `echo one >> '${log}'`);
  const folder = join(parent, "playground");
  ensurePlayground(folder, template);
  writeFileSync(join(folder, "README.md"), "changed\n");
  ensurePlayground(folder, template);
  expect(readFileSync(join(folder, "README.md"), "utf8")).toBe("changed\n");
  expect(readFileSync(log, "utf8")).toBe("one\n");
});

test("where another program makes it meanwhile, theirs stays and nothing lies beside it", () => {
  const folder = join(parent, "playground");
  addHook("post-commit", `mkdir '${folder}'; echo theirs > '${folder}/README.md'`);
  ensurePlayground(folder, template);
  expect(readFileSync(join(folder, "README.md"), "utf8")).toBe("theirs\n");
  expect(readdirSync(parent)).toEqual(["playground"]);
});

test("while it is being made it is not there, so that an interrupted copy is none", () => {
  const folder = join(parent, "playground");
  addHook("post-commit", `test -e '${folder}' || touch '${parent}/was-made-beside'`);
  ensurePlayground(folder, template);
  expect(readdirSync(parent).sort()).toEqual(["playground", "was-made-beside"]);
});

test("a template that is missing is told, and leaves nothing", () => {
  const folder = join(parent, "playground");
  expect(() => ensurePlayground(folder, join(parent, "no-template"))).toThrow(/ENOENT.*no-template/);
  expect(readdirSync(parent)).toEqual([]);
});

test("without git the playground is a plain folder", () => {
  vi.stubEnv("PATH", parent);
  const folder = join(parent, "playground");
  ensurePlayground(folder, template);
  expect([readdirSync(folder).sort(), existsSync(join(folder, ".git"))]).toEqual([
    ["README.md", "src"],
    false,
  ]);
});
