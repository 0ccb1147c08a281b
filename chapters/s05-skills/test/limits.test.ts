// How long what belongs to a skill may be, and what becomes of what is longer.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { call, say, script } from "@course/offline-model/test";
import { createModelClient, Session, Workspace } from "@course/runtime";
import { openSession, temporaryFolder } from "@course/runtime/testing";
import { parseFrontmatter, SkillLibrary } from "@course/s05-skills";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";
import { skills } from "../src/skills.ts";

const skill = (name: string, description: string, body = "Do it.") =>
  `---\nname: ${name}\ndescription: ${description}\n---\n${body}\n`;
const at = (folder: string) => `.claude/skills/${folder}/SKILL.md`;

function folderWith(files: Record<string, string>): string {
  const root = temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** The list as it stands in the system prompt, without its first line. */
async function listed(descriptions: Record<string, string>): Promise<string[]> {
  const files = Object.entries(descriptions).map(([name, text]) => [at(name), skill(name, text)] as const);
  const extension = skills(new Workspace(folderWith(Object.fromEntries(files))));
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "k" } }));
  const [head, ...lines] = ((await extension.systemPrompt?.(session)) ?? "").split("\n");
  expect(head).toBe("Skills, to be loaded with load_skill:");
  return lines;
}

test.each([
  ["a name of 64 characters", true, skill("n".repeat(64), "Does it.")],
  ["a name of 65 characters", false, skill("n".repeat(65), "Does it.")],
  ["a description of 1,024 characters", true, skill("a", "d".repeat(1_024))],
  ["a description of 1,025 characters", false, skill("a", "d".repeat(1_025))],
  ["a description of blanks", false, skill("a", '"  "')],
  ["no name, but that of its folder", true, "---\ndescription: Does it.\n---\nDo it.\n"],
])("a skill with %s can be loaded: %j", (_, isReady, content) => {
  const library = new SkillLibrary(new Workspace(folderWith({ [at("a")]: content })));
  const [found] = library.list();
  expect(found?.problem === undefined, found?.problem).toBe(isReady);
  if (isReady) expect(library.load(found?.name ?? "").body).toBe("Do it.");
  else expect(() => library.load("a")).toThrow(`The skill a cannot be loaded: ${at("a")}: `);
});

test("a frontmatter of 20,000 characters is read, one more is not", () => {
  const fields = (length: number) => `---\nname: ${"x".repeat(length - "name: ".length)}\n---\n`;
  expect(parseFrontmatter(fields(20_000)).fields["name"]).toHaveLength(19_994);
  expect(() => parseFrontmatter(fields(20_001))).toThrow("20001 characters; at most 20000");
});

test("a name that there is not is answered with those that can be loaded", () => {
  const root = folderWith({ [at("a")]: skill("a", "x"), [at("b")]: skill("b", "x"), [at("bad")]: "" });
  expect(() => new SkillLibrary(new Workspace(root)).load("c")).toThrow(
    'There is no skill "c". There are: a, b.',
  );
});

test("skills of a folder elsewhere have its prefix, and what they name is filled in by whoever brings them", () => {
  const [folder, root] = [
    folderWith({ "notes/SKILL.md": skill("notes", "x", "Read ROOT.") }),
    temporaryFolder(),
  ];
  const plain = { prefix: "plain", folder };
  const filled = { prefix: "filled", folder, expand: (body: string) => body.replace("ROOT", "it all") };
  const bodyOf = (source: typeof plain) =>
    new SkillLibrary(new Workspace(root), () => [source]).load(`${source.prefix}:notes`).body;
  expect([plain, filled].map(bodyOf)).toEqual(["Read ROOT.", "Read it all."]);
});

test("of more than 50 files of a skill, those nearest to its SKILL.md are listed", () => {
  const path = (name: string) => `.claude/skills/a/${name}`;
  const near = Array.from({ length: 51 }, (_, index) => `z${String(index).padStart(2, "0")}.md`);
  const files = Object.fromEntries([...near, "deep/1.md", "deep/2.md"].map((name) => [path(name), "x"]));
  const root = folderWith({ [at("a")]: skill("a", "x"), ...files });
  expect(new SkillLibrary(new Workspace(root)).load("a").files).toEqual(near.slice(0, 50));
});

