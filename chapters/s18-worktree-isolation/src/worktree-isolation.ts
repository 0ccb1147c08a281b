// Worktrees as an extension: four tools, /worktrees, and with --worktree the whole agent in one of them.
import {
  errorMessage,
  type Extension,
  type FlagValues,
  type ToolCall,
  type ToolResult,
  type Workspace,
} from "@course/runtime";
import { TaskBoard } from "@course/s12-task-system";
import { drawWorktrees, renderBindings } from "./render-worktrees.ts";
import { branchOf } from "./repository.ts";
import { openTeamPlaces } from "./team-places.ts";
import { worktreeTools } from "./worktree-tools.ts";
import { leadOf, WorktreeWorkspace } from "./worktree-workspace.ts";
import { Worktrees } from "./worktrees.ts";

const LAST_EVENTS = 40;
const SHOWS_TASKS = ["task_get", "task_list"];

export const worktreeFlags = {
  worktree: { value: "NAME", description: "Work in this worktree; it is made if there is none" },
} as const;

/** What --worktree asks for. Rejects with ToolError where there is no repository. Nobody else listens yet to what is mended. */
export async function openInWorktree(
  workspace: Workspace,
  { worktree: name }: FlagValues,
  tell = (note: string): void => void process.stderr.write(`${note}\n`),
): Promise<Workspace> {
  if (typeof name !== "string") return workspace;
  const worktrees = new Worktrees(workspace, { onProblem: tell });
  (await worktrees.reconcile()).forEach(tell);
  const isThere = (await worktrees.list()).some(({ record }) => record.name === name);
  if (!isThere) await worktrees.create(name);
  return worktrees.workspaceOf(name);
}

export function worktreeIsolation(workspace: Workspace): Extension {
  let report = (_problem: string) => {};
  const worktrees = new Worktrees(workspace, { onProblem: (problem) => report(problem) });
  const board = new TaskBoard(leadOf(workspace));
  const place = workspace instanceof WorktreeWorkspace ? workspace : undefined;
  let leave = async () => {};
  let leadsTeam = false;
  return {
    name: "worktree-isolation",
    ...(place && { banner: `worktree ${place.worktree}, branch ${branchOf(place.worktree)}` }),
    tools: worktreeTools(worktrees, board, workspace.root),
    systemPrompt: () => (place ? whereYouWork(place) : leadsTeam ? TEAM_RULE : ""),
    wrapToolCall: async (call, next) => withBindings(call, await next(call), worktrees),
    commands: {
      worktrees: {
        description: "draws the worktrees and what was done last",
        run: async () =>
          drawWorktrees(await worktrees.list(), await board.list(), await worktrees.lastEvents(LAST_EVENTS)),
      },
    },
    async start(session, agent) {
      leadsTeam = openTeamPlaces(agent, worktrees, (note) => report(note));
      report = (problem) => session.notice(problem);
      try {
        for (const note of await worktrees.reconcile()) session.notice(note);
        if (place) leave = await worktrees.occupy(place.worktree, "an agent works here");
      } catch (error) {
        // Without a repository there is an agent all the same; the tools say it again.
        session.notice(errorMessage(error));
      }
    },
    async stop() {
      await leave();
      if (place) report(`Worktree ${place.worktree} is kept, with all that is in it: ${place.root}`);
    },
  };
}

const TEAM_RULE =
  "Teammates work in worktrees of their own. What they do reaches the main checkout when its branch is merged, by worktree_remove with merge: true, or when they complete a task.";

function whereYouWork({ worktree, main }: WorktreeWorkspace): string {
  return `You work in the worktree ${worktree}, on the branch ${branchOf(worktree)}. The main checkout, ${main.root}, is off limits: file tools refuse it, and commands must not change it. Commit what you do: what is not committed is not merged.`;
}

/** A task's worktree is looked up, and not written into the task: two places that say the same may come to differ. */
async function withBindings(
  { name }: ToolCall,
  result: ToolResult,
  worktrees: Worktrees,
): Promise<ToolResult> {
  if (!SHOWS_TASKS.includes(name) || result.isError || typeof result.content !== "string") return result;
  const bindings = await worktrees.list().then(renderBindings, () => "");
  return bindings === "" ? result : { ...result, content: `${result.content}\n${bindings}` };
}
