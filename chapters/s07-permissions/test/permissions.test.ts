import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, script, type Turn } from "@course/offline-model/test";
import { type Answer, type Question, type Session, type Workspace } from "@course/runtime";
import { openSession, runHere, temporaryFolder, offeredTools } from "@course/runtime/testing";
import { beforeAll, expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";

// Nobody's own settings decide these tests.
beforeAll(() => void (process.env["HOME"] = temporaryFolder()));

const bash = (command: string) => call("bash", { command });
const LOCAL = ".claude/settings.local.json";

/** A session in which a person gives these answers, one a question. */
async function openWith(answers: ((question: Question) => Answer)[], ...turns: Turn[]) {
  const questions: Question[] = [];
  const open = await openSession(createAgent, script(...turns, say("done")), temporaryFolder());
  open.session.human = (question) => {
    questions.push(question);
    const answer = answers[questions.length - 1];
    return Promise.resolve(answer ? answer(question) : { refused: "nobody" });
  };
  return { ...open, questions };
}

const choose =
  (start: string, text?: string) =>
  ({ choices }: Question): Answer => ({
    choice: choices.find((choice) => choice.startsWith(start)) ?? "",
    ...(text !== undefined && { text }),
  });

test("offers the base tools", () => {
  expect(offeredTools(createAgent)).toEqual(["bash", "read_file", "write_file", "edit_file"]);
});

test("once: the call runs, and the next one is asked again", async () => {
  const open = await openWith([choose("Yes, once"), choose("No")], bash("touch a"), bash("touch a b"));
  await open.run("go");
  expect(open.questions.map(({ text }) => text)).toEqual([
    "bash wants to run: touch a\n(no rule allows Bash(touch a))",
    "bash wants to run: touch a b\n(no rule allows Bash(touch a b))",
  ]);
  expect(existsSync(join(open.workspace.root, "a"))).toBe(true);
  expect(existsSync(join(open.workspace.root, "b"))).toBe(false);
  expect(open.results()[1]).toBe("The call was not run: the user said no.");
  await open.close();
});

test("always: the rule is kept beside what the file held, holds at once and after a restart", async () => {
  const open = await openWith(
    [choose("Yes, always: adds Bash(touch a) to .claude/settings.local.json")],
    bash("touch a"),
    bash("touch a"),
  );
  const file = join(open.workspace.root, LOCAL);
  mkdirSync(join(file, ".."));
  writeFileSync(file, '{ "model": "x", "permissions": { "deny": ["Bash(rm:*)"] } }');
  await open.run("go");
  expect(open.questions).toHaveLength(1);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
    model: "x",
    permissions: { deny: ["Bash(rm:*)"], allow: ["Bash(touch a)"] },
  });
  await open.close();
  const later = await openSession(createAgent, script(bash("touch a"), say("done")), open.workspace.root);
  await later.run("go");
  expect(later.results()).toEqual(["(no output)"]);
  await later.close();
});

test("no, with a reason: the model reads it", async () => {
  const open = await openWith(
    [choose("No, and say why", "use notes/ instead")],
    call("write_file", { file_path: "a", content: "x" }),
  );
  await open.run("go");
  expect(open.questions[0]).toMatchObject({ withText: "No, and say why" });
  expect(open.results()).toEqual(["The call was not run: the user said no: use notes/ instead."]);
  await open.close();
});

test("the third refusal in a row tells the model to change course; a call that runs begins the count anew", async () => {
  const model = script(
    bash("a1"),
    bash("a2"),
    bash("ls"),
    bash("a3"),
    bash("a4"),
    bash("a5"),
    bash("a6"),
    say("done"),
  );
  const open = await openSession(createAgent, model);
  await open.run("go");
  const told = open.results().map((text) => text.includes("change course"));
  expect(told).toEqual([false, false, false, false, false, true, false]);
  await open.close();
});

test("without a person what would be asked is refused, and the refusal names what would allow it", async () => {
  const model = script(bash("npm test > out.txt"), bash("$x"), say("done"));
  const open = await openSession(createAgent, model);
  await open.run("go");
  const [first = "", second = ""] = open.results();
  expect(first).toContain('To allow it: --allow "Bash(npm test),Edit(/out.txt)"');
  expect(second).toContain("No rule can be written for this: start without -p and answer the question");
  await open.close();
});