test("a list of up to 8,000 characters is whole; in a longer one every line has the same share", async () => {
  const [long, other] = ["x".repeat(1_000), "y".repeat(1_000)];
  const names = ["a", "b", "c", "d", "e", "f", "g"];
  const seven = Object.fromEntries(names.map((name) => [name, long]));
  const rest = 8_000 - 7 * ("- a: \n".length + 1_000) - "- h: ".length;
  const whole = await listed({ ...seven, h: other.slice(0, rest) });
  expect(whole.join("\n")).toHaveLength(8_000);
  expect(whole.at(-1)).toBe(`- h: ${other.slice(0, rest)}`);
  const cut = await listed({ ...seven, h: other.slice(0, rest + 1) });
  // An eighth of 8,000 characters, without the mark of the cut and the end of the line.
  const room = 1_000 - 2 - "- a: ".length;
  const rows = names.map((name) => `- ${name}: ${long.slice(0, room)}…`);
  expect(cut).toEqual([
    ...rows,
    `- h: ${other.slice(0, rest + 1).slice(0, room)}${rest + 1 > room ? "…" : ""}`,
  ]);
});

test("in a list that is too long, a description that just fits its line is whole", async () => {
  const long = Object.fromEntries(
    ["a", "b", "c", "d", "e", "f", "g"].map((name) => [name, "x".repeat(1_024)]),
  );
  const fits = "y".repeat(1_000 - 2 - "- h: ".length);
  expect((await listed({ ...long, h: fits })).at(-1)).toBe(`- h: ${fits}`);
});

test("where no name leaves room, the lines hold the names alone", async () => {
  const names = Array.from({ length: 200 }, (_, index) => `${"n".repeat(40)}-${index}`);
  expect((await listed(Object.fromEntries(names.map((name) => [name, "long"])))).toSorted()).toEqual(
    names.map((name) => `- ${name}: …`).toSorted(),
  );
});

test.each([
  [50_000, ""],
  [50_001, `\n[cut at 50000 of 50001 characters; read the rest from ${at("a")}]`],
])("of instructions of %d characters 50,000 arrive, and what is cut is told", async (length, note) => {
  const root = folderWith({ [at("a")]: skill("a", "x", "i".repeat(length)) });
  const open = await openSession(createAgent, script(call("load_skill", { name: "a" }), say("done")), root);
  await open.run("go");
  await open.close();
  expect(open.results()).toEqual([
    `<skill name="a" folder=".claude/skills/a">\n${"i".repeat(50_000)}${note}\n</skill>`,
  ]);
});

test("a conversation that begins anew has the new list, and no note of what changed before it", async () => {
  const root = folderWith({ [at("a")]: skill("a", "Old words."), [at("b")]: skill("b", "x") });
  const model = script(say("1"), say("2"), say("3"));
  const open = await openSession(createAgent, model, root);
  await open.run("one");
  writeFileSync(join(root, at("a")), skill("a", "New words, of another length."));
  open.session.clear();
  await open.run("two");
  writeFileSync(join(root, at("b")), "no skill any more");
  await open.run("three");
  await open.close();
  const [, fresh, later] = model.requests.map((request) => JSON.stringify(request));
  expect(fresh).toContain("New words");
  expect(fresh).not.toContain("<skills-changed>");
  expect(later).toContain("<skills-changed>\\n- b (gone)\\n</skills-changed>");
});

test("without skills nothing is noticed, and /skills says where they live", async () => {
  const open = await openSession(createAgent, script());
  expect(open.events.filter(({ type }) => type === "notice")).toEqual([]);
  const skills = open.agent.extensions.flatMap(({ commands }) => commands?.["skills"] ?? [])[0];
  expect(await skills?.run("", open.session)).toMatch(
    /^No skills\. They live in \.claude\/skills\/NAME\/SKILL\.md/,
  );
  await open.close();
});
