// What is known of a file before it is replaced, and what its successor must keep.
// Not covered: access control lists and extended attributes.
import { randomBytes } from "node:crypto";
import { accessSync, chmodSync, chownSync, constants, realpathSync, statSync, type Stats } from "node:fs";
import { basename, dirname, join } from "node:path";
import { checkPlain } from "./plain-file.ts";

/** Where a link leads: the link stays, and the file is replaced. */
export function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

/** What is there; undefined if nothing is. Throws NotPlainFileError, and EACCES for a file that is read-only. */
export function writableFile(path: string): Stats | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return undefined;
  checkPlain(stats);
  accessSync(path, constants.W_OK);
  // The system lets root write it all the same; but nobody is meant to.
  if ((stats.mode & 0o222) === 0)
    throw Object.assign(new Error(`EACCES: permission denied, open '${path}'`), { code: "EACCES" });
  return stats;
}

/** A name for a file beside this one, and no longer than names may be. */
export function besideOf(path: string): string {
  // Fifty characters have at most 150 of the 255 bytes of a name.
  const name = basename(path).slice(0, 50).toWellFormed();
  return join(dirname(path), `.${name}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`);
}

/** The mode last: a new owner clears some of it, and until then nobody else may read the file. */
export function keepOwnerAndMode(path: string, { uid, gid, mode }: Stats): void {
  const made = statSync(path);
  if (made.uid !== uid || made.gid !== gid) chownSync(path, uid, gid);
  chmodSync(path, mode & 0o7777);
}
