// Teammates with nothing to do: what wakes them, and when their time is over.
import { ApiError, call, say } from "@course/offline-model/test";
import { autonomyFlags, idleSeconds } from "@course/s17-autonomous-agents";
import { expect, test } from "vitest";
import { complete, create, open, spawn } from "./open-board.ts";

test("one that rests is woken by a task that becomes free", async () => {
  const { run, runUntilIdle, task, requestsOf } = await open({
    lead: [spawn("ada"), say("started"), say("told"), create("late"), say("created")],
    ada: [say("looked"), complete(1), say("done")],
  });
  await runUntilIdle("go");
  expect(requestsOf("ada")).toHaveLength(1);
  await run("add a task");
  await expect.poll(() => task(1)["status"], { timeout: 10_000 }).toBe("completed");
});

test("-p does not end while one that rests is about to take a task", async () => {
  const { runUntilIdle, task } = await open({
    lead: [spawn("ada"), say("started"), say("told"), create("late"), say("created")],
    ada: [say("looked"), complete(1), say("done")],
  });
  await runUntilIdle("go");
  await runUntilIdle("add a task");
  expect(task(1)["status"]).toBe("completed");
});

test("after a failed call nothing is taken until mail comes: it would fail again", async () => {
  const { runUntilIdle, requestsOf, mail } = await open({
    lead: [create("one"), create("two"), spawn("ada"), say("started")],
    ada: [
      say("looked"),
      () => {
        throw new ApiError(401, "invalid x-api-key");
      },
    ],
  });
  await runUntilIdle("go");
  expect(requestsOf("ada")).toHaveLength(2);
  expect(mail()).toMatch(/<failed teammate="ada">/);
});

test("idle costs no model call, and ends when its time is over, said so", async () => {
  const { run, runUntilIdle, requestsOf, command, mail } = await open(
    { lead: [spawn("ada"), say("started"), say("told"), say("told")], ada: [say("looked")] },
    2,
  );
  await run("go");
  await expect
    .poll(() => command("team"), { timeout: 10_000 })
    .toMatch(/stopped: it had nothing to do for 2 s/);
  expect(requestsOf("ada")).toHaveLength(1);
  await runUntilIdle();
  expect(mail()).toMatch(/<stopped teammate="ada">\nit had nothing to do for 2 s\n<\/stopped>/);
});

test("mail counts as something to do: it begins the time anew", async () => {
  const { run, requestsOf, command } = await open(
    {
      lead: [spawn("ada"), say("started"), call("send_message", { to: "ada", content: "hi" }), say("sent")],
      ada: [say("a"), say("b")],
    },
    3,
  );
  await run("go");
  await expect.poll(() => command("team"), { timeout: 10_000 }).toMatch(/ idle/);
  await run("write to her");
  await expect.poll(() => requestsOf("ada").length, { timeout: 10_000 }).toBe(2);
  expect(await command("team")).not.toMatch(/nothing to do/);
});

test("the idle time is a minute, or what the flag says; what is no number of seconds is one clear line", () => {
  expect([
    idleSeconds({}),
    idleSeconds({ "idle-seconds": "1" }),
    idleSeconds({ "idle-seconds": "99999" }),
  ]).toEqual([60, 1, 99_999]);
  expect(autonomyFlags["idle-seconds"]).toMatchObject({
    value: "N",
    description: expect.stringMatching(/default 60$/),
  });
  for (const seconds of ["soon", "0", "1.5", "-1", "100000", ""])
    expect(() => idleSeconds({ "idle-seconds": seconds })).toThrow(
      `--idle-seconds ${seconds}: expected a whole number from 1 to 99999.`,
    );
});
