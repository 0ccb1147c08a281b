import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { call, say, script, type MessageRequest } from "@course/offline-model/test";
import { blocksOf, toolsOf, Workspace } from "@course/runtime";
import { openSession, temporaryFolder } from "@course/runtime/testing";
import { parseFrontmatter, SkillLibrary } from "@course/s05-skills";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";

function newLibrary(files: Record<string, string | Buffer> = {}) {
  const root = temporaryFolder();
  const write = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  for (const [path, content] of Object.entries(files)) write(path, content);
  return { root, write, library: new SkillLibrary(new Workspace(root)) };
}

const skill = (name: string, description = "Does it.", body = "Do it.") =>
  `---\nname: ${name}\ndescription: ${description}\n---\n${body}\n`;
const at = (folder: string) => `.claude/skills/${folder}/SKILL.md`;
const systemOf = (request: MessageRequest | undefined) => JSON.stringify(request?.system);

test("offers the base tools and load_skill, also without any skill", async () => {
  const model = script(call("load_skill", { name: "x" }), say("done"));
  const open = await openSession(createAgent, model);
  expect(toolsOf(open.agent).map((tool) => tool.name)).toEqual([
    "bash",
    "read_file",
    "write_file",
    "edit_file",
    "load_skill",
  ]);
  await open.run("go");
  expect(systemOf(model.requests[0])).not.toContain("Skills");
  expect(open.results()).toEqual(['There is no skill "x". There are: none.']);
  await open.close();
});

test("names and descriptions are in the system prompt; the body arrives through the tool, with folder and files", async () => {
  const { root } = newLibrary({
    [at("deploy")]: skill("deploy", "Ships it.", "SECRET STEPS"),
    ".claude/skills/deploy/scripts/run.sh": "true",
    ".claude/skills/deploy/notes.md": "n",
  });
  const model = script(call("load_skill", { name: "deploy" }), say("done"));
  const open = await openSession(createAgent, model, root);
  await open.run("go");
  expect(systemOf(model.requests[0])).toContain("- deploy: Ships it.");
  expect(systemOf(model.requests[0])).not.toContain("SECRET");
  expect(open.results()).toEqual([
    '<skill name="deploy" folder=".claude/skills/deploy">\nSECRET STEPS\n</skill>\nFiles in .claude/skills/deploy, to read when needed: notes.md, scripts/run.sh',
  ]);
  await open.close();
});

test.each([
  ["CRLF", skill("crlf").replaceAll("\n", "\r\n"), "Does it."],
  ["a byte order mark", `\uFEFF${skill("bom")}`, "Does it."],
  ["a folded description", "---\nname: a\ndescription: >\n  One\n  two.\n---\nDo it.\n", "One two."],
  ["a literal description", "---\nname: a\ndescription: |\n  One\n  two.\n---\nDo it.\n", "One two."],
  ["a quoted description", skill("a", '"Use: when \\"asked\\""'), 'Use: when "asked"'],
  ["a colon without a space", skill("a", "See http://localhost"), "See http://localhost"],
])("%s is read", (_, content, description) => {
  const { library } = newLibrary({ [at("x")]: content });
  const [found] = library.list();
  expect(found).toMatchObject({ description });
  expect(found?.problem).toBeUndefined();
  expect(library.load(found?.name ?? "").body).toBe("Do it.");
});

test.each([
  ["no frontmatter", "# Just text\n", /line 1: the first line is not "---"/],
  ["an empty file", "", /line 1: the file is empty/],
  ["a file of blanks", " \n\t\n", /line 1: the file is empty/],
  ["no end", "---\nname: a\n", /line 3: no second line "---"/],
  ["a bare colon in a value", skill("a", "Use: when asked"), /line 3: Nested mappings.*in quotes/],
  ["broken YAML", "---\nname: a\ndescription: [1\n---\n", /line [34]: /],
  ["a list", "---\n- a\n---\n", /expected fields/],
  ["no description", "---\nname: a\n---\nx\n", /has no description/],
  ["nothing but a comment between the lines", "---\n# name: a\n---\nx\n", /has no description/],
  ["a name with spaces", skill("My Skill"), /name is "My Skill"; expected lower-case words/],
  ["a name that is a number", skill("1.5"), /name is 1.5/],
  ["a long description", skill("a", "x".repeat(1025)), /1025 characters; at most 1024/],
  ["a file that is not text", Buffer.from([0xff, 0xfe, 0x00]), /not UTF-8/],
])("%s is listed as broken with the reason, and harms no other", (_, content, problem) => {
  const { library } = newLibrary({ [at("bad")]: content, [at("good")]: skill("good") });
  const [bad, good] = library.list();
  expect(bad?.problem).toMatch(problem);
  expect(good?.problem).toBeUndefined();
  expect(() => library.load("bad")).toThrow(at("bad"));
  expect(library.load("good").body).toBe("Do it.");
});

test('a body may hold lines of "---"', () => {
  const { library } = newLibrary({ [at("a")]: skill("a", "Does it.", "one\n---\ntwo: [\n---\nthree") });
  expect(library.load("a").body).toBe("one\n---\ntwo: [\n---\nthree");
});

test("YAML cannot run code or grow without bound", () => {
  expect(parseFrontmatter("---\nname: !!js/function 'function(){}'\n---\n").fields["name"]).toBe(
    "function(){}",
  );
  const bomb = Array.from(
    { length: 20 },
    (_, i) => `a${i}: &a${i} [${i ? `*a${i - 1}, *a${i - 1}, *a${i - 1}` : "1"}]`,
  );
  const { library } = newLibrary({ [at("bomb")]: `---\n${bomb.join("\n")}\n---\n` });
  expect(library.list()[0]?.problem).toMatch(/alias/i);
});

