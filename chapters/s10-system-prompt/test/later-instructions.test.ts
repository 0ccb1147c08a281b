// Instructions that join a conversation after its start, or are told again.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { say, script } from "@course/offline-model/test";
import { openSession, temporaryFolder } from "@course/runtime/testing";
import { beforeEach, expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";
import { paths, repository, start, write } from "./told-instructions.ts";

beforeEach(() => {
  process.env["HOME"] = temporaryFolder();
});

test("a subfolder's instructions and matching rules join when a file of theirs is first read, once", async () => {
  const root = repository({
    "CLAUDE.md": "Top.",
    "src/CLAUDE.md": "Src. @style.md",
    "src/style.md": "Style.",
    "src/a.ts": "a",
    "src/deep/b.ts": "b",
    "other/c.txt": "c",
    ".claude/rules/ts.md": '---\npaths: "src/**/*.{ts,tsx}, lib/**"\n---\nTypes.',
    ".claude/rules/list.md": "---\npaths:\n  - other/*\n---\nOther.",
    ".claude/rules/broken.md": "---\npaths: [1\n---\nBroken.",
  });
  const { told, notices } = await start(root, {
    reads: ["src/a.ts", "src/deep/b.ts", "other/c.txt", "CLAUDE.md"],
  });
  expect(told.map(paths)).toEqual([
    ["CLAUDE.md"],
    ["src/CLAUDE.md", "src/style.md", ".claude/rules/ts.md"],
    [".claude/rules/list.md"],
  ]);
  expect(notices).toEqual([expect.stringMatching(/\.claude\/rules\/broken\.md /)]);
});

test("rules without paths in a subfolder count from the first file of it, and a broken one is told then", async () => {
  const { told, notices } = await start(
    repository({
      "src/a.ts": "a",
      "src/.claude/rules/all.md": "All.",
      "src/.claude/rules/broken.md": "---\npaths: [1\n---\nBroken.",
    }),
    { reads: ["src/a.ts"] },
  );
  expect(told.map(paths)).toEqual([["src/.claude/rules/all.md"]]);
  expect(notices).toEqual([expect.stringMatching(/src\/\.claude\/rules\/broken\.md /)]);
});

test("a file that could not be read brings no instructions", async () => {
  const root = repository({ "CLAUDE.md": "Top.", "src/CLAUDE.md": "Src." });
  const { told } = await start(root, { reads: ["src/gone.ts"] });
  expect(told.map(paths)).toEqual([["CLAUDE.md"]]);
});

test("after a summary has taken their place, the root ones are read anew", async () => {
  const root = repository({ "CLAUDE.md": "Old." });
  const model = script(say("1"), say("2"), say("3"), say("4"));
  const open = await openSession(createAgent, model, root);
  await open.run("one");
  writeFileSync(join(root, "CLAUDE.md"), "New.");
  // The prefix is made anew after a summary, and a new skill makes it another one.
  write(root, { ".claude/skills/ship/SKILL.md": "---\nname: ship\ndescription: Ships it.\n---\nx\n" });
  await open.run("two");
  expect(JSON.stringify(model.requests[1]?.messages)).not.toContain("New.");
  open.session.edit([{ role: "user", content: [{ type: "text", text: "<summary>\nx\n</summary>" }] }]);
  await open.run("three");
  const last = JSON.stringify(model.requests[2]?.messages);
  expect(last).toContain("New.");
  expect(last.match(/<project-instructions>/g)).toHaveLength(1);
  await open.run("four");
  const after = JSON.stringify(model.requests[3]?.messages);
  expect(after.match(/folder: /g), "the environment must be told again, and once").toHaveLength(1);
  expect(after.match(/<project-instructions>/g)).toHaveLength(1);
  await open.close();
});

test("a file of the root that is written later waits for the next conversation", async () => {
  const root = repository({ "CLAUDE.md": "Top." });
  const model = script(say("1"), say("2"), say("3"));
  const open = await openSession(createAgent, model, root);
  await open.run("one");
  write(root, { ".claude/CLAUDE.md": "Later." });
  await open.run("two");
  open.session.clear();
  await open.run("three");
  await open.close();
  const asked = model.requests.map(({ messages }) => JSON.stringify(messages));
  expect(asked.map((messages) => messages.includes("Later."))).toEqual([false, false, true]);
});

test("a new conversation is told again", async () => {
  const model = script(say("1"), say("2"));
  const open = await openSession(createAgent, model, repository({ "CLAUDE.md": "Top." }));
  await open.run("one");
  open.session.clear();
  await open.run("two");
  expect(JSON.stringify(model.requests[1]?.messages)).toContain("Top.");
  await open.close();
});
