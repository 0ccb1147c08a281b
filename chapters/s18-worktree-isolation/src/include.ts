// .worktreeinclude: what git ignores is not in a new worktree, and tests that need an .env fail there. Files that match
// this list (gitignore syntax) and that git ignores are copied. It is Claude Code's file, read in the same way.
// Not covered: links are not copied, and neither are files that the worktree has already.
import { constants, copyFileSync, lstatSync, mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { errorCode, safePath, ToolError } from "@course/runtime";
import { git, tryGit } from "./git.ts";
import { FOLDER, pathOf, type Repository } from "./repository.ts";

const FILE = ".worktreeinclude";

/** Copies the files and returns their paths, relative to the checkout. Rejects with the file system's errors. */
export async function copyIncluded(repository: Repository, name: string): Promise<string[]> {
  if (!statSync(join(repository.root, FILE), { throwIfNoEntry: false })?.isFile()) return [];
  return (await includedFiles(repository)).filter((path) =>
    copy(repository.root, pathOf(repository, name), path),
  );
}

async function includedFiles({ root }: Repository): Promise<string[]> {
  const matching = await git(root, ["ls-files", "-z", "--others", "--ignored", `--exclude-from=${FILE}`]);
  const candidates = matching.split("\0").filter((path) => path !== "" && !path.startsWith(`${FOLDER}/`));
  if (candidates.length === 0) return [];
  // A match that is not ignored is somebody's new file: a commit will bring it.
  const ignored = await tryGit(root, ["check-ignore", "-z", "--stdin"], candidates.join("\0"));
  return ignored.stdout.split("\0").filter((path) => path !== "");
}

/** Whether it was copied. */
function copy(from: string, to: string, path: string): boolean {
  if (!lstatSync(join(from, path)).isFile()) return false;
  try {
    // A folder on the way may be a link in the commit that was checked out.
    const target = safePath(to, path);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(from, path), target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST" || error instanceof ToolError) return false;
    throw error;
  }
}