test("the flag that a refusal names does allow it", async () => {
  const folder = temporaryFolder();
  const run = (...flags: string[]) =>
    runHere(import.meta.url, ["--offline", "--dir", folder, ...flags, "-p", "Run `touch made`"]);
  const refused = await run();
  expect(refused.stdout).toContain("not run");
  const rule = /--allow "([^"]+)"/.exec(refused.stdout)?.[1] ?? "";
  await run("--allow", rule);
  expect(existsSync(join(folder, "made"))).toBe(true);
});

test("an interrupt while a question waits runs nothing", async () => {
  const open = await openSession(createAgent, script(bash("touch a"), say("fine")), temporaryFolder());
  open.session.human = () =>
    new Promise((resolve) => {
      open.session.interrupt();
      setTimeout(() => resolve({ refused: "The user gave no answer." }), 10);
    });
  expect(await open.run("go")).toMatchObject({ ending: "interrupted" });
  expect(existsSync(join(open.workspace.root, "a"))).toBe(false);
  await open.close();
});

test("settings that the agent writes do not change what it may do", async () => {
  const model = script(
    call("write_file", { file_path: LOCAL, content: '{"permissions":{"allow":["Bash"]}}' }),
    bash("touch a"),
    say("done"),
  );
  const accepting = (workspace: Workspace) =>
    createAgent(workspace, { "permission-mode": "acceptEdits", allow: "Edit" });
  const open = await openSession(accepting, model);
  await open.run("go");
  expect(existsSync(join(open.workspace.root, LOCAL))).toBe(false);
  expect(existsSync(join(open.workspace.root, "a"))).toBe(false);
  await open.close();
});

test("/rules lists rules with their source; /mode shows and sets, and refuses what is no mode", async () => {
  const open = await openSession(
    (workspace) => createAgent(workspace, { deny: "Bash(rm:*)", allow: "Bash(npm test)" }),
    script(bash("touch a"), say("done")),
  );
  const { commands = {} } = open.agent.extensions[0] ?? {};
  const run = async (name: string, argument = "") => commands[name]?.run(argument, open.session);
  expect(await run("rules")).toMatch(
    /mode {2}default\n {2}deny {2}Bash\(rm:\*\) +--deny\n {2}allow Bash\(npm test\) +--allow/,
  );
  await expect(run("mode", "yolo")).rejects.toThrow("/mode yolo: expected default, acceptEdits");
  expect(await run("mode", "plan")).toBe("Mode: plan");
  await open.run("go");
  expect(open.results()).toEqual(["The call was not run: not in plan mode, which only reads."]);
  await open.close();
});

test.each([
  [["--permission-mode", "yolo"], /^--permission-mode yolo: expected default/],
  [["--allow", "not a rule!"], /^--allow: "not a rule!" is no rule/],
  [["--deny", "Edit,Bash("], /^--deny Edit,Bash\(: "Bash\("/],
])("a wrong flag %j is one line and no start", async (flags, message) => {
  const { stderr, code } = await runHere(import.meta.url, [
    "--offline",
    "--dir",
    temporaryFolder(),
    ...flags,
    "-p",
    "hi",
  ]);
  expect(stderr.trim()).toMatch(message);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(code).toBe(1);
});

test("a broken settings file stops the program with file, line and reason", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, ".claude"));
  writeFileSync(join(folder, ".claude/settings.json"), '{\n"permissions": {\n');
  const { stderr, code } = await runHere(import.meta.url, ["--offline", "--dir", folder, "-p", "Run `ls`"]);
  expect(stderr.trim()).toMatch(/^\.claude\/settings\.json, line \d: .*Mend it, or move it away\.$/);
  expect(code).toBe(1);
});

test("refusals are counted by conversation: a subagent has its own", async () => {
  const model = script(say("unused"));
  const open = await openSession(createAgent, model);
  const wrap = open.agent.extensions[0]?.wrapToolCall;
  const refuse = (session: Session) =>
    wrap?.({ id: "t", name: "bash", input: { command: "touch a" }, readOnly: false, session }, () =>
      Promise.reject(new Error("never")),
    );
  const told = [];
  for (const session of [open.session, open.session.fork("child"), open.session.fork("child")])
    told.push(JSON.stringify(await refuse(session)).includes("change course"));
  expect(told).toEqual([false, false, false]);
  await open.close();
});
