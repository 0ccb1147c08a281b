// For tests of what may not be written: root may write everything, so it acts as somebody else.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;

/** A new folder in which all may write; not in the folder of all tests, which is closed to others. */
export function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "course-"));
  chmodSync(folder, 0o777);
  onTestFinished(() => {
    chmodSync(folder, 0o755);
    rmSync(folder, { recursive: true });
  });
  return folder;
}

export function asUser(act: () => void): void {
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    act();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
