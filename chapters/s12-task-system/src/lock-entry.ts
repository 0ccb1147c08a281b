// What a lock is on disk: a symbolic link to nowhere whose text names the owner. A file would be empty
// for a moment after it was made, and a program killed in that moment would leave a lock of nobody; a
// link has its text from the first moment on.
import { randomBytes } from "node:crypto";
import { readlinkSync, rmSync, symlinkSync } from "node:fs";
import { errorCode, startMark, stillRuns } from "@course/runtime";

/** Makes the entry in this program's name; false if there is one. Throws the file system's errors. */
export function claim(path: string): boolean {
  try {
    symlinkSync(thisProgram(), path);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

export function release(path: string): void {
  if (ownerOf(path) === thisProgram()) rmSync(path, { force: true });
}

/** The entry's text; empty for anything but a link, undefined if nothing is there. */
export function ownerOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    if (errorCode(error) === "EINVAL") return "";
    throw error;
  }
}

/** Whether the program that this text names is gone. Its number alone does not tell: numbers are given out again. */
export function isGone(owner: string): boolean {
  const [number = "", mark] = owner.split(" ");
  const pid = Number(number);
  // A container gives its program the same number at each start, and a machine may start it at the same tick.
  return pid === process.pid ? owner !== thisProgram() : !stillRuns(pid, mark);
}

let own: string | undefined;

/** Its number, when it started, and a token. */
function thisProgram(): string {
  return (own ??= `${process.pid} ${startMark(process.pid)} ${randomBytes(8).toString("hex")}`);
}
