import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newRepository, soundStatus } from "./new-repository.ts";

test("what .worktreeinclude names and git ignores is copied, with its mode, and nothing else", async () => {
  const repository = newRepository();
  repository.write(".worktreeinclude", ".env\n!/keep/.env\nconf/*.log\nnew.txt\ngreet.txt\n*.json\n");
  repository.write(".env", "A=1\n");
  repository.write("deep/er/.env", "B=2\n");
  repository.write("keep/.env", "not this\n");
  repository.write("conf/ü x.log", "log\n");
  repository.write("other.log", "ignored, and not named\n");
  repository.write("new.txt", "named, and not ignored\n");
  chmodSync(join(repository.root, ".env"), 0o600);
  symlinkSync("/etc/passwd", join(repository.root, "conf/link.log"));
  const { copied } = await repository.worktrees.create("a");
  expect(copied.toSorted()).toEqual([".env", "conf/ü x.log", "deep/er/.env"]);
  expect(readFileSync(join(repository.path("a"), ".env"), "utf8")).toBe("A=1\n");
  expect(statSync(join(repository.path("a"), ".env")).mode & 0o777).toBe(0o600);
  for (const path of ["other.log", "new.txt", "keep/.env", "conf/link.log"])
    expect(existsSync(join(repository.path("a"), path)), path).toBe(false);
  expect(repository.gitIn("a", "status", "--porcelain")).toBe("");
  expect((await repository.worktrees.create("b")).copied, "nothing of the first worktree").toHaveLength(3);
});

test("a copy never leaves the worktree through a link of the commit, nor replaces a file of it", async () => {
  const repository = newRepository();
  symlinkSync("../outside", join(repository.root, "conf"));
  repository.write(".worktreeinclude", "*.log\n");
  repository.git("add", "--force", ".");
  repository.git("commit", "--quiet", "-m", "A link");
  repository.git("rm", "--quiet", "conf");
  repository.git("commit", "--quiet", "-m", "No link");
  repository.write("conf/x.log", "x");
  const { copied } = await repository.worktrees.create("a", { baseRef: "HEAD~1" });
  expect(copied).toEqual([]);
  expect(existsSync(join(repository.root, ".claude/worktrees/outside"))).toBe(false);
  expect(soundStatus(repository)).toBe("");
});

test("a file that the commit has is not replaced by the ignored one of the same name", async () => {
  const repository = newRepository();
  repository.write(".env", "OLD=1\n");
  repository.write(".worktreeinclude", ".env\n");
  repository.git("add", "--force", ".env");
  repository.git("commit", "--quiet", "-m", "With .env");
  repository.git("rm", "--quiet", "--cached", ".env");
  repository.git("commit", "--quiet", "-m", "Without");
  repository.write(".env", "NEW=1\n");
  expect((await repository.worktrees.create("a", { baseRef: "HEAD~1" })).copied).toEqual([]);
  expect(readFileSync(join(repository.path("a"), ".env"), "utf8")).toBe("OLD=1\n");
  expect((await repository.worktrees.create("b")).copied).toEqual([".env"]);
});

test("without the file nothing is copied", async () => {
  const repository = newRepository();
  repository.write(".env", "A=1\n");
  expect((await repository.worktrees.create("a")).copied).toEqual([]);
});