test("of two skills of one name .claude/skills wins, and the other is said to be hidden", () => {
  const { library } = newLibrary({
    "skills/deploy/SKILL.md": skill("deploy", "Theirs."),
    [at("deploy")]: skill("deploy", "Ours."),
  });
  expect(library.list()).toMatchObject([
    { description: "Ours." },
    { description: "Theirs.", problem: expect.stringContaining(`hidden by ${at("deploy")}`) },
  ]);
  expect(library.load("deploy").description).toBe("Ours.");
});

test("a skills folder that leads out of the workspace is one broken entry", () => {
  const { root, library } = newLibrary();
  symlinkSync("/etc", join(root, "skills"));
  expect(library.list()).toMatchObject([{ file: "skills", problem: expect.stringContaining("skills") }]);
});

test("folders without a SKILL.md, and loose files, are no skills", () => {
  const { library } = newLibrary({ ".claude/skills/README.md": "x", ".claude/skills/notes/a.md": "x" });
  expect(library.list()).toEqual([]);
});

test("two hundred skills keep their names in the prompt, and the list stays short", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 200 }, (_, i) => [
      at(`skill-${i}`),
      skill(`skill-${i}`, "long ".repeat(200).trim()),
    ]),
  );
  const { root } = newLibrary(files);
  const model = script(say("done"));
  const open = await openSession(createAgent, model, root);
  await open.run("go");
  const system = systemOf(model.requests[0]);
  for (let i = 0; i < 200; i++) expect(system).toContain(`- skill-${i}: long`);
  expect(system.length).toBeLessThan(9_000);
  await open.close();
});

test("a name that is longer than its share of the list is kept whole", async () => {
  const names = Array.from(
    { length: 200 },
    (_, i) => `a-name-that-is-longer-than-its-share-of-the-list-${i}`,
  );
  const { root } = newLibrary(Object.fromEntries(names.map((name) => [at(name), skill(name, "long")])));
  const model = script(say("done"));
  const open = await openSession(createAgent, model, root);
  await open.run("go");
  const system = systemOf(model.requests[0]);
  expect(names.filter((name) => !system.includes(`- ${name}`))).toEqual([]);
  await open.close();
});

test("fifty skills of a page each add under 2,000 tokens to each request, and a body comes when it is loaded", async () => {
  const page = "A line of instructions, about as long as this one is.\n".repeat(60);
  const names = Array.from({ length: 50 }, (_, i) => `skill-${i}`);
  const { root } = newLibrary(
    Object.fromEntries(
      names.map((name) => [at(name), skill(name, `Use it when ${name} is asked for.`, page)]),
    ),
  );
  const model = script(call("load_skill", { name: "skill-7" }), say("done"));
  const open = await openSession(createAgent, model, root);
  await open.run("go");
  const tokens = Math.round(systemOf(model.requests[0]).length / 4);
  expect(tokens, "tokens of the system prompt, in each request").toBeLessThan(2_000);
  expect(open.results()[0]).toContain(page.trim());
  await open.close();
});

test("an edit is told at the end, and the prompt stays the same", async () => {
  const { root, write } = newLibrary({ [at("a")]: skill("a", "Old.") });
  const model = script(say("1"), say("2"), say("3"));
  const open = await openSession(createAgent, model, root);
  await open.run("one");
  await open.run("two");
  write(at("a"), skill("a", "New words."));
  write(at("b"), skill("b"));
  await open.run("three");
  const [first, second, third] = model.requests.map(systemOf);
  expect(second).toBe(first);
  expect(third).toBe(first);
  const isTold = model.requests.map(({ messages }) =>
    JSON.stringify(messages.at(-1)).includes("<skills-changed>"),
  );
  expect(isTold, "which of three requests tells of the edit that was made before the third").toEqual([
    false,
    false,
    true,
  ]);
  const told = blocksOf(model.requests[2]?.messages.at(-1) ?? { role: "user", content: [] });
  const texts = told.map((block) => ("text" in block ? block.text : ""));
  expect(texts, "the note in the third request").toContain(
    "<skills-changed>\n- a (edited, load it again): New words.\n- b (new): Does it.\n</skills-changed>",
  );
  await open.close();
});

test("broken skills are named at the start and by /skills", async () => {
  const { root } = newLibrary({ [at("bad")]: "", [at("good")]: skill("good") });
  const open = await openSession(createAgent, script(), root);
  expect(open.events).toMatchObject([
    { type: "notice", message: expect.stringContaining("the file is empty") },
  ]);
  const listed = await open.agent.extensions[0]?.commands?.["skills"]?.run("", open.session);
  expect(listed).toBe(`  good  (${at("good")})\n    Does it.\n  ✗ ${at("bad")}: line 1: the file is empty`);
  await open.close();
});

test("the playground's skills are whole", () => {
  const library = new SkillLibrary(
    new Workspace(join(import.meta.dirname, "../../../packages/playground/template")),
  );
  expect(library.list().map(({ name, problem }) => [name, problem])).toEqual([
    ["code-review", undefined],
    ["commit-message", undefined],
    ["test-plan", undefined],
  ]);
});

test("descriptions that are cut in half of a character, or written so, stay valid JSON", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [
      at(`s${i}`),
      skill(`s${i}`, `${"x".repeat(i)}${"\u{1F600}".repeat(400)}`),
    ]),
  );
  const { root } = newLibrary({ ...files, [at("half")]: skill("half", '"a \\uD83D b"') });
  const open = await openSession(createAgent, script(say("fine")), root);
  expect(await open.run("go")).toMatchObject({ answer: "fine" });
  await open.close();
});
