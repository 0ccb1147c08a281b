import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { loadSettings, parseRule, Policy, readShell, type Mode } from "@course/s07-permissions";
import fc from "fast-check";
import { expect, test } from "vitest";

interface Rules {
  allow?: string[];
  ask?: string[];
  deny?: string[];
  mode?: Mode;
}

function newPolicy({ allow = [], ask = [], deny = [], mode = "default" }: Rules = {}, files: string[] = []) {
  const root = temporaryFolder();
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), "x");
  }
  const parse = (rules: string[]) => rules.map((rule) => parseRule(rule, "test", root));
  const policy = new Policy(new Workspace(root), {
    allow: parse(allow),
    ask: parse(ask),
    deny: parse(deny),
    mode,
  });
  const judge = async (name: string, input: object, readOnly = false) =>
    (await policy.judge({ name, input, readOnly })).decision;
  return { root, policy, judge, bash: (command: string) => judge("bash", { command }) };
}

const NARROW: Rules = { allow: ["Bash(ls:*)", "Bash(git status)"], deny: ["Bash(rm:*)"] };

test.each([
  // Denied: the command can be told, however it is spelled.
  ["rm x", "deny"],
  ["r''m x", "deny"],
  ['"rm" x', "deny"],
  ["r\\m x", "deny"],
  ["/bin/rm x", "deny"],
  ["ls; rm x", "deny"],
  ["ls && rm x", "deny"],
  ["ls || rm x", "deny"],
  ["ls | rm x", "deny"],
  ["ls & rm x", "deny"],
  ["ls\nrm x", "deny"],
  ["(rm x)", "deny"],
  ["{ rm x; }", "deny"],
  ["! rm x", "deny"],
  ["ls $(rm x)", "deny"],
  ["ls `rm x`", "deny"],
  ['ls "$(rm x)"', "deny"],
  ["ls <(rm x)", "deny"],
  ["ls > >(rm x)", "deny"],
  ["ls <<EOF\n$(rm x)\nEOF", "deny"],
  ["ls <<EOF | rm x\nhi\nEOF", "deny"],
  ['ls <<< "$(rm x)"', "deny"],
  ["ls | xargs rm", "deny"],
  ["env rm x", "deny"],
  ["nohup timeout 5 nice -n 3 rm x", "deny"],
  ["command rm x", "deny"],
  ["busybox rm x", "deny"],
  ["time rm x", "deny"],
  ["find . -exec rm {} +", "deny"],
  ["find . -execdir /bin/rm {} \\;", "deny"],
  ["f() { rm x; }; f", "deny"],
  ["if ls; then rm x; fi", "deny"],
  ["for i in 1; do rm x; done", "deny"],
  ["while ls; do rm x; done", "deny"],
  ["case a in a) rm x;; esac", "deny"],
  ["x=$(rm y)", "deny"],
  ["ls ${x:-$(rm y)}", "deny"],
  ["echo $((1 + $(rm x)))", "deny"],
  ["[[ a[$(rm x)] -eq 1 ]]", "deny"],
  // Asked: it cannot be told, or nothing allows it.
  ["x=rm; $x y", "ask"],
  ["$(echo rm) x", "ask"],
  ["`echo rm` x", "ask"],
  ["$'rm' x", "ask"],
  ["$'\\x72m' x", "ask"],
  ["{rm,x}", "ask"],
  ["r?m x", "ask"],
  ["${x:-rm} y", "ask"],
  ['eval "rm x"', "ask"],
  ['bash -c "rm x"', "ask"],
  ["sh script.sh", "ask"],
  ["source x", "ask"],
  [". x", "ask"],
  ["alias ls=rm; ls x", "ask"],
  ["ls() { :; }; ls", "ask"],
  ["trap 'rm x' EXIT", "ask"],
  ["coproc rm x", "ask"],
  ["exec rm x", "ask"],
  ["sudo rm x", "ask"],
  ["xargs -I{} sh -c '{}'", "ask"],
  ["env -S 'rm x'", "ask"],
  ["env PATH=/evil ls", "ask"],
  ["PATH=/evil ls", "ask"],
  ["LD_PRELOAD=./x.so git status", "ask"],
  ["export PATH=/evil; ls", "ask"],
  ["find . -delete", "ask"],
  ["find . 2>/dev/null -delete", "ask"],
  ["git -c alias.status='!rm x' status", "ask"],
  ["git -c core.fsmonitor=./x status", "ask"],
  ["git diff --output=x", "ask"],
  ["git log --outp=x", "ask"],
  ["git status x", "allow"],
  ["ls > x", "ask"],
  ["ls >> x", "ask"],
  ["ls >| x", "ask"],
  ["ls &> x", "ask"],
  ["ls >& x", "ask"],
  ["ls <> x", "ask"],
  ["> x", "ask"],
  ['ls > "$x"', "ask"],
  ["ls 2> /etc/x", "ask"],
  ["sort -o x x", "ask"],
  ["sort -uo x x", "ask"],
  ["sort --compress-program=rm x", "ask"],
  ["printf -v PATH x", "ask"],
  ["date -s tomorrow", "ask"],
  ["cat /etc/passwd", "ask"],
  ["cat ../x", "ask"],
  ["cat .?/x", "ask"],
  ["cat ~/.ssh/id_rsa", "ask"],
  ["cat ~root/x", "ask"],
  ["cat < /etc/passwd", "ask"],
  ["cd /; ls", "ask"],
  ["lsof", "ask"],
  ["l\\\ns", "ask"],
  ["git sta\\\ntus", "ask"],
  ["ls\u00a0x", "ask"],
  ["ls\rrm", "ask"],
  ["ls '", "ask"],
  ["./ls", "ask"],
  ["cat <<EOF -n\nx\nEOF", "ask"],
  ["tee x", "ask"],
  // Ordinary: no question.
  ["ls", "allow"],
  ["ls -la src", "allow"],
  ["ls $HOME", "allow"],
  ["git status", "allow"],
  ["git status && ls -la | head -n 3", "allow"],
  ["cat README.md | grep -n 'a b' | sort | wc -l", "allow"],
  ["ls 2>/dev/null", "allow"],
  ["ls > /dev/null 2>&1", "allow"],
  ["(ls; git status)", "allow"],
  ["timeout 5 ls", "allow"],
  ["find . -name '*.ts' -type f", "allow"],
  ["find . -name '*.ts' | xargs ls", "allow"],
  ["git log --oneline -5 -- src", "allow"],
  ["git diff HEAD~1", "allow"],
  ["echo 'rm x'", "allow"],
  ["ls # rm x", "allow"],
  ["cat <<'EOF'\n$(rm x)\nEOF", "allow"],
  ["pwd", "allow"],
])("with ls:* and git status allowed and rm denied, %j is: %s", async (command, decision) => {
  expect(await newPolicy(NARROW).bash(command)).toBe(decision);
});

