// A repository of its own for each test, and git, the judge.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { Worktrees } from "@course/s18-worktree-isolation";

export interface TestRepository {
  root: string;
  /** Runs git in the main checkout. */
  git(...args: string[]): string;
  /** Runs git in a worktree. */
  gitIn(name: string, ...args: string[]): string;
  /** Writes a file in a worktree and commits it. */
  commit(name: string, files: Record<string, string>, message?: string): void;
  write(path: string, content: string): void;
  path(name: string): string;
  worktrees: Worktrees;
}

export const GREET = "one\ntwo\nthree\n";

export function newRepository(folder = "repo", branch = "main"): TestRepository {
  const root = join(temporaryFolder(), folder);
  mkdirSync(root);
  const path = (name: string) => join(root, ".claude/worktrees", name);
  const run = (cwd: string, args: string[]) =>
    execFileSync("git", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  const git = (...args: string[]) => run(root, args);
  const write = (file: string, content: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  };
  const gitIn = (name: string, ...args: string[]) => run(path(name), args);
  write("greet.txt", GREET);
  write(".gitignore", ".env\n*.log\n");
  cpSync(gitFolderOf(git, root, branch), join(root, ".git"), { recursive: true });
  return {
    root,
    git,
    gitIn,
    path,
    write,
    commit(name, files, message = `Work in ${name}`) {
      for (const [file, content] of Object.entries(files))
        write(`.claude/worktrees/${name}/${file}`, content);
      gitIn(name, "add", ".");
      gitIn(name, "commit", "--quiet", "-m", message);
    },
    worktrees: new Worktrees(new Workspace(root)),
  };
}

const gitFolders = new Map<string, string>();

/** The .git folder of a repository with one commit. It is made once: five calls of git take longer than a copy. */
function gitFolderOf(git: TestRepository["git"], root: string, branch: string): string {
  const made = gitFolders.get(branch);
  if (made !== undefined) return made;
  git("init", "--quiet", `--initial-branch=${branch}`);
  git("config", "user.name", "Test");
  git("config", "user.email", "test@localhost");
  git("add", ".");
  git("commit", "--quiet", "-m", "First");
  const folder = temporaryFolder();
  renameSync(join(root, ".git"), folder);
  gitFolders.set(branch, folder);
  return folder;
}

/** What git knows: the name of each worktree's folder, and its branch. */
export function knownToGit({ git }: TestRepository): Record<string, string> {
  const records = git("worktree", "list", "--porcelain").split("\n\n");
  return Object.fromEntries(
    records
      .slice(1)
      .map((record) => [
        /^worktree .*\/(.+)$/m.exec(record)?.[1] ?? "",
        /^branch refs\/heads\/(.+)$/m.exec(record)?.[1] ?? "(none)",
      ]),
  );
}

/** Throws if git finds the repository broken; returns what the main checkout shows as changed. */
export function soundStatus({ git }: TestRepository): string {
  git("fsck", "--strict");
  return git("status", "--porcelain", "--untracked-files=all");
}
