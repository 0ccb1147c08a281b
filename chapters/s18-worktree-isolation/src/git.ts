// Runs git: arguments as a list and no shell, so that no name or path is ever read as an option or a command.
// Hooks do not run in calls of ours, nothing prompts, and a caller's GIT_ variables, as in a git hook, do not count.
// Files that git was never told of are seen also where the user's configuration hides them: they can be the only copy.
// Not covered: what else the user's configuration runs, such as filters (Git LFS) and a signing program, does run.
import { execFile, spawnSync, type ExecFileException } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { errorCode, ToolError } from "@course/runtime";

const SAFE = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.quotePath=false",
  "status.showUntrackedFiles=normal",
].flatMap((setting) => ["-c", setting]);
const LARGEST_OUTPUT = 64 * 1024 * 1024;
/** Who commits and where configuration lies may be said by variables; which repository it is may not. */
const NOT_PASSED_ON = /^(ANTHROPIC_|GIT_(?!AUTHOR_|COMMITTER_|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)$))/;

const TRIES = 20;

export interface GitResult {
  /** 0 for success. */
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs git to its end, whatever its exit code is. Rejects with ToolError if git is not there. */
export async function tryGit(folder: string, args: readonly string[], input?: string): Promise<GitResult> {
  for (let left = TRIES; ; left--) {
    const result = await runGit(folder, args, input);
    if (left === 1 || result.code === 0 || !isPassing(result.stderr) || isAdding(args)) return result;
    await delay(10);
  }
}

function runGit(folder: string, args: readonly string[], input?: string): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = execFile("git", [...SAFE, ...args], options(folder), (error, stdout, stderr) => {
      if (error && typeof error.code !== "number") reject(notRun(error));
      else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
    child.stdin?.on("error", () => {}); // It may have ended without reading all of it.
    child.stdin?.end(input);
  });
}

/** What git printed. Rejects with ToolError, in git's own words, if it failed. */
export async function git(folder: string, args: readonly string[], input?: string): Promise<string> {
  const result = await tryGit(folder, args, input);
  if (result.code !== 0) throw new ToolError(describeFailure(args, result.stderr));
  return result.stdout;
}

/** For quick calls under the lock, where nothing else may happen in between. Throws ToolError if git failed. */
export function gitSync(folder: string, args: readonly string[]): string {
  for (let left = TRIES; ; left--) {
    const { code, stdout, stderr } = runGitSync(folder, args);
    if (code === 0) return stdout;
    if (left === 1 || !isPassing(stderr)) throw new ToolError(describeFailure(args, stderr));
  }
}

function runGitSync(folder: string, args: readonly string[]): GitResult {
  const { status, stdout, stderr, error } = spawnSync("git", [...SAFE, ...args], options(folder));
  if (error) throw notRun(error);
  return { code: status ?? 1, stdout, stderr };
}

/** git reads what each worktree has in .git, and fails where another program is just making one or taking it away. */
export const isPassing = (failure: string): boolean => /failed to read \S*\/worktrees\//.test(failure);

/** It may have made the branch by then, so there is more to do than to try again (create-worktree.ts). */
const isAdding = ([first, second]: readonly string[]): boolean => first === "worktree" && second === "add";

export function describeFailure(args: readonly string[], stderr: string): string {
  const words = args.filter((arg) => !arg.startsWith("-")).slice(0, args[0] === "worktree" ? 2 : 1);
  // What an older git does not know, it answers with all that it does.
  if (/^(usage:|error: unknown)/m.test(stderr))
    return `git ${words.join(" ")} failed: worktrees need git 2.38 or newer.`;
  return `git ${words.join(" ")} failed: ${stderr.trim() || "it said nothing"}`;
}

function notRun(error: ExecFileException): Error {
  if (errorCode(error) !== "ENOENT") return error;
  return new ToolError(
    "git could not be run: it is not on the path, or the folder is gone. Install git 2.38 or newer.",
  );
}

function options(cwd: string) {
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_PASSED_ON.test(name));
  const env = {
    ...Object.fromEntries(inherited),
    // Its messages are read above.
    LC_ALL: "C",
    // Nobody is there to answer a question, or to edit a message.
    GIT_TERMINAL_PROMPT: "0",
    GIT_EDITOR: "true",
    // A look must not get in the way of a command that runs there.
    GIT_OPTIONAL_LOCKS: "0",
  };
  return { cwd, env, encoding: "utf8", maxBuffer: LARGEST_OUTPUT } as const;
}
