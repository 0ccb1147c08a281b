// The board as an extension: four tools and /tasks.
import {
  defineTool,
  type Extension,
  type Session,
  type Tool,
  type Workspace,
  type Zod,
} from "@course/runtime";
import { TaskBoard } from "./task-board.ts";
import { renderGraph, renderList } from "./task-graph.ts";
import { taskStatus } from "./task-store.ts";

const id = (z: Zod) => z.int().min(1);

export function taskSystem(workspace: Workspace): Extension {
  let session: Session | undefined;
  const board = new TaskBoard(workspace, {
    onProblem: (message) => session?.emit({ type: "notice", message }),
  });
  return {
    name: "task-system",
    tools: [taskCreate(board), taskUpdate(board), taskList(board), taskGet(board)],
    commands: {
      tasks: { description: "draws the task graph", run: async () => renderGraph(await board.list()) },
    },
    start: (started) => void (session = started),
  };
}

function taskCreate(board: TaskBoard): Tool {
  return defineTool({
    name: "task_create",
    description: "Creates a task: a goal that outlives this conversation.",
    harness: true,
    input: (z) =>
      z.object({
        subject: z.string().min(1).describe("The goal, in a few words"),
        description: z.string().optional(),
        blocked_by: z.array(id(z)).optional().describe("Ids of tasks that must be completed first"),
      }),
    async run({ subject, description, blocked_by }) {
      return JSON.stringify(await board.create(subject, { description, blockedBy: blocked_by }));
    },
  });
}

function taskUpdate(board: TaskBoard): Tool {
  return defineTool({
    name: "task_update",
    description:
      "Changes what is named of a task, and nothing else. Completing a task unblocks those that wait for it.",
    harness: true,
    input: (z) =>
      z.object({
        id: id(z),
        status: taskStatus(z).optional(),
        subject: z.string().min(1).optional(),
        description: z.string().optional(),
        owner: z.string().optional(),
        add_blocked_by: z.array(id(z)).optional(),
        remove_blocked_by: z.array(id(z)).optional(),
      }),
    async run({ id, add_blocked_by, remove_blocked_by, ...change }) {
      const edges = { addBlockedBy: add_blocked_by, removeBlockedBy: remove_blocked_by };
      return JSON.stringify(await board.update(id, { ...change, ...edges }));
    },
  });
}

function taskList(board: TaskBoard): Tool {
  return defineTool({
    name: "task_list",
    description: "Lists all tasks with their statuses and what each waits for.",
    readOnly: true,
    input: (z) => z.object({}),
    run: async () => renderList(await board.list()),
  });
}

function taskGet(board: TaskBoard): Tool {
  return defineTool({
    name: "task_get",
    description: "Returns one task whole.",
    readOnly: true,
    input: (z) => z.object({ id: id(z) }),
    run: async ({ id }) => JSON.stringify(await board.get(id), null, 2),
  });
}
