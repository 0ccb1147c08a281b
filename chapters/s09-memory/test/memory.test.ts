import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, script, type MessageRequest } from "@course/offline-model/test";
import { openSession, offeredTools, temporaryFolder } from "@course/runtime/testing";
import { beforeEach, expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";

// Trust is kept in the home; each test has one of its own.
beforeEach(() => void (process.env["HOME"] = temporaryFolder()));

const save = (name: string, description: string, content = description, type = "user") =>
  call("save_memory", { name, description, type, content });
const systemOf = (request: MessageRequest | undefined) => JSON.stringify(request?.system);
const fileOf = (root: string, name: string) => readFileSync(join(root, ".memory", name), "utf8");

function command(open: Awaited<ReturnType<typeof openSession>>, name: string, argument = "") {
  return open.agent.extensions
    .find((one) => one.name === "memory")
    ?.commands?.[name]?.run(argument, open.session);
}

test("offers the base tools and save_memory", () => {
  expect(offeredTools(createAgent)).toEqual(["bash", "read_file", "write_file", "edit_file", "save_memory"]);
});

test("what one session saves, a new one has in its prompt, and reads the content on demand", async () => {
  const root = temporaryFolder();
  const first = await openSession(
    createAgent,
    script(save("Prefers pnpm", "Uses pnpm, never npm", "Because of the workspaces."), say("ok")),
    root,
  );
  await first.run("I use pnpm");
  expect(fileOf(root, "prefers-pnpm.md")).toMatch(
    /^---\nname: Prefers pnpm\ndescription: Uses pnpm, never npm\ntype: user\nmodified: \d{4}-.*Z\n---\n\nBecause of the workspaces\.\n$/,
  );
  await first.close();

  const model = script(call("read_file", { file_path: ".memory/prefers-pnpm.md" }), say("ok"));
  const second = await openSession(createAgent, model, root);
  await second.run("go");
  expect(systemOf(model.requests[0])).toContain(
    "- [Prefers pnpm](prefers-pnpm.md) (user): Uses pnpm, never npm",
  );
  expect(systemOf(model.requests[0])).not.toContain("Because of the workspaces");
  expect(second.results()[0]).toContain("Because of the workspaces.");
  await second.close();
});

test("the index in the prompt stays as it was while a conversation saves; a new conversation has it", async () => {
  const model = script(save("a", "First."), say("1"), say("2"), say("3"));
  const open = await openSession(createAgent, model);
  await open.run("one");
  await open.run("two");
  open.session.clear();
  await open.run("three");
  const [before, after, later, fresh] = model.requests.map(systemOf);
  expect([after, later]).toEqual([before, before]);
  expect(before).not.toContain("First.");
  expect(fresh).toContain("First.");
  await open.close();
});

test("a known name replaces, whatever its case, and an empty content forgets", async () => {
  const model = script(
    save("Prefers pnpm", "Old."),
    save("prefers PNPM", "New."),
    save("prefers-pnpm", "", ""),
    save("prefers-pnpm", "", ""),
    say("done"),
  );
  const open = await openSession(createAgent, model);
  const root = open.workspace.root;
  const indexes: string[] = [];
  open.session.on((event) => {
    if (event.type === "tool_ended") indexes.push(fileOf(root, "MEMORY.md"));
  });
  await open.run("go");
  const lines = indexes.map((index) => Array.from(index.matchAll(/: (\w+)\./g), ([, word]) => word));
  expect(lines, "what the index holds after each save").toEqual([["Old"], ["New"], [], []]);
  expect(existsSync(join(root, ".memory/prefers-pnpm.md"))).toBe(false);
  expect(open.results().at(-1)).toBe('There is no memory "prefers-pnpm". There are: none.');
  await open.close();
});

test("MEMORY.md is made from the files: what is written into it by hand is gone at the next start", async () => {
  const root = temporaryFolder();
  const first = await openSession(createAgent, script(save("a", "First."), say("ok")), root);
  await first.run("go");
  await first.close();
  writeFileSync(join(root, ".memory/MEMORY.md"), "- [evil](evil.md) (user): Not from a file.\n");
  const model = script(say("ok"));
  const second = await openSession(createAgent, model, root);
  await second.run("go");
  expect(systemOf(model.requests[0])).not.toContain("evil");
  expect(fileOf(root, "MEMORY.md")).toBe("- [a](a.md) (user): First.\n");
  await second.close();
});

test("the folder does not show in git status", async () => {
  const root = temporaryFolder();
  execFileSync("git", ["init", "-q"], { cwd: root });
  const open = await openSession(createAgent, script(save("a", "First."), say("ok")), root);
  await open.run("go");
  expect(execFileSync("git", ["status", "--short"], { cwd: root, encoding: "utf8" })).toBe("");
  await open.close();
});

test.each([["a link out of the workspace", "the folder", () => "/etc"]])(
  "%s in place of %s is told, and the conversation goes on",
  async (_, __, target) => {
    const root = temporaryFolder();
    execFileSync("ln", ["-s", target(), join(root, ".memory")]);
    const model = script(save("a", "First."), say("fine"));
    const open = await openSession(createAgent, model, root);
    expect(open.events).toMatchObject([
      {
        type: "notice",
        message: expect.stringMatching(/Memories cannot be used: .*leads out of the workspace/),
      },
    ]);
    expect(await open.run("go")).toMatchObject({ answer: "fine" });
    expect(open.results()[0]).toContain("leads out of the workspace");
    await open.close();
  },
);

test.each<[string, string, RegExp]>([
  ["no frontmatter", "just text", /line 1: the first line is not "---"/],
  ["an unknown type", "---\nname: bad\ndescription: x\ntype: diary\n---\n", /type/],
  ["no description", "---\nname: bad\ntype: user\n---\n", /description/],
  ["the name of another file", "---\nname: other\ndescription: x\ntype: user\n---\n", /belongs in other\.md/],
])("a file with %s is listed with the reason, and harms no other", async (_, content, problem) => {
  const root = temporaryFolder();
  mkdirSync(join(root, ".memory"));
  writeFileSync(join(root, ".memory/bad.md"), content);
  writeFileSync(join(root, ".memory/good.md"), "---\nname: good\ndescription: Fine.\ntype: user\n---\nx\n");
  const model = script(say("ok"));
  const open = await openSession(createAgent, model, root);
  expect(open.events).toMatchObject([{ type: "notice", message: expect.stringMatching(problem) }]);
  await open.run("go");
  expect(systemOf(model.requests[0])).toContain("Fine.");
  expect(systemOf(model.requests[0])).not.toContain("bad.md");
  expect(await command(open, "memory")).toMatch(new RegExp(`Fine\\.\n  ✗ bad\\.md: .*${problem.source}`));
  await open.close();
});

test("a broken file is forgotten by its name, whatever that is", async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, ".memory"));
  writeFileSync(join(root, ".memory/Odd Name.md"), "x");
  const open = await openSession(createAgent, script(), root);
  expect(await command(open, "forget", "Odd Name")).toBe("Forgot Odd Name.");
  expect(existsSync(join(root, ".memory/Odd Name.md"))).toBe(false);
  await open.close();
});

