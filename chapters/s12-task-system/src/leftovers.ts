// What programs that were killed leave in the folder: half a file beside the one that it was to replace, and
// guards of broken locks. Names that are not ours stay.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "@course/runtime";
import { isGone, ownerOf } from "./lock-entry.ts";

const HALF_WRITTEN = /^\.[\w.-]+\.(\d+)\.[0-9a-f]{8}\.tmp$/;
const LOCK_ENTRY = /^\.(?:[\w-]+\.)?lock\./;

/** Takes the names of the entries of a folder that only our programs write into. Only under its lock. */
export function removeLeftovers(folder: string, names: readonly string[]): void {
  for (const name of names) {
    const path = join(folder, name);
    try {
      if (isLeft(name, path)) rmSync(path, { force: true });
    } catch {
      // What cannot be removed, such as a folder of that name, harms nothing.
    }
  }
}

function isLeft(name: string, path: string): boolean {
  const pid = Number(HALF_WRITTEN.exec(name)?.[1]);
  // This program writes in one go: what bears its number is of an earlier one.
  if (pid > 0) return pid === process.pid || !isAlive(pid);
  const owner = LOCK_ENTRY.test(name) ? ownerOf(path) : undefined;
  return owner !== undefined && isGone(owner);
}
