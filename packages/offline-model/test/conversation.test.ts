// What the offline model says of results that arrive under another request, and of plans.
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Driver } from "./drive.ts";
import { ended, startWithBoard } from "./driver-with-board.ts";

let agent: Driver;
let boards: string[];
beforeEach(async () => {
  boards = [];
  agent = await startWithBoard(boards);
});
afterEach(() => agent.close());

test("a result that comes with a new prompt is told under the request that it belongs to", async () => {
  await agent.ask("Run `sleep 2; echo slow` in the background");
  agent.push("user", [ended("bg_1", "sleep 2; echo slow", "slow")]);
  const said = await agent.ask("Run pwd");
  expect(said).toBe(
    `pwd:\n${agent.folder}\n\nFrom your request "Run \`sleep 2; echo slow\` in the background":\nbg_1 completed: sleep 2; echo slow -> slow`,
  );
  expect(await agent.ask("Run pwd")).not.toContain("bg_1");
  expect(await agent.ask("What did sleep 2 print?")).toBe("bg_1 completed: sleep 2; echo slow -> slow");
});

test("a result that wakes an idle model needs no heading, and one that no request is known for says so", async () => {
  await agent.ask("Run `sleep 2` in the background");
  agent.push("user", [ended("bg_1", "sleep 2", "done")]);
  const woken = await agent.send();
  expect(woken.content.at(-1)).toMatchObject({ text: "bg_1 completed: sleep 2 -> done" });
  agent.push("user", [ended("bg_old", "make", "", "interrupted")]);
  const again = await agent.send();
  expect(again.content.at(-1)).toMatchObject({ text: "From earlier:\nbg_old interrupted: make" });
});

test("of several commands those that ended early are told at once, and the others later", async () => {
  const { write_file } = agent.tools;
  agent.tools["write_file"] = (input) => write_file?.(input) ?? "";
  const push = agent.push.bind(agent);
  agent.push = (role, content) => {
    const wasWritten = content.some(
      (block) => block.type === "tool_result" && JSON.stringify(block.content).startsWith('"Wrote'),
    );
    push(role, wasWritten ? [...content, ended("bg_1", "a", "A")] : content);
  };
  const said = await agent.ask("Run `a` and `b` in the background, and create notes/plan.md meanwhile");
  expect(said).toBe(
    "2 commands started. notes/plan.md is written. 1 ended already; I will tell you what the others print.\nbg_1 completed: a -> A",
  );
});

test("a result that was noted in a run that the user interrupted is told later", async () => {
  await agent.ask("Run `a` in the background");
  agent.push("user", [{ type: "text", text: "Run sleep 60" }]);
  const [, call] = (await agent.send()).content;
  if (call?.type !== "tool_use") throw new Error("expected a call");
  const result = {
    type: "tool_result" as const,
    tool_use_id: call.id,
    content: "Interrupted by the user.",
    is_error: true,
  };
  agent.push("user", [result, ended("bg_1", "a", "A")]);
  expect(await agent.ask("Run pwd")).toMatch(
    /pwd:[\s\S]*From your request "Run `a` in the background":\nbg_1 completed/,
  );
});

test("a plan keeps every dependency", async () => {
  await agent.ask(
    "Plan these tasks: build, test, publish; test waits for build; publishing waits for the others",
  );
  expect(boards).toEqual([
    "create Build",
    "create Test",
    "create Publish",
    'update {"id":2,"add_blocked_by":[1]}',
    'update {"id":3,"add_blocked_by":[1,2]}',
  ]);
});

test.each([
  "Plan these tasks: build, test, publish; publish waits for the review",
  "Plan these tasks: build, publish after lunch",
  "Plan these tasks: build, test; build waits for test; test waits for build",
  "Plan these tasks: build, test, publish; whatever seems best",
])("a plan with a dependency that it cannot keep is refused whole: %s", async (prompt) => {
  expect(await agent.ask(prompt)).toContain("so I created nothing");
  expect(boards).toEqual([]);
});

test("a plan of which the board refuses a part is taken back", async () => {
  agent.tools["task_update"] = (input) => {
    boards.push(`update ${JSON.stringify(input)}`);
    if ("add_blocked_by" in input) throw new Error("The board is locked.");
    return "{}";
  };
  expect(await agent.ask("Plan these tasks: build, test; test waits for build")).toBe(
    "That did not work, so I deleted what I had created: The board is locked.",
  );
  expect(boards.slice(-2)).toEqual([
    'update {"id":2,"status":"deleted"}',
    'update {"id":1,"status":"deleted"}',
  ]);
});
