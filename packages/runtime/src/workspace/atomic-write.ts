// Files that are whole or not there: written beside the target, then renamed over it. Not covered: a file with several
// names (hard links) and one whose folder takes no other are written in place, and a crash may cut those short.
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { errorCode } from "../errors.ts";
import { besideOf, keepOwnerAndMode, realPath, writableFile } from "./write-target.ts";

/** A folder that may not be written, another owner, and a file that is mounted. */
const ONLY_IN_PLACE = ["EACCES", "EPERM", "EBUSY"];

/**
 * Replaces the file at once, and keeps its owner and mode. The folder must exist. Throws NotPlainFileError for what
 * is no file, and the file system's errors; a file that is read-only is refused, as by a plain write.
 */
export function writeFileAtomic(path: string, content: string): void {
  const file = realPath(path);
  const there = writableFile(file);
  if (there && there.nlink > 1) return writeFileSync(file, content);
  const beside = besideOf(file);
  try {
    writeFileSync(beside, content, { flag: "wx", mode: there ? 0o600 : 0o666 });
    if (there) keepOwnerAndMode(beside, there);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    if (!ONLY_IN_PLACE.includes(errorCode(error))) throw error;
    // Where this is refused, too, the error names the file and not the one beside it.
    writeFileSync(file, content);
  }
}
