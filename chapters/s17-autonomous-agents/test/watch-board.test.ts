// Hearing of the board, and what of it reaches the lead's agent.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say } from "@course/offline-model/test";
import { defineAgent, Workspace, type Tool } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { agentTeams, teamOf } from "@course/s15-agent-teams";
import { autonomousAgents } from "@course/s17-autonomous-agents";
import { expect, onTestFinished, test, vi } from "vitest";
import { watchBoard } from "../src/watch-board.ts";
import { create, open } from "./open-board.ts";

test.each([false, true])(
  "changes are told at once, and gathered for one look; folder there already: %s",
  async (isThere) => {
    const root = temporaryFolder();
    if (isThere) mkdirSync(join(root, ".tasks"));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    let [news, looks] = [0, 0];
    const end = watchBoard(
      new Workspace(root),
      () => (news += 1),
      () => (looks += 1),
    );
    const change = async (id: number) => {
      news = 0;
      writeFileSync(join(root, `.tasks/task_${id}.json`), "{}");
      await expect.poll(() => news, { timeout: 20_000 }).toBeGreaterThan(0);
    };
    await change(1);
    await change(2);
    expect(looks).toBe(0);
    vi.advanceTimersByTime(500);
    expect(looks).toBe(1);
    await change(3);
    vi.advanceTimersByTime(500);
    expect(looks).toBe(2);
    vi.advanceTimersByTime(1_000);
    expect(looks, "two seconds after the beginning there is a look besides").toBe(3);
    await change(4);
    end();
    vi.advanceTimersByTime(10_000);
    expect(looks).toBe(3);
  },
);

test("a teammate may be idle for a minute, or as long as it is said", async () => {
  const idleMs = async (...seconds: [] | [number]) => {
    const workspace = new Workspace(temporaryFolder());
    const added = autonomousAgents(workspace, ...seconds);
    const agent = defineAgent({
      name: "test",
      instructions: "",
      tools: [],
      extensions: [agentTeams(workspace), added],
    });
    const { session } = await open({});
    await added.start?.(session, agent);
    await added.stop?.();
    return teamOf(agent).addOns.map((addOn) => addOn.idleMs);
  };
  expect([await idleMs(), await idleMs(5)]).toEqual([[60_000], [5_000]]);
});

test("a file that is no task is told once, however often the board is looked at, and another besides", async () => {
  const { workspace, run, notices } = await open({
    lead: [
      create("one"),
      call("claim_task"),
      call("claim_task"),
      say("done"),
      call("claim_task"),
      say("done"),
    ],
  });
  const spoil = (id: number) => writeFileSync(join(workspace.root, `.tasks/task_${id}.json`), "{");
  const spoiled = () => new Set(notices().flatMap((notice) => /task_\d\.json/.exec(notice) ?? []));
  mkdirSync(join(workspace.root, ".tasks"), { recursive: true });
  spoil(7);
  await run("claim");
  const told = notices();
  expect([told.length, spoiled()]).toEqual([new Set(told).size, new Set(["task_7.json"])]);
  spoil(8);
  await run("claim again");
  expect(notices().length).toBe(new Set(notices()).size);
  expect(spoiled()).toEqual(new Set(["task_7.json", "task_8.json"]));
});

test("a task whose program is gone is told of when it is found", async () => {
  const { workspace, run, notices, task } = await open({
    lead: [create("one"), say("created"), call("claim_task", { task_id: 1 }), say("done")],
  });
  await run("create");
  const claimed = { ...task(1), status: "in_progress", owner: "ada", claim: { pid: 999_999_999 } };
  writeFileSync(join(workspace.root, ".tasks/task_1.json"), JSON.stringify(claimed));
  await run("claim");
  expect(notices()).toEqual(["#1 one: the program of ada is gone, so it is free again."]);
  expect(task(1)).toMatchObject({ status: "in_progress", owner: "lead" });
});

test("claim_task touches the harness alone; a number that is none is refused, and what is stopped meanwhile claims nothing", async () => {
  const { agent, run, task } = await open({ lead: [create("one"), say("created")] });
  await run("create");
  const own = agent.extensions.find(({ name }) => name === "autonomous-agents");
  const tools = typeof own?.tools === "function" ? own.tools() : (own?.tools ?? []);
  expect(tools.map(({ name, harness }) => [name, harness])).toEqual([["claim_task", true]]);
  const claim = async (input: object, signal: AbortSignal) =>
    tools[0]?.run(input, { signal } as Parameters<Tool["run"]>[1]);
  const { signal } = new AbortController();
  await expect(claim({ task_id: 0 }, signal)).rejects.toThrow("Invalid input for claim_task. task_id: ");
  await claim({}, AbortSignal.abort());
  expect(task(1)).toMatchObject({ status: "pending", owner: "" });
  await claim({}, signal);
  expect(task(1)).toMatchObject({ status: "in_progress", owner: "lead" });
});