test("whatever is put around a denied command, it never runs without a question", async () => {
  const { bash } = newPolicy(NARROW);
  const rm = fc.constantFrom("rm x", "r''m x", "\\rm x", "/bin/rm x", '"rm" x', 'r"m" -rf .');
  const around = fc.constantFrom<(inner: string) => string>(
    (inner) => `ls; ${inner}`,
    (inner) => `ls | ${inner}`,
    (inner) => `(${inner})`,
    (inner) => `{ ${inner}; }`,
    (inner) => `ls "$(${inner})"`,
    (inner) => `ls <(${inner})`,
    (inner) => `! ${inner}`,
    (inner) => `nohup ${inner}`,
    (inner) => `if ls; then ${inner}; fi`,
    (inner) => `ls && ${inner} > /dev/null`,
    (inner) => `cat <<EOF\n$(${inner})\nEOF\n`,
    (inner) => `f() { ${inner}; }\nf`,
  );
  await fc.assert(
    fc.asyncProperty(rm, fc.array(around, { maxLength: 3 }), async (inner, layers) => {
      const command = layers.reduce<string>((text, layer) => layer(text), inner);
      expect(await bash(command), command).not.toBe("allow");
    }),
    { numRuns: 300 },
  );
});

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
    expect(await judge("write_file", { path: "secret/a", content: "" })).toBe("deny");
    expect(await judge("read_file", { path: "deep/.env" }, true)).toBe("deny");
    expect(await judge("mcp__x__y", {})).toBe("deny");
  },
);

test("modes: what is asked by default, accepted, refused or let through", async () => {
  const decisions = async (mode: Mode) => {
    const { bash, judge } = newPolicy({ mode });
    return [
      await bash("ls"),
      await bash("npm test"),
      await judge("write_file", { path: "a", content: "" }),
      await bash("ls > a"),
      await judge("write_file", { path: ".claude/settings.json", content: "" }),
      await judge("some_tool", {}),
      await judge("todo", {}),
    ];
  };
  expect(await decisions("default")).toEqual(["allow", "ask", "ask", "ask", "ask", "ask", "allow"]);
  expect(await decisions("acceptEdits")).toEqual(["allow", "ask", "allow", "allow", "ask", "ask", "allow"]);
  expect(await decisions("plan")).toEqual(["allow", "deny", "deny", "deny", "deny", "deny", "allow"]);
  expect(await decisions("bypassPermissions")).toEqual(Array(7).fill("allow"));
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
  expect(await judge("edit_file", { path: "yarn.lock" })).toBe("ask");
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
  expect(await judge("write_file", { path, content: "" })).toBe(allows ? "allow" : "ask");
});

