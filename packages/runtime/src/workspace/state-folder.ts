// Folders in the workspace that hold the program's state and not the user's work. A clone may bring a link in the place of
// one: it must not lead our writing, and deleting, to the user's files elsewhere.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorCode, ToolError } from "../errors.ts";
import { OutsideWorkspaceError, safePath } from "./safe-path.ts";

/**
 * Makes the folder unless it is there, with a .gitignore that hides all of it from git, and returns its path.
 * A .gitignore that is there stays as it is. Throws the file system's errors, and ToolError where a link leads out of the
 * root, a file stands in its place, or it may not be written to.
 *
 * @param name Relative to the root, such as ".task_outputs".
 * @param below A folder in it that is made too, and returned in its place.
 */
export function stateFolder(root: string, name: string, below = ""): string {
  refuseLinkOut(root, join(name, below));
  const folder = join(root, name);
  makeFolder(join(folder, below), join(name, below));
  try {
    writeFileSync(join(folder, ".gitignore"), "*\n", { flag: "wx" });
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw clearer(error, name);
  }
  return join(folder, below);
}

/** Makes a folder, and those above it. Throws as stateFolder does, and calls it by `place`. */
export function makeFolder(folder: string, place: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    if (!["EEXIST", "ENOTDIR"].includes(errorCode(error))) throw clearer(error, place);
    throw new ToolError(`${place} is a file, and a folder belongs there. Move the file away.`, {
      cause: error,
    });
  }
}

function clearer(error: unknown, place: string): unknown {
  const code = errorCode(error);
  if (!["EACCES", "EPERM", "EROFS"].includes(code)) return error;
  return new ToolError(
    `Nothing can be written to ${place} (${code}). Change the permissions of its folder, or work in another one.`,
    { cause: error },
  );
}

function refuseLinkOut(root: string, place: string): void {
  try {
    safePath(root, place);
  } catch (error) {
    if (!(error instanceof OutsideWorkspaceError)) throw error;
    throw new ToolError(`${place} leads out of the workspace, by a symbolic link. Remove the link.`);
  }
}
