import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Workspace } from "@course/runtime";
import { SkillLibrary } from "@course/s05-skills";
import { expect, onTestFinished, test } from "vitest";

function newLibrary(files: Record<string, string>) {
  const root = mkdtempSync(join(tmpdir(), "course-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return { root, library: new SkillLibrary(new Workspace(root)) };
}

const skill = (name: string) => `---\nname: ${name}\ndescription: Does it.\n---\nDo it.\n`;
const at = (folder: string) => `.claude/skills/${folder}/SKILL.md`;

test("a link to a folder in the workspace is a skill; one that leads out, or in a circle, is broken", () => {
  const { root, library } = newLibrary({
    "shared/deploy/SKILL.md": skill("deploy"),
    [at("good")]: skill("good"),
  });
  const outside = newLibrary({ "SKILL.md": skill("stolen") }).root;
  symlinkSync("../../shared/deploy", join(root, ".claude/skills/deploy"));
  symlinkSync(outside, join(root, ".claude/skills/stolen"));
  symlinkSync("circle", join(root, ".claude/skills/circle"));
  symlinkSync("/etc/passwd", join(root, ".claude/skills/good/passwd"));
  const problems = Object.fromEntries(library.list().map(({ name, problem }) => [name, problem]));
  expect(problems).toEqual({
    circle: "is a link that leads in a circle.",
    deploy: undefined,
    good: undefined,
    stolen: expect.stringContaining("leads out of the workspace"),
  });
  expect(library.load("good").files).toEqual([]);
  expect(library.load("deploy").body).toBe("Do it.");
});

test.each<[string, RegExp, (path: string) => void]>([
  ["a folder", /is a folder/, (path) => mkdirSync(path)],
  ["a FIFO", /is a pipe, socket or device/, (path) => void execFileSync("mkfifo", [path])],
  ["a link to a device", /leads out of the workspace/, (path) => symlinkSync("/dev/zero", path)],
  [
    "a file of 150 MB",
    /has 150,000,000 bytes; at most 1,000,000/,
    (path) => {
      writeFileSync(path, skill("bad"));
      truncateSync(path, 150_000_000);
    },
  ],
  [
    "a frontmatter of 20,000 keys",
    /line 2: the frontmatter has \d+ characters; at most 20000/,
    (path) =>
      writeFileSync(
        path,
        skill("bad").replace(
          "name",
          `${Array.from({ length: 20_000 }, (_, i) => `k${i}: v`).join("\n")}\nname`,
        ),
      ),
  ],
])(
  "%s in the place of SKILL.md is listed as broken with the reason, and the others load at once",
  (_, problem, put) => {
    const { root, library } = newLibrary({ [at("good")]: skill("good") });
    mkdirSync(join(root, ".claude/skills/bad"));
    put(join(root, at("bad")));
    const start = performance.now();
    expect(library.list()).toMatchObject([
      { name: "bad", problem: expect.stringMatching(problem) },
      { name: "good" },
    ]);
    expect(library.load("good").body).toBe("Do it.");
    expect(performance.now() - start).toBeLessThan(500);
  },
);
