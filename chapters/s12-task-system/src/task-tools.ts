// The board as an extension: four tools and /tasks.
import {
  defineTool,
  type Extension,
  type Session,
  type Tool,
  ToolError,
  type Workspace,
  type Zod,
} from "@course/runtime";
import { TaskBoard, type BeforeUpdate } from "./task-board.ts";
import { renderGraph } from "./task-graph.ts";
import { renderList } from "./task-lines.ts";
import { taskStatus } from "./task-store.ts";

const id = (z: Zod) => z.int().min(1);
const subject = (z: Zod) => z.string().min(1).max(500);
const description = (z: Zod) => z.string().max(100_000).optional();
const owner = (z: Zod) => z.string().max(100).optional();

/** In one reply, no task can know another's id. A title or a guess in its place is refused with this. */
const LINK_LATER =
  "Ids are known once task_create has answered: create the tasks first, then link them with task_update and add_blocked_by.";

export function taskSystem(workspace: Workspace, beforeUpdate?: BeforeUpdate): Extension {
  let session: Session | undefined;
  const board = new TaskBoard(workspace, {
    onProblem: (message) => session?.notice(message),
    beforeUpdate,
  });
  return {
    name: "task-system",
    tools: taskTools(board),
    commands: {
      tasks: {
        description: "draws the task graph",
        complete: async () => (await board.list()).map(({ id }) => `#${id}`),
        run: async () => renderGraph(await board.list()),
      },
    },
    start: (started) => void (session = started),
  };
}

export function taskTools(board: TaskBoard): Tool[] {
  return [taskCreate(board), taskUpdate(board), taskList(board), taskGet(board)];
}

function taskCreate(board: TaskBoard): Tool {
  return defineTool({
    name: "task_create",
    description: "Creates a task: a goal that outlives this conversation.",
    harness: true,
    input: (z) =>
      z.object({
        subject: subject(z).describe("The goal, in a few words"),
        description: description(z),
        blocked_by: z
          .array(z.int(LINK_LATER).min(1, LINK_LATER), LINK_LATER)
          .optional()
          .describe("Ids of tasks that are there already and must be completed first"),
      }),
    async run({ subject, description, blocked_by }) {
      try {
        return JSON.stringify(await board.create(subject, { description, blockedBy: blocked_by }));
      } catch (error) {
        throw error instanceof ToolError ? new ToolError(`${error.message} ${LINK_LATER}`) : error;
      }
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
        subject: subject(z).optional(),
        description: description(z),
        owner: owner(z),
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
