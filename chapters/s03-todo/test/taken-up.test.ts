// The plan of a conversation that is taken up again, and what counts as a round of tools.
import { createModelClient, Session, type StampedEvent } from "@course/runtime";
import { todo, type TodoItem } from "@course/s03-todo";
import { expect, test } from "vitest";

const item = (content: string, status: TodoItem["status"] = "pending"): TodoItem => ({ content, status });
const newSession = () => new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "k" } }));

/** The events of a call that ended; `isError` where it was refused. */
function ended(id: string, name: string, input: unknown, isError = false): StampedEvent[] {
  const result = { content: "x", ...(isError && { isError }) };
  return [
    { type: "tool_started", id, name, input, at: 1 } as StampedEvent,
    { type: "tool_ended", id, name, result, durationMs: 1, at: 2 } as StampedEvent,
  ];
}

/** What /todo shows after the start of a session with this history. */
async function planAfter(history: StampedEvent[]): Promise<string> {
  const session = newSession();
  session.restore("id", history);
  const extension = todo();
  await extension.start?.(session, undefined as never);
  return String(await extension.commands?.["todo"]?.run("", session));
}

test.each<[string, StampedEvent[], string]>([
  ["without a plan there is none", ended("1", "bash", { command: "ls" }), "No plan yet."],
  [
    "the last plan that was written is taken up",
    [
      ...ended("1", "todo", { items: [item("old")] }),
      ...ended("2", "todo", { items: [item("a", "completed"), item("b")] }),
    ],
    "● a\n○ b\n1 of 2 done",
  ],
  [
    "one that was refused is not",
    [...ended("1", "todo", { items: [item("old")] }), ...ended("2", "todo", { items: [item(" ")] }, true)],
    "○ old\n0 of 1 done",
  ],
  [
    "nor is the input of another tool, whatever it looks like",
    [...ended("1", "todo", { items: [item("old")] }), ...ended("2", "other", { items: [item("not mine")] })],
    "○ old\n0 of 1 done",
  ],
  [
    "nor one whose call was under way when the program ended",
    [
      ...ended("1", "todo", { items: [item("old")] }),
      ...ended("2", "todo", { items: [item("lost")] }).slice(0, 1),
      ...ended("3", "bash", { command: "ls" }),
    ],
    "○ old\n0 of 1 done",
  ],
  ["nor an input that is no plan", ended("1", "todo", { items: "all" }), "No plan yet."],
])("%s", async (_, history, shown) => {
  expect(await planAfter(history)).toBe(shown);
});

test("a round counts, too, when a text of the harness stands beside its results", async () => {
  const session = newSession();
  const extension = todo();
  session.restore("id", ended("1", "todo", { items: [item("a")] }));
  await extension.start?.(session, undefined as never);
  const injected: string[] = [];
  session.on((event) => event.type === "injected" && injected.push(event.text));
  // Taking up the plan is the update; three rounds without one follow.
  for (let round = 0; round < 4; round++) {
    const id = `toolu_${round}`;
    session.append({ role: "assistant", content: [{ type: "tool_use", id, name: "bash", input: {} }] });
    session.addResults([{ type: "tool_result", tool_use_id: id, content: "x" }]);
    session.inject("<note>beside the results</note>");
    await extension.beforeModel?.(session);
  }
  expect(injected.filter((text) => text.startsWith("<reminder>"))).toEqual([
    expect.stringContaining("○ a\n0 of 1 done"),
  ]);
});