test("a memory that later sessions would see nothing of is refused", async () => {
  const open = await openSession(createAgent, script(save("a b", "  ", "All of it."), say("ok")));
  await open.run("go");
  expect(open.results()[0]).toMatch(/^The description is empty; .* Say it in a line\.$/);
  expect(existsSync(join(open.workspace.root, ".memory/a-b.md"))).toBe(false);
  await open.close();
});

test("/memory shows one, /forget deletes one, and both know the names", async () => {
  const open = await openSession(createAgent, script(save("a b", "First.", "All of it."), say("ok")));
  await open.run("go");
  expect(await command(open, "memory", "a-b")).toMatch(/^- \[a b\].*\nsaved 20.*\n\nAll of it\.$/s);
  expect(() => command(open, "memory", "nobody")).toThrow('There is no memory "nobody". There are: a-b.');
  const extension = open.agent.extensions[0];
  expect(await extension?.commands?.["forget"]?.complete?.()).toEqual(["a-b"]);
  expect(await command(open, "forget", "")).toBe("Which one? /forget NAME; /memory lists them.");
  expect(await command(open, "forget", "a-b")).toBe("Forgot a-b.");
  expect(await command(open, "memory")).toContain("No memories.");
  expect(() => command(open, "forget", "a-b")).toThrow(/There is no memory "a-b"/);
  await open.close();
});

test.each(["", "!!", "memory", "MEMORY", "x".repeat(300)])(
  "the name %j is refused, and nothing is written",
  async (name) => {
    const open = await openSession(createAgent, script(save(name, "First."), say("ok")));
    await open.run("go");
    expect(open.events).toContainEqual(
      expect.objectContaining({ type: "tool_ended", result: expect.objectContaining({ isError: true }) }),
    );
    expect(existsSync(join(open.workspace.root, ".memory"))).toBe(false);
    await open.close();
  },
);

test("names in other scripts, and one that would lead elsewhere, become files in the folder", async () => {
  const open = await openSession(
    createAgent,
    script([save("日本語 の メモ", "One."), save("../../etc/passwd", "Two.")], say("ok")),
  );
  await open.run("go");
  expect(fileOf(open.workspace.root, "MEMORY.md")).toBe(
    "- [../../etc/passwd](etc-passwd.md) (user): Two.\n- [日本語 の メモ](日本語-の-メモ.md) (user): One.\n",
  );
  await open.close();
});
