// A worktree as the place of one agent: file tools that are handed this workspace cannot leave it, and commands start
// in it each time. Not covered: a command may still name any path, as everywhere (s02).
import { isAbsolute, join, relative, resolve } from "node:path";
import { OutsideWorkspaceError, ToolError, Workspace } from "@course/runtime";
import { FOLDER, whatIsAt } from "./repository.ts";

export class WorktreeWorkspace extends Workspace {
  /** The worktree's name. */
  readonly worktree: string;
  /** Where the lead works. */
  readonly main: Workspace;

  /** Throws ToolError if there is no folder, or something else in its place. */
  constructor(folder: string, worktree: string, main: Workspace) {
    checkPlace(folder, worktree);
    super(folder);
    this.worktree = worktree;
    this.main = main;
  }

  override resolve(path: string): string {
    // If a link has taken the folder's place since, all paths would pass the check and end up where it leads.
    checkPlace(this.root, this.worktree);
    try {
      return super.resolve(path);
    } catch (error) {
      if (error instanceof OutsideWorkspaceError) throw new ToolError(this.#offLimits(path));
      throw error;
    }
  }

  #offLimits(path: string): string {
    const inMain = relative(this.main.root, resolve(this.root, path));
    const isOfMain = !isAbsolute(inMain) && !/^\.\.(\/|$)/.test(inMain) && !inMain.startsWith(`${FOLDER}/`);
    const instead = isOfMain
      ? `Use ${inMain || "."}: the worktree has its own copy.`
      : "Use a path inside it.";
    return `${path} is outside worktree ${this.worktree}, where you work; the main checkout is off limits. ${instead}`;
  }
}

/** The workspace of the lead: what belongs to all agents, such as the task board, is there. */
export function leadOf(workspace: Workspace): Workspace {
  return workspace instanceof WorktreeWorkspace ? workspace.main : workspace;
}

/** Throws ToolError unless the worktree's own folder is there. */
export function checkPlace(folder: string, name: string): void {
  const found = whatIsAt(folder);
  if (found === "folder" && whatIsAt(join(folder, ".git")) === "other") return;
  throw new ToolError(describePlace(found, folder, name));
}

/** Whether its folder is there; false if nothing is. Throws ToolError for anything else. */
export function isPlace(folder: string, name: string): boolean {
  if (whatIsAt(folder) === undefined) return false;
  checkPlace(folder, name);
  return true;
}

function describePlace(found: ReturnType<typeof whatIsAt>, folder: string, name: string): string {
  if (found === undefined)
    return `The folder of worktree ${name} is gone (${folder}). If it was moved: git worktree repair. If not: worktree_remove takes the rest away.`;
  if (found === "folder")
    return `${folder} is no worktree any more: it has no .git file. Run: git worktree repair`;
  return `There is ${found === "link" ? "a symbolic link" : "a file"} in the place of worktree ${name} (${folder}); what it leads to is left alone. Delete it by hand.`;
}
