import { call, say, script, type Turn } from "@course/offline-model/test";
import { ToolError, toolsOf } from "@course/runtime";
import { openSession, offeredTools } from "@course/runtime/testing";
import { TodoList, type TodoItem } from "@course/s03-todo";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";

const item = (content: string, status: TodoItem["status"] = "pending"): TodoItem => ({ content, status });
const todo = (...items: unknown[]) => call("todo", { items });
const work = () => call("bash", { command: "true" });

/** Which of the requests, counted from 1, end in a reminder. */
async function remindersIn(...turns: Turn[]): Promise<number[]> {
  const model = script(...turns, say("done"));
  const open = await openSession(createAgent, model);
  await open.run("go");
  await open.close();
  return model.requests.flatMap(({ messages }, index) =>
    JSON.stringify(messages.at(-1)).includes("<reminder>") ? [index + 1] : [],
  );
}

test("offers the base tools and todo", () => {
  expect(offeredTools(createAgent)).toEqual(["bash", "read_file", "write_file", "edit_file", "todo"]);
});

test("the plan is the harness's own: to write it needs no permission (s07)", async () => {
  const open = await openSession(createAgent, script());
  expect(toolsOf(open.agent).flatMap(({ name, harness }) => (harness ? [name] : []))).toEqual(["todo"]);
  await open.close();
});

test("with open items, one reminder comes after three rounds without an update, and another after three more", async () => {
  const turns = [todo(item("a")), ...Array.from({ length: 7 }, work)];
  // Request 2 follows the update; rounds 1, 2 and 3 without one precede request 5.
  expect(await remindersIn(...turns), "requests that end in a reminder").toEqual([5, 8]);
});

test("an update begins the count anew, also beside other calls", async () => {
  expect(
    await remindersIn(todo(item("a")), work(), work(), [work(), todo(item("a"))], work(), work(), work()),
  ).toEqual([8]);
});

test("no reminder without a plan, or when all is completed", async () => {
  expect(await remindersIn(work(), work(), work(), work())).toEqual([]);
  expect(await remindersIn(todo(item("a", "completed")), work(), work(), work(), work())).toEqual([]);
});

test("a new prompt is not a round of tools", async () => {
  const model = script(todo(item("a")), say("1"), say("2"), say("3"), say("4"));
  const open = await openSession(createAgent, model);
  for (const prompt of ["a", "b", "c", "d"]) await open.run(prompt);
  model.assertDone();
  expect(open.events.filter(({ type }) => type === "injected")).toEqual([]);
  await open.close();
});

test.each([
  [
    "two in progress",
    [item("a", "in_progress"), item("b", "in_progress")],
    /Only one item may be in_progress, not "a" and "b"/,
  ],
  ["21 items", Array.from({ length: 21 }, (_, index) => item(String(index))), /21 items; at most 20/],
  ["an empty content", [item("a"), item(" ")], /Item 2 has no content/],
  ["an unknown status", [{ content: "a", status: "done" }], /items\.0\.status/],
])("a list with %s is refused whole, and the old one stays", async (_, items, message) => {
  const model = script(todo(item("old")), todo(...items), say("done"));
  const open = await openSession(createAgent, model);
  await open.run("go");
  expect(open.results()[1]).toMatch(message);
  const shown = await open.agent.extensions[0]?.commands?.["todo"]?.run("", open.session);
  expect(shown, "what /todo shows after a list was refused").toBe("○ old\n0 of 1 done");
  await open.close();
});

test("the terminal is shown the list when it changes", async () => {
  const model = script(
    todo({ content: "Run the tests", status: "in_progress", activeForm: "Running the tests" }),
    say("done"),
  );
  const open = await openSession(createAgent, model);
  await open.run("go");
  expect(open.events).toContainEqual(
    expect.objectContaining({ type: "display", text: "◐ Running the tests\n0 of 1 done" }),
  );
  await open.close();
});

test("/clear forgets the plan, too: nothing reminds of it", async () => {
  const model = script(todo(item("old")), say("1"), work(), work(), work(), work(), say("2"));
  const open = await openSession(createAgent, model);
  await open.run("plan");
  open.session.clear();
  await open.run("something else");
  model.assertDone();
  expect(JSON.stringify(model.requests)).not.toContain("<reminder>");
  await open.close();
});

test("twenty items fit", () => {
  const list = new TodoList();
  list.replace(Array.from({ length: 20 }, (_, index) => item(String(index))));
  expect(list.items).toHaveLength(20);
});

test.each<[string, TodoItem[], RegExp]>([
  ["two steps in progress", [item("a", "in_progress"), item("b", "in_progress")], /not "a" and "b"/],
  ["21 steps", Array.from({ length: 21 }, (_, index) => item(String(index))), /21 items; at most 20/],
  ["an empty step", [item("a"), item(" ")], /Item 2 has no content/],
])("a list with %s throws a ToolError, and the one before it is kept", (_, items, message) => {
  const list = new TodoList();
  list.replace([item("old")]);
  let thrown: unknown;
  try {
    list.replace(items);
  } catch (error) {
    thrown = error;
  }
  expect(String(thrown), "what the bad list throws").toMatch(message);
  expect(thrown, "what the bad list throws").toBeInstanceOf(ToolError);
  expect(list.items, "the list, after a bad one").toEqual([item("old")]);
});

test("rounds without an update are counted, and the third and the sixth call for a reminder", () => {
  const list = new TodoList();
  list.replace([item("a"), item("b", "completed")]);
  const calls = Array.from({ length: 8 }, () => list.endRound());
  const third = [false, false, true];
  // The update itself is the first round.
  expect(calls, "whether each round calls for a reminder").toEqual([false, ...third, ...third, false]);
});

test("a finished plan calls for no reminder, however many rounds go by", () => {
  const list = new TodoList();
  list.replace([item("a", "completed")]);
  const calls = Array.from({ length: 8 }, () => list.endRound());
  expect(calls, "whether each round calls for a reminder").not.toContain(true);
});
