import { call, say, script } from "@course/offline-model/test";
import { openSession, offeredTools } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";

test("offers the base tools and four for tasks", () => {
  expect(offeredTools(createAgent)).toEqual([
    "bash",
    "read_file",
    "write_file",
    "edit_file",
    "task_create",
    "task_update",
    "task_list",
    "task_get",
  ]);
});

test("completing a task unblocks those that wait for it", async () => {
  const model = script(
    [
      call("task_create", { subject: "test" }),
      call("task_create", { subject: "ship", blocked_by: [1] }),
      call("task_list"),
    ],
    [call("task_update", { id: 1, status: "completed" }), call("task_list"), call("task_get", { id: 2 })],
    call("task_update", { id: 1, add_blocked_by: [2] }),
    call("task_update", { id: 1, status: "done" }),
    say("done"),
  );
  const open = await openSession(createAgent, model);
  await open.run("go");
  const results = open.results();
  expect(results[2]).toBe("○ #1 test\n○ #2 ship (waits for #1)");
  expect(results[4]).toBe("● #1 test\n○ #2 ship");
  expect(JSON.parse(results[5] ?? "")).toMatchObject({ id: 2, blockedBy: [1] });
  expect(results[6]).toMatch(/cycle/);
  expect(results[7]).toMatch(/Invalid input for task_update\. status: /);
  expect(await open.agent.extensions[0]?.commands?.["tasks"]?.run("", open.session)).toMatch(
    /^┌── ● #1 test\n└─► ○ #2 ship \(ready\)\n/,
  );
  await open.close();
});

test("a title, or an id that is not there yet, is refused, and the error says to create first and link then", async () => {
  const model = script(
    [
      call("task_create", { subject: "ship", blocked_by: ["test"] }),
      call("task_create", { subject: "ship", blocked_by: "test" }),
      call("task_create", { subject: "ship", blocked_by: [1] }),
      call("task_create", { subject: "ship", blocked_by: [2] }),
      call("task_list"),
    ],
    say("done"),
  );
  const open = await openSession(createAgent, model);
  await open.run("go");
  const results = open.results();
  for (const result of results.slice(0, 4))
    expect(result).toMatch(/create the tasks first, then link them with task_update and add_blocked_by/);
  expect(results[2]).toMatch(/^There is no task 1\. There are: none\./);
  expect(results[4]).toBe("No tasks.");
  await open.close();
});

test.each([
  [0, true],
  [1, false],
  [500, false],
  [501, true],
])("a subject of %i characters is refused: %j", async (length, isRefused) => {
  const model = script(call("task_create", { subject: "x".repeat(length) }), say("done"));
  const open = await openSession(createAgent, model);
  await open.run("go");
  await open.close();
  const [result] = open.events.flatMap((event) => (event.type === "tool_ended" ? [event.result] : []));
  expect(result?.isError ?? false).toBe(isRefused);
});
