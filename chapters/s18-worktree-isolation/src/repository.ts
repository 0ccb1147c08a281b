// The repository that the worktrees belong to, as git itself tells it.
import { appendFileSync, lstatSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { errorCode, ToolError } from "@course/runtime";
import { git, tryGit } from "./git.ts";

export interface Repository {
  /** The main checkout. */
  readonly root: string;
  /** Where all worktrees of the repository keep what they share: .git of the main checkout. */
  readonly gitFolder: string;
}

/** Relative to the main checkout; Claude Code's place for worktrees. */
export const FOLDER = ".claude/worktrees";

const NAME = /^[a-z0-9][a-z0-9_-]{0,49}$/;

/** A name becomes a folder, a branch and an argument, and on some disks Foo is foo: so there is little to choose from. */
export function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw new ToolError(
    `${JSON.stringify(name)} cannot be a worktree's name. Use up to 50 small letters, digits, - and _, beginning with a letter or a digit, as in fix-login.`,
  );
}

export const isName = (name: string): boolean => NAME.test(name);
export const branchOf = (name: string): string => `worktree-${name}`;
/** A branch in full, as git is to be told of it: git takes a short name for a tag's, where there is such a tag. */
export const refOf = (branch: string): string => `refs/heads/${branch}`;
export const pathOf = ({ root }: Repository, name: string): string => join(root, FOLDER, name);

/** Finds the repository from any folder in it. Rejects with ToolError, and says how to make one, if there is none. */
export async function findRepository(folder: string): Promise<Repository> {
  const found = await tryGit(folder, ["rev-parse", "--path-format=absolute", "--git-common-dir"]);
  if (found.stderr.includes("not a git repository"))
    throw new ToolError(
      `Worktrees need a git repository, and ${folder} is in none. ${howToMake("git init && ")}`,
    );
  if (found.code !== 0) throw new ToolError(found.stderr.trim());
  const [main] = await listWorktrees(folder);
  if (!main || main.isBare)
    throw new ToolError(
      `${main?.path ?? folder} is a bare repository. Worktrees are made beside a checkout: clone it.`,
    );
  // Of git init --separate-git-dir git's first worktree is its own folder.
  if ((await git(main.path, ["rev-parse", "--is-inside-work-tree"])).trim() !== "true")
    throw new ToolError(
      `git keeps this repository in ${main.path}, apart from its files, and does not say where those are. Use a clone of it: git clone ${main.path}`,
    );
  if ((await tryGit(folder, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])).code !== 0)
    throw new ToolError(`Worktrees begin at a commit, and ${main.path} has none yet. ${howToMake("")}`);
  return { root: main.path, gitFolder: found.stdout.replace(/\n$/, "") };
}

const howToMake = (before: string) => `Make one: ${before}git add -A && git commit -m "First commit"`;

/** One record of `git worktree list`. */
export interface GitWorktree {
  path: string;
  /** The commit that is checked out; undefined in a bare repository. */
  head?: string;
  /** Undefined where no branch is checked out. */
  branch?: string;
  isBare: boolean;
  /** Why it is locked; empty where no reason was given. */
  locked?: string;
}

/** All worktrees that git knows, the main checkout first, also those whose folder is gone. */
export async function listWorktrees(folder: string): Promise<GitWorktree[]> {
  return parseWorktrees(await git(folder, ["worktree", "list", "--porcelain", "-z"]));
}

/** What git knows of one of ours; undefined if it knows none at its path. */
export async function findWorktree(repository: Repository, name: string): Promise<GitWorktree | undefined> {
  const path = pathOf(repository, name).normalize();
  return (await listWorktrees(repository.root)).find((worktree) => worktree.path.normalize() === path);
}

export function parseWorktrees(porcelain: string): GitWorktree[] {
  const records = porcelain.split("\0\0").filter((record) => record !== "");
  return records.map((record) => {
    const fields = record.split("\0").map((line) => /^(\S+) ?([\s\S]*)$/.exec(line) ?? []);
    const field = (wanted: string) => fields.find(([, name]) => name === wanted)?.[2];
    const [head, branch, locked] = [field("HEAD"), field("branch"), field("locked")];
    return {
      path: field("worktree") ?? "",
      isBare: field("bare") !== undefined,
      ...(head !== undefined && { head }),
      ...(branch !== undefined && { branch: branch.replace(refOf(""), "") }),
      ...(locked !== undefined && { locked }),
    };
  });
}

/** The full id of a commit. Rejects with ToolError if the text names none. */
export async function commitOf(folder: string, text: string): Promise<string> {
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${text}^{commit}`];
  const found = await tryGit(folder, args);
  if (found.code === 0) return found.stdout.trim();
  throw new ToolError(`${JSON.stringify(text)} names no commit here. git branch -a lists the branches.`);
}

/** The commit that a branch points to; undefined if there is no such branch. */
export async function tipOf({ root }: Repository, branch: string): Promise<string | undefined> {
  const found = await tryGit(root, ["rev-parse", "--verify", "--quiet", refOf(branch)]);
  return found.code === 0 ? found.stdout.trim() : undefined;
}

/** Rejects with ToolError if the worktree's branch, or something in its place, is there already. */
export async function refuseTaken(repository: Repository, name: string): Promise<void> {
  const [branch, path] = [branchOf(name), pathOf(repository, name)];
  if (whatIsAt(join(path, ".git")) === "other")
    throw new ToolError(
      `There is a worktree ${name} already, in ${path}. Work there, or choose another name.`,
    );
  if (whatIsAt(path) !== undefined)
    throw new ToolError(
      `There is something at ${path} already. Choose another name, or look at it and delete it.`,
    );
  if ((await tipOf(repository, branch)) !== undefined)
    throw new ToolError(
      `The branch ${branch} exists already. Choose another name; or, if its work is merged: git worktree prune && git branch -d ${branch}`,
    );
}

/** What is in a worktree's place: "link" also where one of the two folders above it is one, and leads elsewhere. */
export function whatIsAt(path: string): "folder" | "link" | "other" | undefined {
  const above = dirname(path);
  const [own, ...folders] = [path, above, dirname(above)].map((place) =>
    lstatSync(place, { throwIfNoEntry: false }),
  );
  if (!own) return undefined;
  if (own.isSymbolicLink() || folders.some((folder) => folder?.isSymbolicLink())) return "link";
  return own.isDirectory() ? "folder" : "other";
}

/** Makes the folder that holds the worktrees, and hides it from git. Throws ToolError if a link is in its place. */
export function prepareFolder(repository: Repository): void {
  const folder = join(repository.root, FOLDER);
  hide(repository);
  mkdirSync(folder, { recursive: true });
  if (whatIsAt(folder) !== "folder")
    throw new ToolError(
      `${folder} is, or lies behind, a symbolic link; worktrees would end up elsewhere. Remove the link.`,
    );
}

/** In .git/info/exclude, which is the user's own and in no commit: a .gitignore would show as a change. */
function hide({ gitFolder }: Repository): void {
  const file = join(gitFolder, "info/exclude");
  const line = `/${FOLDER}/`;
  const known = readOr(file, "");
  if (known.split(/\r?\n/).includes(line)) return;
  mkdirSync(join(gitFolder, "info"), { recursive: true });
  appendFileSync(file, `${known === "" || known.endsWith("\n") ? "" : "\n"}${line}\n`);
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return otherwise;
    throw error;
  }
}
