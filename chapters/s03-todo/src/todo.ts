// The list as an extension: one tool, one reminder, /todo.
import { defineTool, schema, type Extension, type Session, type Tool, type Zod } from "@course/runtime";
import { TodoList, type TodoItem } from "./todo-list.ts";

const plan = (z: Zod) =>
  z.object({
    items: z.array(
      z.object({
        content: z.string().describe("What is to be done"),
        status: z.enum(["pending", "in_progress", "completed"]),
        activeForm: z.string().optional().describe('While it is under way, as in "Running the tests"'),
      }),
    ),
  });
const planSchema = schema(plan);

export function todo(): Extension {
  const list = new TodoList();
  return {
    name: "todo",
    tools: [todoTool(list)],
    commands: { todo: { description: "shows the plan", run: () => list.render() } },
    start(session) {
      list.replace(lastPlan(session));
      session.on((event) => event.type === "cleared" && list.replace([]));
    },
    beforeModel(session) {
      if (afterTools(session) && list.endRound()) session.inject(reminder(list));
    },
  };
}

function todoTool(list: TodoList): Tool {
  return defineTool({
    name: "todo",
    description:
      "Writes the whole plan: use it for work of three steps or more, and again whenever a step starts or ends. At most one item is in_progress.",
    harness: true,
    input: plan,
    run({ items }, { session }) {
      list.replace(items);
      session.emit({ type: "display", text: list.render() });
      return `The plan is written: ${items.length} items.`;
    },
  });
}

/** The plan of a conversation that is taken up again (full): what was last written without an error. */
function lastPlan({ history }: Session): readonly TodoItem[] {
  const isGood = (id: string) =>
    history.some((event) => event.type === "tool_ended" && event.id === id && !event.result.isError);
  const last = history.findLast(
    (event) => event.type === "tool_started" && event.name === "todo" && isGood(event.id),
  );
  const found = last?.type === "tool_started" ? planSchema().safeParse(last.input) : undefined;
  return found?.success ? found.data.items : [];
}

function afterTools({ messages }: Session): boolean {
  const content = messages.at(-1)?.content;
  return Array.isArray(content) && content.some((block) => block.type === "tool_result");
}

function reminder(list: TodoList): string {
  return `<reminder>\nThe plan has not been updated for a while. Update it with todo if it is out of date.\n${list.render()}\n</reminder>`;
}
