// What the tools of the protocols answer, and what becomes of requests when the program ends.
import { call, say } from "@course/offline-model/test";
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { teamProtocols } from "../src/team-protocols.ts";
import { open, review, spawn } from "./open-team.ts";

test("each tool says which request it made or answered, and what came of it", async () => {
  const { runUntilIdle, results, resultsOf } = await open({
    lead: [
      [spawn("ada", true), call("list_requests")],
      say("started"),
      [review("req_1", true), call("list_requests"), call("request_shutdown", { teammate: "ada" })],
      say("asked"),
      say("told"),
    ],
    ada: [
      call("submit_plan", { plan: "write a.txt" }),
      say("waiting"),
      call("respond_shutdown", { request_id: "req_2", approve: false, reason: "not done" }),
      say("on"),
    ],
  });
  await runUntilIdle("go");
  expect(results().slice(1)).toEqual([
    "No requests.",
    "req_1 is approved; ada is told.",
    "✓ req_1 plan ada → lead approved: write a.txt",
    "req_2: ada is asked to stop.",
  ]);
  expect(resultsOf("ada")).toEqual(["req_1 is submitted.", "req_2 is rejected; the lead is told."]);
});

test("what nobody has answered when the program ends has expired", async () => {
  const folder = temporaryFolder();
  const { runUntilIdle, close, records } = await open(
    {
      lead: [spawn("ada", true), say("started"), say("I will see")],
      ada: [call("submit_plan", { plan: "x" }), say("waiting")],
    },
    folder,
  );
  await runUntilIdle("go");
  expect(records()).toMatchObject([{ status: "pending" }]);
  await close();
  expect(records()).toMatchObject([{ status: "expired", settledAt: expect.any(String) }]);
});

test("without a team the tools say so, and the program can end", async () => {
  const extension = teamProtocols(new Workspace(temporaryFolder()));
  const tools = typeof extension.tools === "function" ? extension.tools() : extension.tools;
  const context = {} as Parameters<NonNullable<typeof tools>[number]["run"]>[1];
  await expect(tools?.[0]?.run({ teammate: "ada" }, context)).rejects.toThrow(
    "The team has not been started.",
  );
  await extension.stop?.();
});
