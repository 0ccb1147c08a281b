// Taking away a lock whose owner died. Of two processes that see it, the slower one must not take away
// the lock that the faster one has made since. So whoever breaks a lock first claims a guard, whose name
// comes from the dead owner's text. That text never comes back: a guard that is held while the lock still has
// it can only be about the dead lock. A guard whose owner died is a stale lock, and is broken in the same way.
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { basename } from "node:path";
import { claim, isGone, ownerOf, release } from "./lock-entry.ts";

export function breakIfStale(lock: string, entry = lock): void {
  const owner = ownerOf(entry);
  if (owner === undefined || !isGone(owner)) return;
  const guard = `${lock}.break-${shortHash(`${basename(entry)} ${owner}`)}`;
  if (!claim(guard)) return breakIfStale(lock, guard);
  try {
    if (ownerOf(entry) === owner) rmSync(entry, { force: true });
  } finally {
    release(guard);
  }
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
