// A claim says what is so, whoever changes the task by hand: task_update is the board's update.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startMark, Workspace, type Tool } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { TaskBoard } from "@course/s12-task-system";
import { ClaimDesk, keepClaim } from "@course/s17-autonomous-agents";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";

const GONE = { pid: 999_999_999 };
const OTHER = { pid: process.ppid, mark: startMark(process.ppid) };
const HERE = { pid: process.pid, mark: startMark(process.pid) };

/** A board with one task, and a desk that notes what it releases. */
async function open() {
  const root = temporaryFolder();
  const board = new TaskBoard(new Workspace(root), { beforeUpdate: keepClaim });
  const released: string[] = [];
  const desk = new ClaimDesk(board, ({ id }, owner) => released.push(`${id} ${owner}`));
  await board.create("one");
  const file = join(root, ".tasks/task_1.json");
  const edit = (more: object) => {
    const task = JSON.parse(readFileSync(file, "utf8")) as object;
    writeFileSync(file, JSON.stringify({ ...task, ...more }));
  };
  return { root, board, desk, released, edit, claim: async () => (await board.get(1))["claim"] };
}

test.each([{ status: "pending", owner: "" }, { status: "completed" }] as const)(
  "a task that is set to %j has no claim, and one who takes it up again keeps it",
  async (end) => {
    const { board, desk, released, edit, claim } = await open();
    await desk.claim("ada");
    edit({ claim: GONE });
    await board.update(1, end);
    expect(await claim()).toBeUndefined();
    await board.update(1, { status: "in_progress", owner: "lead" });
    expect(await claim()).toEqual(HERE);
    expect((await desk.free())("ada")).toEqual([]);
    expect(await desk.claim("ada")).toBeUndefined();
    expect(released, "taken from the lead, who works on it").toEqual([]);
  },
);

test("what somebody takes up whose program is gone is not released any more, and a word on it takes nothing up", async () => {
  const { board, desk, edit, claim } = await open();
  await board.update(1, { status: "in_progress", owner: "lead" });
  edit({ claim: GONE });
  await board.update(1, { description: "in a.js" });
  expect(await claim()).toEqual(GONE);
  await board.update(1, { status: "in_progress", owner: "lead" });
  expect(await claim()).toEqual(HERE);
  expect(await desk.claim("ada")).toBeUndefined();
});

test("what is given to somebody else is theirs in this program", async () => {
  const { board, desk, edit, claim } = await open();
  await board.update(1, { status: "in_progress", owner: "ada" });
  edit({ claim: OTHER });
  await board.update(1, { status: "in_progress" });
  expect(await claim(), "nothing has changed hands").toEqual(OTHER);
  await board.update(1, { owner: "bob" });
  expect(await desk.claim("bob")).toMatchObject({ task: { id: 1, claim: HERE }, isResumed: true });
});

test("a task in progress without a claim is nobody's here, until somebody takes it up", async () => {
  const { board, desk, released, edit } = await open();
  edit({ status: "in_progress", owner: "lead" });
  expect(await desk.claim("lead"), "it may be another program's lead that works on it").toBeUndefined();
  expect(await desk.release("lead")).toEqual([]);
  expect(await board.get(1)).not.toHaveProperty("claim");
  await board.update(1, { status: "in_progress" });
  expect(await desk.claim("lead")).toMatchObject({ task: { id: 1 }, isResumed: true });
  expect(released).toEqual([]);
});

test("the lead's task_update keeps the claim, too", async () => {
  const { root, claim } = await open();
  const tools = createAgent(new Workspace(root)).extensions.flatMap(({ tools = [] }) =>
    typeof tools === "function" ? tools() : tools,
  );
  const context = { signal: new AbortController().signal } as Parameters<Tool["run"]>[1];
  const update = tools.find(({ name }) => name === "task_update");
  await update?.run({ id: 1, status: "in_progress", owner: "lead" }, context);
  expect(await claim()).toEqual(HERE);
});
