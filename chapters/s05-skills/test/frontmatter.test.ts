import { expect, test } from "vitest";
import { SkillLibrary } from "../src/skill-library.ts";
import { FrontmatterError, parseFrontmatter } from "../src/frontmatter.ts";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";

test("fields and body are read, whatever ends the lines, and the body may hold lines of ---", () => {
  const text = "---\nname: a\ndescription: Does it.\n---\n\none\n---\ntwo\n";
  const read = { fields: { name: "a", description: "Does it." }, body: "one\n---\ntwo" };
  for (const source of [text, `\uFEFF${text}`, text.replaceAll("\n", "\r\n")])
    expect(parseFrontmatter(source), "what was read").toEqual(read);
});

test("where nothing stands between the lines, or a comment alone, there are no fields", () => {
  for (const source of ["---\n---\nx", "---\n# name: a\n---\nx"])
    expect(parseFrontmatter(source)).toEqual({ fields: {}, body: "x" });
});

test.each([
  ["an empty file", " \n", 1],
  ["no first ---", "name: a\n---\n", 1],
  ["no second ---", "---\nname: a\n", 3],
  ["YAML that is none", "---\nname: a\ndescription: a: b\n---\n", 3],
  ["no fields", "---\njust words\n---\n", 2],
  ["a list in the place of fields", "---\n- name\n---\n", 2],
])("each fault in the frontmatter is told with its line: %s", (_, source, line) => {
  let thrown: unknown;
  try {
    parseFrontmatter(source);
  } catch (error) {
    thrown = error;
  }
  expect(thrown, "what is thrown").toBeInstanceOf(FrontmatterError);
  expect(thrown instanceof FrontmatterError && thrown.line, "the line that is named").toBe(line);
});

test("of two skills of one name the list has the first as it is, and the second as hidden", () => {
  const root = temporaryFolder();
  for (const folder of [".claude/skills/a", "skills/a"]) {
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, folder, "SKILL.md"), "---\nname: a\ndescription: Does it.\n---\n");
  }
  const problems = new SkillLibrary(new Workspace(root)).list().map(({ file, problem }) => [file, problem]);
  expect(problems, "each skill and why it cannot be loaded").toEqual([
    [".claude/skills/a/SKILL.md", undefined],
    ["skills/a/SKILL.md", "hidden by .claude/skills/a/SKILL.md, which has the same name"],
  ]);
});
