// Which files of a state folder came with the repository: those that git tracks. What we save is not tracked, because
// the folder has a .gitignore. Not covered: a folder that was unpacked rather than cloned has no git to ask.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Names of the tracked files, without .md; "all" where the folder itself is tracked, as a link is, or git cannot say. */
export async function trackedFiles(root: string, folder: string): Promise<ReadonlySet<string> | "all"> {
  if (!isInRepository(root)) return new Set();
  // A caller's variables, as in a git hook, may name another repository.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")));
  try {
    const { stdout } = await run("git", ["-c", "core.fsmonitor=false", "ls-files", "-z", "--", folder], {
      cwd: root,
      env,
      maxBuffer: 64 * 1024 * 1024,
    });
    const paths = stdout.split("\0").filter(Boolean);
    if (paths.includes(folder)) return "all";
    return new Set(paths.map((path) => basename(path, ".md")));
  } catch {
    return "all";
  }
}

function isInRepository(folder: string): boolean {
  if (existsSync(join(folder, ".git"))) return true;
  const parent = dirname(folder);
  return parent !== folder && isInRepository(parent);
}
