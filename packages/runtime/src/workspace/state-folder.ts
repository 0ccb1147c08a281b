// Folders in the workspace that a program writes for itself: records, logs, traces. They hide from git by
// themselves, with a .gitignore inside that names everything: the user's own .gitignore is not ours to edit.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "../errors.ts";

/**
 * Makes the folder, such as ".traces" or ".task_outputs/tool-results", and returns its absolute path. A .gitignore
 * that is there stays: the user may have decided otherwise. Throws the file system's errors.
 */
export function stateFolder(root: string, name: string): string {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  const [outermost = name] = name.split("/");
  try {
    writeFileSync(join(root, outermost, ".gitignore"), "*\n", { flag: "wx" });
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
  return folder;
}
