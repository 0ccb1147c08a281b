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
    notes: [],
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
  // What the grammar does not see.
  ["cat <<EOF\n`rm x`\nEOF", "ask"],
  ["cat <<EOF\na `rm x` b\nEOF", "ask"],
  ["cat <<EOF\n${y:=`rm x`}\nEOF", "ask"],
  ["cat <<EOF\n$ $(rm x)\nEOF", "ask"],
  ["cat <<EOF\n\t$(rm x)\nEOF", "ask"],
  ["cat <<$EOF\n$(rm x)\n$EOF", "ask"],
  ['ls "$ $(rm x)"', "ask"],
  ['ls "`echo \\`rm x\\``"', "ask"],
  ['cat <<< "$ $(touch P)"', "ask"],
  ["cat <<< ${x:='$(rm x)'}${x@P}", "ask"],
  ["true <<< $((PATH=0)); ls", "ask"],
  // Names that are not the system's, and options that hide what runs.
  ["./nohup ls", "ask"],
  ["/tmp/evil/timeout 5 ls", "ask"],
  ["./toString ls", "ask"],
  ["__proto__ x", "ask"],
  ["timeout -s KILL 5 rm x", "ask"],
  ["time ! rm x", "ask"],
  ["nice -n rm x", "ask"],
  ["jobs -x rm x", "ask"],
  ["find . -maxdepth 0 -exe[c] touch P \\;", "ask"],
  ["find . -dele[t]e", "ask"],
  ["sort *", "ask"],
  ["date -uf/etc/passwd", "ask"],
  ["date -us@0", "ask"],
  ["file -bf/etc/passwd", "ask"],
  ["grep -hf/etc/hostname x", "ask"],
  ["tree -R -H . -L 1", "ask"],
  ["uniq a b", "ask"],
  ["cd .. && ls", "ask"],
  ["cd src && cd .. && cat x", "ask"],
  ["cd src && cat ../../x", "ask"],
  ["cd $x && ls", "ask"],
  ["git branch new", "ask"],
  // Ordinary: no question.
  ["cd src && ls && cat a.ts", "allow"],
  ['echo "today: $(date)" $? "$HOME"', "allow"],
  ["cut -d/ -f1 x | tr '/' '_' | sort | uniq -c", "allow"],
  ['grep -rn "/api/users" src', "allow"],
  ["git branch -a", "allow"],
  ["git --no-pager log -3", "allow"],
  ["cat <<EOF\nhello $USER\nEOF", "allow"],
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
  expect(await bash("cat README.md")).toBe("allow");
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

test("a deny rule for all of bash holds for a redirect alone", async () => {
  expect(await newPolicy({ mode: "bypassPermissions", deny: ["Bash"] }).bash("> x")).toBe("deny");
});

test("rules may name the course's own tools", async () => {
  const { bash, judge } = newPolicy({ mode: "bypassPermissions", deny: ["bash(rm:*)", "write_file"] });
  expect(await bash("rm x")).toBe("deny");
  expect(await judge("edit_file", { path: "a" })).toBe("deny");
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
    expect(await judge("write_file", { path }), path).toBe("ask");
});

test("no rule is proposed that would allow more than was asked", async () => {
  const { policy } = newPolicy();
  for (const path of ["*", "**", "src/*", "[ab]", "a "])
    expect(
      (await policy.judge({ name: "write_file", input: { path }, readOnly: false })).rules,
      path,
    ).toEqual([]);
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
  ["// c\n{}", /settings\.json, line 1: /],
  ["[]", /settings/],
  ['{"permission": {"deny": []}}', /"permission" is not known/],
  ['{"permissions": {"denied": ["Bash"]}}', /"denied" is not known/],
  ['{"permissions": {"deny": ["Bsh(rm:*)"]}}', /Bsh is no tool/],
  ['{"permissions": {"deny": ["Bash(rm *), Read(.env)"]}}', /holds several rules/],
])("a broken settings file stops the start: %j", (content, message) => {
  const root = temporaryFolder();
  mkdirSync(join(root, ".claude"));
  writeFileSync(join(root, ".claude/settings.json"), content);
  expect(() => loadSettings(new Workspace(root), {}, temporaryFolder())).toThrow(message);
});

test("a mode that is not known here is said so, and everything is asked", () => {
  const root = temporaryFolder();
  mkdirSync(join(root, ".claude"));
  writeFileSync(join(root, ".claude/settings.json"), '{"permissions": {"defaultMode": "auto"}}');
  const settings = loadSettings(new Workspace(root), {}, temporaryFolder());
  expect(settings).toMatchObject({
    mode: "default",
    notes: [expect.stringContaining('"auto" is not known')],
  });
});
