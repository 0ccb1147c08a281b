// When instructions and what is new are told: with the first words, with the tools that look at a file, and after the user has agreed.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { call, say, script, type Turn } from "@course/offline-model/test";
import { createModelClient, defineAgent, Session, Workspace, type Extension } from "@course/runtime";
import { openSession, temporaryFolder } from "@course/runtime/testing";
import { permissions } from "@course/s07-permissions";
import { beforeEach, expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";
import { environment } from "../src/environment.ts";
import { projectInstructions } from "../src/project-instructions.ts";
import { repository } from "./told-instructions.ts";

beforeEach(() => void (process.env["HOME"] = temporaryFolder()));

const FILES = { "src/CLAUDE.md": "Of the folder.", "src/a.ts": "a" };
const file_path = "src/a.ts";

test.each<[string, boolean, Turn]>([
  ["read_file", true, call("read_file", { file_path })],
  ["edit_file", true, call("edit_file", { file_path, old_string: "a", new_string: "b" })],
  ["write_file", true, call("write_file", { file_path: "src/new.ts", content: "b" })],
  ["a read that fails", false, call("read_file", { file_path: "src/none.ts" })],
  ["a read without a path", false, call("read_file", {})],
  ["bash", false, call("bash", { command: "cat src/a.ts" })],
])("a folder's instructions join with %s of a file in it: %j", async (_, isTold, turn) => {
  const model = script(turn, say("done"));
  const open = await openSession(createAgent, model, repository(FILES));
  await open.run("go");
  await open.close();
  const [before, after] = model.requests.map(({ messages }) => JSON.stringify(messages));
  expect(before).not.toContain("Of the folder.");
  expect(after?.includes("Of the folder.")).toBe(isTold);
});

test.each([
  ["CLAUDE.md of a folder counts, though the root has none", { "src/CLAUDE.md": "Of the folder." }, true],
  ["AGENTS.md of a folder counts where there is no CLAUDE.md", { "src/AGENTS.md": "Of the folder." }, true],
  [
    "AGENTS.md of a folder does not count where the root has a CLAUDE.md",
    { "CLAUDE.md": "Top.", "src/AGENTS.md": "Of the folder." },
    false,
  ],
])("%s", async (_, files, isTold) => {
  const model = script(call("read_file", { file_path }), say("done"));
  const open = await openSession(createAgent, model, repository({ ...files, "src/a.ts": "a" }));
  await open.run("go");
  await open.close();
  expect(JSON.stringify(model.requests[1]?.messages).includes("Of the folder.")).toBe(isTold);
});

test("a run that a wake began is told as one with a prompt, and one without news is not", async () => {
  const extension = projectInstructions(new Workspace(repository({ "CLAUDE.md": "Top." })));
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "k" } }));
  await extension.beforeModel?.(session);
  expect(session.messages).toEqual([]);
  session.inject("<task-ended>x</task-ended>");
  await extension.beforeModel?.(session);
  expect(JSON.stringify(session.messages)).toContain("Top.");
});

test("files from outside are named line by line, and the first request waits for the answer", async () => {
  const outside = temporaryFolder();
  for (const name of ["one.md", "two.md"]) writeFileSync(join(outside, name), `Text of ${name}`);
  const imports = ["one.md", "two.md"].map((name) => join(outside, name));
  const root = repository({ "CLAUDE.md": imports.map((path) => `@${path}`).join("\n\n") });
  const model = script(say("done"));
  const open = await openSession(createAgent, model, root);
  const questions: string[] = [];
  open.session.human = async ({ text, choices }) => {
    questions.push(text);
    await delay(50);
    return { choice: choices[0] ?? "" };
  };
  await open.run("go");
  await open.close();
  expect(questions).toHaveLength(1);
  for (const path of imports) expect(questions[0]?.split("\n")).toContain(`CLAUDE.md imports ${path}`);
  expect(JSON.stringify(model.requests[0]?.messages)).toMatch(/Text of one\.md.*Text of two\.md/);
});

test("two conversations at once are each told what is new, in runs that overlap", async () => {
  let day = new Date(2026, 10, 25);
  const open = await openSession(
    (workspace) =>
      defineAgent({
        name: "two",
        instructions: "",
        tools: [],
        extensions: [environment(workspace, () => day)],
      }),
    script(),
  );
  const [{ beforePrompt, beforeModel } = {}] = open.agent.extensions;
  const other = open.session.fork("ada");
  for (const session of [open.session, other]) await beforePrompt?.("go", session);
  other.emit({ type: "run_ended", stopReason: "completed", answer: "" });
  day = new Date(2026, 10, 26);
  // A wake began this run of the other, while the first one's still goes on.
  for (const session of [open.session, other]) await beforeModel?.(session);
  await open.close();
  const told = [open.session, other].map((session) =>
    JSON.stringify(session.messages).includes("2026-11-26"),
  );
  expect(told).toEqual([false, true]);
});

test("an edit that leaves the first note where it is tells nothing twice", async () => {
  const model = script(say("1"), say("2"), say("3"));
  const open = await openSession(createAgent, model, repository({ "CLAUDE.md": "Top." }));
  for (const prompt of ["one", "two"]) await open.run(prompt);
  open.session.edit(open.session.messages.slice(0, -2));
  await open.run("three");
  await open.close();
  const sent = JSON.stringify(model.requests[2]?.messages);
  for (const part of [/folder: /g, /<project-instructions>/g]) expect(sent.match(part)).toHaveLength(1);
});

test("a conversation that holds the instructions already, as one that is taken up, is told them once", async () => {
  const root = repository({ "CLAUDE.md": "Top.", "src/CLAUDE.md": "Of the folder.", "src/a.ts": "a" });
  const read = () => script(call("read_file", { file_path }), say("done"));
  const first = await openSession(createAgent, read(), root);
  await first.run("go");
  const model = read();
  const second = await openSession(createAgent, model, root);
  second.session.edit(first.session.messages);
  await second.run("go on");
  for (const open of [first, second]) await open.close();
  const sent = JSON.stringify(model.requests.at(-1)?.messages);
  for (const part of [/Top\./g, /Of the folder\./g]) expect(sent.match(part)).toHaveLength(1);
});

test("who said no to files from outside is not asked again in the next conversation", async () => {
  const outside = join(temporaryFolder(), "one.md");
  writeFileSync(outside, "Outside.");
  const model = script(say("1"), say("2"));
  let asked = 0;
  const open = await openSession(createAgent, model, repository({ "CLAUDE.md": `@${outside}` }), () => {
    asked += 1;
    return { choice: "No, leave them out" };
  });
  await open.run("one");
  open.session.clear();
  await open.run("two");
  await open.close();
  expect(asked).toBe(1);
  expect(JSON.stringify(model.requests)).not.toContain("Outside.");
});

test("the mode of permissions is one of the facts, where there are permissions", async () => {
  const told = async (more: (workspace: Workspace) => Extension[]) => {
    const model = script(say("done"));
    const open = await openSession(
      (workspace) =>
        defineAgent({
          name: "facts",
          instructions: "",
          tools: [],
          extensions: [environment(workspace), ...more(workspace)],
        }),
      model,
    );
    await open.run("go");
    await open.close();
    return JSON.stringify(model.requests[0]?.messages).includes("permission mode: plan");
  };
  expect(await told((workspace) => [permissions(workspace, { "permission-mode": "plan" })])).toBe(true);
  expect(await told(() => [])).toBe(false);
});
