// One teammate's worktree: entered, left while it rests, and merged when the task that it is for is completed.
import { ToolError, type Session, type ToolCall, type ToolResult, type ToolRunner } from "@course/runtime";
import type { Workplace } from "@course/s15-agent-teams";
import { branchOf } from "./repository.ts";
import type { Worktrees } from "./worktrees.ts";

export class TeammatePlace {
  readonly #worktrees: Worktrees;
  readonly #workplace: Workplace;
  readonly #owner: string;
  #at: { name: string; taskId: number | undefined } | undefined;
  /** Says that nobody is at work in it any more; undefined while nobody is. */
  #leave: (() => Promise<void>) | undefined;

  constructor(worktrees: Worktrees, workplace: Workplace, owner: string) {
    this.#worktrees = worktrees;
    this.#workplace = workplace;
    this.#owner = owner;
  }

  /** Moves the teammate into a worktree, which is made unless it is there. Rejects with ToolError where it cannot be. */
  async enter(wanted: string, taskId?: number): Promise<string> {
    await this.goHome();
    // Whoever had the task before may have worked in a worktree of another name, or have left one that is no task's now.
    const name = taskId === undefined ? wanted : await this.#worktrees.bind(wanted, taskId);
    const known = await this.#worktrees.list();
    if (!known.some(({ record }) => record.name === name)) await this.#worktrees.create(name, { taskId });
    this.#workplace.moveTo(await this.#worktrees.workspaceOf(name));
    this.#at = { name, taskId };
    return name;
  }

  /** Back to where the lead works; the worktree stays. */
  async goHome(): Promise<void> {
    await this.rest();
    this.#at = undefined;
    this.#workplace.moveTo(this.#workplace.home);
  }

  /** While it works, nobody removes or merges the worktree. One that was taken away meanwhile is made anew. */
  async work(session: Session): Promise<void> {
    if (!this.#at || this.#leave) return;
    const { name, taskId } = this.#at;
    try {
      this.#leave = await this.#worktrees.occupy(name, `${this.#owner} works here`);
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      const entered = await this.enter(name, taskId);
      this.#leave = await this.#worktrees.occupy(entered, `${this.#owner} works here`);
      session.inject(
        `<worktree>\nYour worktree ${name} was merged or removed. You have a new one, ${entered}, which begins at what the lead has now.\n</worktree>`,
      );
    }
  }

  /** The worktree that is left when the teammate is gone; undefined if it was merged or removed. */
  async left(): Promise<string | undefined> {
    await this.rest();
    const all = await this.#worktrees.list();
    return all.find(({ record }) => record.name === this.#at?.name)?.record.name;
  }

  async rest(): Promise<void> {
    const leave = this.#leave;
    this.#leave = undefined;
    await leave?.();
  }

  /** Completing the task merges first: whoever waits for it begins at what it has brought. */
  async wrapTaskUpdate(call: ToolCall, next: ToolRunner): Promise<ToolResult> {
    const { id, status } = (call.input ?? {}) as { id?: unknown; status?: unknown };
    const own = this.#at?.taskId;
    const isOwn = call.name === "task_update" && own !== undefined && id === own;
    if (isOwn && status === "completed") return this.#complete(own, call, next);
    const result = await next(call);
    if (isOwn && status === "pending" && !result.isError) await this.goHome();
    return result;
  }

  async #complete(taskId: number, call: ToolCall, next: ToolRunner): Promise<ToolResult> {
    // The lead may have unbound it meanwhile.
    const name = await this.#worktrees.bind(this.#at?.name ?? "", taskId);
    await this.rest();
    let merged: string;
    try {
      merged = await this.#worktrees.finish(name, { completeTask: true });
    } catch (error) {
      await this.work(call.session);
      throw error;
    }
    await this.goHome();
    const result = await next(call);
    return typeof result.content === "string"
      ? { ...result, content: `${merged}\n${result.content}` }
      : result;
  }
}

/** What a teammate has to know of its place. */
export function describePlace(name: string, isForTask: boolean): string {
  const end = isForTask
    ? "Completing the task merges your branch, and is refused while something is not committed or conflicts."
    : "The lead merges it.";
  return `You work in worktree ${name}, on branch ${branchOf(name)}: a copy of the repository. The main checkout is off limits. Commit what you do. ${end}`;
}
