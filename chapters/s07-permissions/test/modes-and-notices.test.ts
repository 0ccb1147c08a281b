// The mode that others see, and what the user is told when something cannot be kept.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, script, type Turn } from "@course/offline-model/test";
import { defineAgent, type AgentEvent, type FlagValues, type Question } from "@course/runtime";
import { openSession, temporaryFolder } from "@course/runtime/testing";
import { permissionMode, wasRefused } from "@course/s07-permissions";
import { beforeEach, expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";
import { restoredMode } from "../src/kept-mode.ts";

beforeEach(() => void (process.env["HOME"] = temporaryFolder()));

test.each<[FlagValues, string | undefined, string]>([
  [{}, undefined, "default"],
  [{ "permission-mode": "plan" }, "plan", "plan"],
])("with %j the status line shows %s, and the mode is %s", async (values, status, mode) => {
  const open = await openSession((workspace) => createAgent(workspace, values), script(say("done")));
  expect(open.agent.extensions.map((extension) => extension.status?.())).toEqual([status]);
  expect(permissionMode(open.agent)).toBe(mode);
  expect(permissionMode({ ...open.agent, extensions: [{ name: "other" }] })).toBeUndefined();
  await open.close();
});

test("the mode is noted at the start and with each new conversation, and a refusal ends in one full stop", async () => {
  const turns = [call("bash", { command: "touch a" }), say("done"), say("fine")];
  const open = await openSession(createAgent, script(...turns), temporaryFolder(), ({ choices }) => ({
    choice: choices.at(-1) ?? "",
    text: "Not now.",
  }));
  await open.run("go");
  open.session.clear();
  await open.run("again");
  await open.close();
  const modes = open.events.filter((event) => event.type === "extension" && event.kind === "mode");
  expect(modes).toHaveLength(2);
  expect(open.results()[0]).toBe("The call was not run: the user said no: Not now.");
});

test("an agent without permissions has no mode", () => {
  expect(permissionMode(defineAgent({ name: "a", instructions: "x", tools: [] }))).toBeUndefined();
});

test("the last mode of a conversation counts, and only permissions say which that is", () => {
  const event = (extension: string, kind: string, mode: string): AgentEvent => ({
    type: "extension",
    extension,
    kind,
    detail: { mode },
  });
  const accepts = event("permissions", "mode", "acceptEdits");
  expect(restoredMode([accepts])).toBe("acceptEdits");
  expect(restoredMode([event("permissions", "mode", "default"), accepts])).toBe("acceptEdits");
  expect(restoredMode([accepts, event("permissions", "mode", "plan")])).toBeUndefined();
  const others = [event("hooks", "mode", "plan"), event("permissions", "other", "plan")];
  expect(restoredMode([accepts, ...others, { type: "notice", message: "x" }])).toBe("acceptEdits");
  expect(restoredMode([])).toBeUndefined();
});

test("a result that was refused is known as such", () => {
  expect(wasRefused({ content: "x", refused: "no" })).toBe(true);
  expect(wasRefused({ content: "x", isError: true })).toBe(false);
});

/** Answers each question with the choice that begins so, and returns what the user was told. */
async function told(root: string, begin: string, values: FlagValues = {}) {
  const questions: Question[] = [];
  const turns = [
    call("bash", { command: "touch a\u202e" }),
    call("bash", { command: "touch b" }),
    say("done"),
  ];
  const open = await openSession(
    (workspace) => createAgent(workspace, values),
    script(...turns),
    root,
    (question) => {
      questions.push(question);
      return { choice: question.choices.find((choice) => choice.startsWith(begin)) ?? "No" };
    },
  );
  await open.run("go");
  await open.close();
  const notices = open.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  return { notices, questions: questions.map(({ text }) => text) };
}

test("a rule that cannot be kept holds for the session, which is told; what is invisible is shown", async () => {
  const root = temporaryFolder();
  writeFileSync(join(root, ".claude"), "a file is in the folder's place");
  const { notices, questions } = await told(root, "Yes, always");
  expect(questions[0]).toContain("touch a\\u{202e}");
  expect(notices).toEqual([expect.stringMatching(/^Allowed for this session only: ./)]);
});

test("trust that cannot be kept holds for the session, which is told", async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, ".claude"));
  writeFileSync(join(root, ".claude/settings.json"), '{ "permissions": { "allow": ["Bash(touch:*)"] } }');
  writeFileSync(join(process.env["HOME"] ?? "", ".claude"), "a file is in the folder's place");
  const { notices, questions } = await told(root, "Yes, I trust");
  expect(questions[0]).toMatch(/brings the rules of \.claude\/settings\.json/);
  expect(notices).toEqual([expect.stringMatching(/^Trusted for this session only: ./)]);
});

test.each<[string, Turn, string[]]>([
  [
    "a write that changes nothing",
    call("write_file", { file_path: "a", content: "same\n" }),
    ["(the file stays as it is)"],
  ],
  ["an edit of nothing", call("edit_file", { file_path: "a", old_string: "", new_string: "x" }), []],
  [
    "a new file with one line more than are shown",
    call("write_file", { file_path: "new", content: "1\n2\n3\n4\n5\n6\n7\n8\n9\n" }),
    ["+1", "+2", "+3", "+4", "+5", "+6", "+7", "+8", "+9"],
  ],
])("the question about %s shows what it comes to", async (_, turn, expected) => {
  const root = temporaryFolder();
  writeFileSync(join(root, "a"), "same\n");
  const diffs: unknown[] = [];
  const open = await openSession(createAgent, script(turn, say("done")), root, ({ diff }) => {
    diffs.push(diff);
    return { choice: "No" };
  });
  await open.run("go");
  await open.close();
  expect(diffs).toEqual([expected]);
});