test("a path is what it really is: a link, or another spelling, does not change its rule", async () => {
  const { root, judge } = newPolicy({ allow: ["Edit(/open/**)"], deny: ["Edit(/shut/**)"] }, [
    "shut/a",
    "open/a",
  ]);
  symlinkSync(join(root, "shut"), join(root, "open/link"));
  expect(await judge("write_file", { path: "open/a" })).toBe("allow");
  expect(await judge("write_file", { path: "open/link/a" })).toBe("deny");
  expect(await judge("write_file", { path: "open/../shut/new" })).toBe("deny");
  expect(await judge("write_file", { path: join(root, "shut/a") })).toBe("deny");
  expect(await judge("write_file", { path: "SHUT/a" })).toBe("deny");
});

test("a link to nothing yet is where it leads", async () => {
  const { root, bash } = newPolicy({ mode: "acceptEdits" });
  symlinkSync(join(temporaryFolder(), "new"), join(root, "link"));
  expect(await bash("ls > link")).toBe("ask");
});

test("a background command is judged like any other", async () => {
  const { judge } = newPolicy(NARROW);
  expect(await judge("background_run", { command: "ls; rm x" })).toBe("deny");
  expect(await judge("background_run", { command: "ls" })).toBe("allow");
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

test("the reader names every command and every file that is written", async () => {
  const { commands, writes, unclear } = await readShell("a 'b c' | d\\ e > f; g 2>&1 >> \"h i\"");
  expect(commands.map(({ words }) => words.map(({ text }) => text))).toEqual([["a", "b c"], ["d e"], ["g"]]);
  expect(writes.map(({ text }) => text)).toEqual(["f", "h i"]);
  expect(unclear).toEqual([]);
});

test("settings: three files and the flags, the mode of the last that has one", () => {
  const root = temporaryFolder();
  const home = temporaryFolder();
  const write = (folder: string, name: string, content: object) => {
    mkdirSync(join(folder, ".claude"), { recursive: true });
    writeFileSync(join(folder, ".claude", name), JSON.stringify(content));
  };
  write(home, "settings.json", { permissions: { deny: ["Bash(a)"], defaultMode: "plan" }, model: "x" });
  write(root, "settings.json", { permissions: { allow: ["Bash(b)"] }, hooks: {} });
  write(root, "settings.local.json", { permissions: { ask: ["Bash(c)"], defaultMode: "acceptEdits" } });
  const values = { allow: "Bash(d, e),Read", deny: "Edit" };
  const settings = loadSettings(new Workspace(root), values, home);
  expect(settings).toMatchObject({
    deny: [{ text: "Bash(a)" }, { text: "Edit", source: "--deny" }],
    allow: [{ text: "Bash(b)", source: ".claude/settings.json" }, { text: "Bash(d, e)" }, { text: "Read" }],
    ask: [{ text: "Bash(c)" }],
    mode: "acceptEdits",
  });
  expect(loadSettings(new Workspace(root), { "permission-mode": "default" }, home).mode).toBe("default");
});

test.each([
  ['{\n  "permissions": {\n    "deny": ["Bash(rm:*)"],\n  }\n}', /settings\.json, line [34]: .*Mend it/],
  ["", /settings\.json, line 1: /],
  ['{\n"permissions": {\n"deny": "Bash"}}', /settings\.json, line 3: permissions\.deny: /],
  ['{"permissions": []}', /settings\.json, line 1: permissions: /],
  [
    '{\n"permissions": {"allow": [\n"Bash(ls)",\n"not a rule!"]}}',
    /settings\.json, line 4: "not a rule!" is no rule/,
  ],
  ['{"permissions": {"allow": ["Bash()"]}}', /empty parentheses/],
  ['{"permissions": {"defaultMode": "yolo"}}', /defaultMode/],
  ["[]", /settings/],
])("a broken settings file stops the start: %j", (content, message) => {
  const root = temporaryFolder();
  mkdirSync(join(root, ".claude"));
  writeFileSync(join(root, ".claude/settings.json"), content);
  expect(() => loadSettings(new Workspace(root), {}, temporaryFolder())).toThrow(message);
});
