import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Workspace } from "@course/runtime";
import { SkillLibrary } from "@course/s05-skills";
import { expect, test } from "vitest";
import { ROOT } from "../lib/chapters.ts";

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const scripts = Object.keys((JSON.parse(read("package.json")) as { scripts: object }).scripts);

test("s05 loads the tutor from the repository's root", () => {
  const library = new SkillLibrary(new Workspace(ROOT));
  const tutor = library.list().find(({ name }) => name === "tutor");
  expect(tutor?.file).toBe(".claude/skills/tutor/SKILL.md");
  expect(tutor?.problem).toBeUndefined();
  const { body } = library.load("tutor");
  expect(body).toContain("Never write, complete or correct the code of the exercise");
  expect(body.split("\n").length).toBeLessThan(80);
});

test("the commands and files that the tutor names exist", () => {
  const text = read(".claude/skills/tutor/SKILL.md");
  const named = [...text.matchAll(/npm run (\w+)/g)].map(([, name]) => name);
  expect(named).toContain("grade");
  // It comes with the exercises.
  const known = [...scripts, ...(existsSync(join(ROOT, "scripts/practice.ts")) ? [] : ["practice"])];
  for (const name of named) expect(known).toContain(name);
});

test("each endpoint of the page has an address or none, a model and a source, and .env.example follows it", () => {
  const page = read("docs/real-models.md");
  const rows = page.split("\n").filter((line) => /^\| (?!Endpoint|---)/.test(line));
  expect(rows.length).toBeGreaterThan(5);
  for (const row of rows)
    expect(row).toMatch(
      /^\| [^|]+ \| (`https?:\/\/[^`]+[^/1]`|`http:\/\/localhost:\d+`|leave it out) \|.*\]\(https:\/\/[^)]+\) \|$/,
    );
  const addresses = [...read(".env.example").matchAll(/^# ANTHROPIC_BASE_URL=(.*)$/gm)].map(([, url]) => url);
  expect(addresses).toHaveLength(1);
  for (const address of addresses) expect(page).toContain(`\`${address}\``);
});
