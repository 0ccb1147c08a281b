// What the trace holds of a background task.
import { call, say, script } from "@course/offline-model/test";
import { openSession } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";

test("a trace tells of each task when it began, and how it ended, once each", async () => {
  const model = script(
    [call("background_run", { command: "true" }), call("background_run", { command: "exit 3" })],
    say("started"),
    say("both ended"),
    say("nothing more"),
  );
  const { runUntilIdle, events, close } = await openSession(createAgent, model);
  await runUntilIdle("start two");
  await close();
  const told = events.flatMap((event) =>
    event.type === "extension" && event.kind === "task" ? [event.detail] : [],
  );
  const of = (id: string) => told.filter((detail) => detail["id"] === id);
  expect(of("bg_1").map(({ status }) => status)).toEqual(["running", "completed"]);
  expect(of("bg_2")).toMatchObject([
    { command: "exit 3", status: "running", startedAt: expect.any(String) as string },
    { command: "exit 3", status: "failed" },
  ]);
});
