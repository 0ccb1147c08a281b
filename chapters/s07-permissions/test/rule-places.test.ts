// Where a rule counts: which tools and paths it speaks of, and which rule is offered for a path.
import { symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { Paths } from "../src/paths.ts";
import { parseRule } from "../src/rules.ts";
import { newPolicy } from "./new-policy.ts";

const bash = (command: string) => ({ name: "bash", input: { command }, readOnly: false });

test("a rule for all tools, or for a tool as a whole, means each of its files; one for reading means no edit", async () => {
  const read = { file_path: "a.txt" };
  const edit = { file_path: "a.txt", content: "x" };
  for (const rule of ["*", "Read"])
    expect(await newPolicy({ deny: [rule] }).judge("read_file", read, true)).toBe("deny");
  expect(await newPolicy({ allow: ["*"] }).judge("write_file", edit)).toBe("allow");
  expect(await newPolicy({ deny: ["Read(a.txt)"] }).judge("write_file", edit)).toBe("ask");
  expect(await newPolicy({ deny: ["Edit(a.txt)"] }).judge("read_file", read, true)).toBe("allow");
});

test.each([
  ["//", (root: string) => `/${root}/**`, "."],
  ["./", () => "./deep/**", "deep"],
  ["../", (root: string) => `../${root.split("/").at(-1)}/**`, "."],
  ["../../", (root: string) => `../../${root.split("/").slice(-2).join("/")}/**`, "."],
])("a path that begins with %s is denied where it leads", async (_, pathOf, folder) => {
  const { root } = newPolicy();
  const rule = parseRule(`Read(${pathOf(root)})`, "test", root);
  const { policy } = newPolicy();
  policy.settings.deny.push(rule);
  const decide = async (path: string) =>
    (await policy.judge({ name: "read_file", input: { file_path: path }, readOnly: true })).decision;
  expect(await decide(join(root, folder, "a.txt"))).toBe("deny");
  expect(await decide(join(dirname(dirname(root)), "a.txt"))).not.toBe("deny");
});

test("an exact rule allows no command with a pattern in it", async () => {
  const { bash: decide } = newPolicy({ allow: ["Bash(touch ?.txt)", "Bash(touch a.txt)"] });
  expect(await decide("touch a.txt")).toBe("allow");
  expect(await decide("touch a.txt; ls")).toBe("allow");
  expect(await decide("touch ?.txt; ls")).toBe("ask");
});

test("no rule is offered for a file whose folder is not certain", async () => {
  const { policy } = newPolicy({}, ["src/x"]);
  expect(await policy.judge(bash("ls > a.txt"))).toMatchObject({ decision: "ask", rules: ["Edit(/a.txt)"] });
  expect(await policy.judge(bash("cd src && ls > a.txt"))).toMatchObject({ decision: "ask", rules: [] });
});

test("a rule that asks about a file asks about commands that read it, too", async () => {
  const asks = (rules: Parameters<typeof newPolicy>[0]) => newPolicy(rules, [".env", "src/.env", "a"]).bash;
  const ask = ["Read(.env)"];
  for (const command of ["cat .env", "cat < .env", "grep x src/.env", "grep -r x src", "cat $x", "x .env"])
    expect(await asks({ ask, allow: ["Bash(x:*)"] })(command), command).toBe("ask");
  expect(await asks({ ask })("cat a")).toBe("allow");
  expect(await asks({ ask, mode: "plan" })("cat .env")).toBe("ask");
  expect(await asks({ ask, mode: "bypassPermissions" })("cat .env")).toBe("allow");
  expect(await asks({ ask, deny: ["Read(.env)"] })("cat .env")).toBe("deny");
});

test("a name for a folder denies what is below it at any depth, by every way to it", async () => {
  const {
    root,
    bash: decide,
    judge,
  } = newPolicy({ deny: ["Read(secrets/)"], mode: "acceptEdits" }, ["src/a", "x"]);
  expect(await decide("grep -r x src")).toBe("ask");
  expect(await decide("grep x x")).toBe("allow");
  symlinkSync(".claude/settings.json", join(root, "notes"));
  expect(await judge("write_file", { file_path: "plain", content: "" })).toBe("allow");
  expect(await judge("write_file", { file_path: "notes", content: "" })).toBe("ask");
});

test("a path is followed over forty links, as the system does, and not over more", async () => {
  const { root, judge } = newPolicy({}, ["a"]);
  symlinkSync("a", join(root, "l1"));
  for (let number = 2; number <= 41; number++) symlinkSync(`l${number - 1}`, join(root, `l${number}`));
  expect(await judge("read_file", { file_path: "l40" }, true)).toBe("allow");
  expect(await judge("read_file", { file_path: "l41" }, true)).toBe("ask");
});

test("an option of one letter names no file", async () => {
  const { bash: decide } = newPolicy({ deny: ["Edit(x)"], allow: ["Bash(tool:*)"] });
  expect(await decide("tool -a")).toBe("allow");
  expect(await decide("tool -ax")).toBe("deny");
});

test.each([
  ["ls > $x", "where it writes is only known when it runs"],
  ["cat < $x", "where it reads is only known when it runs"],
])("%s: %s", async (command, doubt) => {
  expect((await newPolicy().policy.judge(bash(command))).reason).toContain(doubt);
});

test("who allows every command is asked about one that may hide what a rule denies, of whatever kind", async () => {
  const command = "tar cf x y";
  expect(await newPolicy({ allow: ["Bash"] }).bash(command)).toBe("allow");
  expect(await newPolicy({ allow: ["Bash"], deny: ["WebFetch"] }).bash(command)).toBe("allow");
  for (const deny of ["Bash(rm:*)", "Read(.env)", "Edit(*.lock)"])
    expect(await newPolicy({ allow: ["Bash"], deny: [deny, "WebFetch"] }).bash(command)).toBe("ask");
});

test("with permissions bypassed a doubt is asked only if there is a rule that could be broken", async () => {
  const mode = "bypassPermissions";
  expect(await newPolicy({ mode }).bash("$x y")).toBe("allow");
  expect(await newPolicy({ mode, deny: ["todo"] }).bash("$x y")).toBe("allow");
  expect(await newPolicy({ mode, deny: ["Read(.env)"] }).bash("$x y")).toBe("ask");
});

test("of a command that names hundreds of files not all are looked at, which is asked", async () => {
  const { policy } = newPolicy({ allow: ["Bash(x:*)"], deny: ["Edit(z)"] });
  const names = (count: number) =>
    Array.from({ length: count }, (_, index) => `a=${index}=b${index}=c${index}`).join(" ");
  expect((await policy.judge(bash(`x ${names(30)}`))).decision).toBe("allow");
  const many = await policy.judge(bash(`x ${names(60)}`));
  expect(many).toMatchObject({ decision: "ask" });
  expect(many.reason).toContain("it names more files than are looked at");
});

test("a folder is one that is there; a path from the home is in it", () => {
  const root = temporaryFolder();
  const paths = new Paths(root);
  expect([".", "gone", ".."].map((path) => paths.isFolder(path))).toEqual([true, false, true]);
  expect(paths.places("~/a")).toContain(join(homedir(), "a"));
  expect(paths.places("a~")).toEqual([join(root, "a~")]);
});

test.each([
  ["todo(x)", "todo is no tool whose calls a rule can tell apart"],
  ["mcp__server__tool(x)", undefined],
  ["WebFetch(domain:a)", undefined],
])("allow %s: %s", (rule, problem) => {
  const parse = () => parseRule(rule, "test", "/");
  if (problem === undefined) expect(parse).not.toThrow();
  else expect(parse).toThrow(problem);
});

test.each([
  ["wrt_file", true],
  ["edt", true],
  ["wrt_fle", false],
])("deny %s is taken for a slip: %j", (tool, isSlip) => {
  const parse = () => parseRule(tool, "test", "/", "deny");
  if (isSlip) expect(parse).toThrow("Meant Edit?");
  else expect(parse).not.toThrow();
});
