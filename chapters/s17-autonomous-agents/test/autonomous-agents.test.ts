// Teammates that take tasks by themselves, and what becomes of a task that is not done.
import { call, say, type MessageRequest, type Turn } from "@course/offline-model/test";
import { offeredTools } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";
import { complete, create, open, spawn } from "./open-board.ts";

test("offers the base tools, three for a team, four for tasks, and claim_task", () => {
  expect(offeredTools(createAgent).slice(4)).toEqual([
    "spawn_teammate",
    "list_teammates",
    "send_message",
    "task_create",
    "task_update",
    "task_list",
    "task_get",
    "claim_task",
  ]);
});

test("an idle teammate takes a task by itself, and another when that is done", async () => {
  const { runUntilIdle, injectedInto, task } = await open({
    lead: [create("one"), create("two"), spawn("ada"), say("started")],
    ada: [say("looked"), complete(1), say("done"), complete(2), say("done")],
  });
  await runUntilIdle("go");
  expect(injectedInto("ada")).toEqual([
    expect.stringMatching(/^<claimed-task id="1">\none\n\nIt is yours now/),
    expect.stringMatching(/^<claimed-task id="2">\ntwo/),
  ]);
  expect(task(2)).toMatchObject({ status: "completed", owner: "ada" });
});

test("two share a board, and none does what the other has", async () => {
  const work = (request: MessageRequest) => {
    const id = Number(
      /claimed-task id=\\"(\d+)\\"(?![\s\S]*claimed-task id)/.exec(JSON.stringify(request.messages))?.[1],
    );
    return id > 0 && !JSON.stringify(request.messages.at(-1)).includes("tool_result")
      ? complete(id)
      : say("done");
  };
  const { runUntilIdle, task } = await open({
    lead: [[1, 2, 3, 4, 5, 6].map((id) => create(`t${id}`)), [spawn("ada"), spawn("bob")], say("started")],
    ada: Array<Turn>(20).fill(work),
    bob: Array<Turn>(20).fill(work),
  });
  await runUntilIdle("go");
  const owners = [1, 2, 3, 4, 5, 6].map((id) => {
    expect(task(id)["status"]).toBe("completed");
    return task(id)["owner"];
  });
  expect(new Set(owners)).toEqual(new Set(["ada", "bob"]));
});

test("one that ends its turn with its task in progress goes on with it, and gives it up after three times", async () => {
  const { runUntilIdle, injectedInto, task, mail } = await open({
    lead: [create("hard"), spawn("ada"), say("started")],
    ada: [say("looked"), say("hm"), say("hm"), say("hm"), say("never asked")],
  });
  await runUntilIdle("go");
  expect(injectedInto("ada")).toHaveLength(3);
  expect(injectedInto("ada")[1]).toMatch(/It is still yours, and in progress: go on with it/);
  expect(task(1)).toMatchObject({ status: "pending", owner: "" });
  expect(mail()).toMatch(/I left task 1 \(hard\) unfinished 3 times/);
});

test("one that asks in the middle of its task waits for the answer, and then goes on", async () => {
  const { runUntilIdle, injectedInto, task } = await open({
    lead: [
      create("one"),
      spawn("ada"),
      say("started"),
      call("send_message", { to: "ada", content: "the second way" }),
      say("answered"),
    ],
    ada: [
      say("looked"),
      call("send_message", { to: "lead", content: "which way?" }),
      say("I wait"),
      complete(1),
      say("done"),
    ],
  });
  await runUntilIdle("go");
  expect(injectedInto("ada")).toEqual([
    expect.stringContaining("claimed-task"),
    expect.stringContaining("the second way"),
  ]);
  expect(task(1)["status"]).toBe("completed");
});

test("a task that is put back is for somebody else, and not handed back", async () => {
  const { runUntilIdle, injectedInto, task } = await open({
    lead: [create("hard"), create("easy"), spawn("ada"), say("started")],
    ada: [
      say("looked"),
      call("task_update", { id: 1, status: "pending", owner: "" }),
      say("not for me"),
      complete(2),
      say("done"),
    ],
  });
  await runUntilIdle("go");
  expect(injectedInto("ada").map((text) => /id="(\d)"/.exec(text)?.[1])).toEqual(["1", "2"]);
  expect(task(1)).toMatchObject({ status: "pending", owner: "" });
  expect(task(2)["status"]).toBe("completed");
});

test("a teammate that is stopped leaves its task to the others, and the board says so", async () => {
  const { run, command, task, notices } = await open({
    lead: [create("one"), spawn("ada"), say("started")],
    ada: [say("looked"), call("bash", { command: "sleep 60" })],
  });
  await run("go");
  await expect.poll(() => task(1)["owner"], { timeout: 10_000 }).toBe("ada");
  await command("team", "stop ada");
  await expect.poll(() => task(1)["status"]).toBe("pending");
  expect(notices().join()).toMatch(/#1 one: ada is stopped, so it is free again/);
});

test("after a summary a teammate is told who it is and what it works on", async () => {
  const long = "x".repeat(60_000);
  const { runUntilIdle, requestsOf } = await open({
    lead: [create("one"), spawn("ada"), say("started")],
    ada: [
      say("looked"),
      call("bash", { command: `echo ${long.slice(0, 20_000)}` }),
      call("compact", {}),
      // The summary is asked for in a conversation beside it, under the same prompt.
      say("I have looked, and task 1 is begun."),
      complete(1),
      say("done"),
    ],
  });
  await runUntilIdle("go");
  const last = JSON.stringify(requestsOf("ada").at(-1)?.messages);
  expect(last).toContain(
    "<identity>\\nYou are ada, a teammate. Your role: helper.\\nYou work on task 1: one\\n</identity>",
  );
});
