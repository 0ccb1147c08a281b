// Folders in the workspace that hold the program's state and not the user's work.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "../errors.ts";

/**
 * Makes the folder unless it is there, with a .gitignore that hides all of it from git, and returns its path.
 * A .gitignore that is there stays as it is. Throws the file system's errors.
 *
 * @param name Relative to the root, such as ".task_outputs".
 * @param below A folder in it that is made too, and returned in its place.
 */
export function stateFolder(root: string, name: string, below = ""): string {
  const folder = join(root, name);
  mkdirSync(join(folder, below), { recursive: true });
  try {
    writeFileSync(join(folder, ".gitignore"), "*\n", { flag: "wx" });
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
  return join(folder, below);
}
