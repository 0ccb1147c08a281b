// What every change of a worktree works on.
import { join } from "node:path";
import type { Workspace } from "@course/runtime";
import { EventLog, type WorktreeEvent } from "./events.ts";
import { findRepository, FOLDER, type Repository } from "./repository.ts";
import { WorktreeIndex } from "./worktree-index.ts";

export interface Place {
  readonly repository: Repository;
  readonly index: WorktreeIndex;
  readonly events: EventLog;
}

export interface PlaceOptions {
  /** Hears of what harms no worktree and the user should know. */
  onProblem?: (problem: string) => void;
  /** Hears of each step before and after it. If it throws, the step fails: for tests. */
  onEvent?: (event: Pick<WorktreeEvent, "worktree" | "step" | "phase">) => void;
}

/** Rejects with ToolError where there is no repository with a commit. */
export async function openPlace({ root }: Workspace, options: PlaceOptions): Promise<Place> {
  const repository = await findRepository(root);
  const folder = join(repository.root, FOLDER);
  const { onProblem = () => {}, onEvent = () => {} } = options;
  const index = new WorktreeIndex(folder, onProblem);
  return { repository, index, events: new EventLog(folder, onProblem, onEvent) };
}
