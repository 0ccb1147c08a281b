// Which files git reads: those of its repository, which may begin above the workspace.
import { expect, test } from "vitest";
import { newPolicy } from "./new-policy.ts";

const REPOSITORY = [".git/HEAD", "src/a"];

test.each([
  "git show HEAD:.env",
  "git show HEAD:./src/a",
  "git show HEAD -- x",
  "git grep -n KEY",
  "git diff",
  "git log -p",
  "git blame src/a",
  "git cat-file -p 0123abc",
  "git ls-tree HEAD",
])("where a workspace is a folder of a repository, %j is asked", async (line) => {
  expect(await newPolicy().bash(line)).toBe("ask");
  expect(await newPolicy({}, REPOSITORY).bash(line)).toBe("allow");
  expect(await newPolicy({}, [".git"]).bash(line), "a worktree's .git is a file").toBe("allow");
});

test.each(["git status", "git log --oneline -5", "git branch", "git rev-parse --show-toplevel"])(
  "%j is allowed in any folder",
  async (line) => {
    expect(await newPolicy().bash(line)).toBe("allow");
  },
);

test("below a repository's top, an allow rule does not get git round a deny rule", async () => {
  const { bash } = newPolicy({ allow: ["Bash(git show:*)"], deny: ["Read(//elsewhere/**)"] });
  expect(await bash("git show HEAD:x")).toBe("ask");
});

test.each([
  "git show HEAD:../.env",
  "git show HEAD:/etc/passwd",
  "git show :.env",
  "git ls-files :/",
  "git show --stat :/x",
  "git log -- ':(top)x'",
  "git diff ':!x'",
  "git grep x :/",
  "git log -L1,2::/x",
])("%j may leave the folder that it runs in, and is asked", async (line) => {
  expect(await newPolicy({}, REPOSITORY).bash(line)).toBe("ask");
});

test("of a revision's path every end is a file", async () => {
  const { bash } = newPolicy({ deny: ["Read(/lib/@x/**)", "Read(/a:b)"] }, REPOSITORY);
  expect(await bash("git show HEAD:lib/@x/secret")).toBe("deny");
  expect(await bash("git ls-tree HEAD:lib/@x")).toBe("deny");
  expect(await bash("git rev-parse HEAD@{0}:a:b")).toBe("deny");
  expect(await bash("git rev-parse HEAD:src/a")).toBe("allow");
  expect(await bash("git grep :root src")).toBe("ask");
  expect(await newPolicy({}, REPOSITORY).bash("git grep :root src"), "a pattern is no path").toBe("allow");
});
