// The desk as an extension of the lead: claim_task, and what it adds to each teammate.
import {
  defineTool,
  ToolError,
  type Extension,
  type FlagValues,
  type Tool,
  type Workspace,
} from "@course/runtime";
import { compaction } from "@course/s06-context-compaction";
import { TaskBoard, taskTools } from "@course/s12-task-system";
import { LEAD, teamOf, type Equipment, type Newcomer, type TeamAddOn } from "@course/s15-agent-teams";
import { Autonomy } from "./autonomy.ts";
import { ClaimDesk } from "./claim-desk.ts";
import { keepClaim } from "./claims.ts";
import { identity } from "./identity.ts";
import { watchBoard } from "./watch-board.ts";

const DEFAULT_IDLE_SECONDS = 60;

export const autonomyFlags = {
  "idle-seconds": {
    value: "N",
    description: `How long a teammate looks for work before it stops; default ${DEFAULT_IDLE_SECONDS}`,
  },
} as const;

/** Throws an Error that names the value, if it is no number of seconds. */
export function idleSeconds(values: FlagValues): number {
  const seconds = values["idle-seconds"] ?? String(DEFAULT_IDLE_SECONDS);
  if (/^[1-9]\d{0,4}$/.test(String(seconds))) return Number(seconds);
  throw new Error(`--idle-seconds ${seconds}: expected a whole number from 1 to 99999.`);
}

export function autonomousAgents(workspace: Workspace, seconds = DEFAULT_IDLE_SECONDS): Extension {
  let report = (_problem: string) => {};
  const board = new TaskBoard(workspace, {
    onProblem: (problem) => report(problem),
    beforeUpdate: keepClaim,
  });
  const desk = new ClaimDesk(board, ({ id, subject }, owner) =>
    report(
      `#${id} ${subject}: the program ${owner === "" ? "that had it" : `of ${owner}`} is gone, so it is free again.`,
    ),
  );
  let unwatch = () => {};
  return {
    name: "autonomous-agents",
    tools: [claimTask(desk, LEAD)],
    start(session, agent) {
      const told = new Set<string>();
      // A file that cannot be read is met at each look.
      report = (problem) => void (told.has(problem) || (told.add(problem), session.notice(problem)));
      const team = teamOf(agent);
      const autonomy = new Autonomy(team, desk);
      team.addOns.push(addOnFor(autonomy, workspace, { board, desk, seconds, report }));
      unwatch = watchBoard(
        workspace,
        () => autonomy.noteChange(),
        () => void autonomy.look(),
      );
    },
    stop: () => unwatch(),
  };
}

interface Parts {
  board: TaskBoard;
  desk: ClaimDesk;
  seconds: number;
  report(problem: string): void;
}

function addOnFor(
  autonomy: Autonomy,
  workspace: Workspace,
  { board, desk, seconds, report }: Parts,
): TeamAddOn {
  return {
    idleMs: seconds * 1000,
    findWork: (teammate) => autonomy.lookForWork(teammate),
    isBusy: () => autonomy.isBusy,
    stopped: (name) => void autonomy.release(name).catch((error: Error) => report(error.message)),
    equip: (equipment: Equipment, newcomer: Newcomer) => ({
      ...equipment,
      instructions: `${equipment.instructions}\n${BOARD_RULES}`,
      extensions: [
        ...equipment.extensions,
        { name: "task-system", tools: taskTools(board) },
        { name: "autonomous-agents", tools: [claimTask(desk, newcomer.name)] },
        compaction(workspace),
        identity(newcomer, board),
      ],
    }),
  };
}

const BOARD_RULES = `Between runs you are given tasks from the board, in a <claimed-task> block. Work on one at a time.`;

/** `owner` is whoever has the tool. */
function claimTask(desk: ClaimDesk, owner: string): Tool {
  return defineTool({
    name: "claim_task",
    description:
      "Claims a task from the board: the one of this id, or the next that is free. Nobody else has it then. To give it back, set it to pending with an empty owner.",
    harness: true,
    input: (z) => z.object({ task_id: z.int().min(1).optional() }),
    async run({ task_id }, { signal }) {
      const claimed = await desk.claim(owner, task_id);
      // Whoever was stopped meanwhile does nothing with it.
      if (signal.aborted) await desk.release(owner);
      if (!claimed)
        throw new ToolError("No task is free: each has an owner, is completed, or waits for another.");
      const { id, subject, description } = claimed.task;
      return `Task ${id} is yours: ${subject}${description === "" ? "" : `\n${description}`}`;
    },
  });
}
