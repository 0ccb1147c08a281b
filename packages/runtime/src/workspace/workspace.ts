// The folder that the agent works in. By default the playground: a small project, made on first
// use from a template, with its own git repository, so that no experiment hurts real code.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, realpathSync, renameSync, rmSync, statSync } from "node:fs";
import { safePath } from "./safe-path.ts";

export class Workspace {
  readonly #root: string;

  /** Throws an Error if the folder is not there. */
  constructor(folder: string) {
    const stats = statSync(folder, { throwIfNoEntry: false });
    if (stats && !stats.isDirectory())
      throw new Error(`${folder} is not a folder. Name a folder with --dir.`);
    if (!stats) {
      throw new Error(`The folder ${folder} does not exist. Make it first, or name another with --dir.`);
    }
    this.#root = realpathSync(folder);
  }

  get root(): string {
    return this.#root;
  }

  /** The real absolute path of a path inside the workspace. Throws ToolError if it leads out. */
  resolve(path: string): string {
    return safePath(this.root, path);
  }
}

/** Makes the playground at `folder` from `template` unless it is there. */
export function ensurePlayground(folder: string, template: string): void {
  if (existsSync(folder)) return;
  // Made beside and renamed, so that an interrupted copy is not taken for a playground.
  const making = `${folder}.${process.pid}.tmp`;
  try {
    cpSync(template, making, { recursive: true });
    commitAll(making);
    renameSync(making, folder);
  } catch (error) {
    // Another program made it meanwhile: theirs is as good.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

function commitAll(folder: string): void {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, stdio: "ignore" });
  try {
    git("init", "--initial-branch=main");
    // Its own, so that one can commit here without ever having told git a name (s18).
    git("config", "user.name", "Course");
    git("config", "user.email", "course@localhost");
    git("add", ".");
    git("commit", "--no-verify", "-m", "The playground");
  } catch {
    // Without git the playground is a plain folder; s18, which needs a repository, says so itself.
  }
}
