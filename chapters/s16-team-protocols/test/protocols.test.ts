// Plans that wait for the lead's approval, and who may answer a request.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { call, say } from "@course/offline-model/test";
import { offeredTools } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";
import { open, review, spawn } from "./open-team.ts";

const write = call("write_file", { file_path: "a.txt", content: "hi" });
const submit = (plan: string) => call("submit_plan", { plan });

test("offers the tools of s15 and three for requests", () => {
  expect(offeredTools(createAgent).slice(7)).toEqual(["request_shutdown", "review_plan", "list_requests"]);
});

test("who must plan first has no tool that writes, and has them all after the approval", async () => {
  const { runUntilIdle, workspace, toolsOffered, resultsOf, records, left } = await open({
    lead: [spawn("ada", true), say("started"), review("req_1", true), say("approved"), say("heard")],
    ada: [
      write,
      call("bash", { command: "echo hi > a.txt" }),
      call("bash", { command: "ls" }),
      submit("write a.txt"),
      say("waiting"),
      write,
      say("done"),
    ],
  });
  await runUntilIdle("go");
  const offered = toolsOffered("ada");
  for (const tools of offered.slice(0, 5)) {
    expect(tools, "offered to ada before anybody approved her plan").not.toContain("write_file");
    expect(tools).not.toContain("edit_file");
  }
  expect(offered.at(-1)).toEqual(expect.arrayContaining(["bash", "write_file", "edit_file", "submit_plan"]));
  const [written, shell, listed] = resultsOf("ada");
  expect(written).toMatch(/There is no tool "write_file"/);
  expect(shell).toMatch(/Until your plan is approved/);
  expect(listed).not.toMatch(/Until/);
  expect(readFileSync(join(workspace.root, "a.txt"), "utf8")).toBe("hi");
  expect(records()).toMatchObject([
    { id: "req_1", kind: "plan", from: "ada", to: "lead", status: "approved" },
  ]);
  expect(left()).not.toHaveProperty("ada");
});

test("a plan that is too long for a message is refused, and another can be submitted", async () => {
  const { runUntilIdle, resultsOf, records } = await open({
    lead: [spawn("ada", true), say("started"), say("told")],
    ada: [submit("x".repeat(15_001)), submit("short"), say("waiting")],
  });
  await runUntilIdle("go");
  expect(resultsOf("ada")[0]).toMatch(/Invalid input for submit_plan. plan: /);
  expect(records()).toMatchObject([{ id: "req_1", payload: "short", status: "pending" }]);
});

test("a rejected plan is revised and submitted anew; until then nothing is written", async () => {
  const { runUntilIdle, records, requestsOf, workspace } = await open({
    lead: [
      spawn("ada", true),
      say("started"),
      review("req_1", false, "only a.txt"),
      say("no"),
      review("req_2", true),
      say("yes"),
      say("heard"),
    ],
    ada: [
      submit("write everything"),
      say("waiting"),
      write,
      submit("write a.txt"),
      say("waiting"),
      write,
      say("done"),
    ],
  });
  await runUntilIdle("go");
  expect(records()).toMatchObject([
    { id: "req_1", status: "rejected", reason: "only a.txt" },
    { id: "req_2", status: "approved", payload: "write a.txt" },
  ]);
  expect(JSON.stringify(requestsOf("ada").at(-1)?.messages)).toContain("rejected: only a.txt");
  expect(JSON.stringify(requestsOf("ada").at(-1)?.messages)).toContain('There is no tool \\"write_file\\"');
  expect(readFileSync(join(workspace.root, "a.txt"), "utf8")).toBe("hi");
});

test("after the approval no thought goes back that is bound to the tools that were", async () => {
  const { runUntilIdle, requestsOf } = await open({
    lead: [spawn("ada", true), say("started"), review("req_1", true), say("yes")],
    ada: [submit("write a.txt"), say("waiting"), write, say("done")],
  });
  await runUntilIdle("go");
  const thoughts = requestsOf("ada").map(
    ({ messages }) => JSON.stringify(messages).match(/"type":"thinking"/g)?.length ?? 0,
  );
  // The model refuses a thought that is bound to another prefix; that it answered says that none was sent.
  expect(thoughts).toEqual([0, 1, 0, 1]);
});

test("a plan is answered once, by the lead, and an answer that comes too late changes nothing", async () => {
  const { run, runUntilIdle, results, records } = await open({
    lead: [
      spawn("ada", true),
      say("started"),
      review("req_1", false),
      say("no"),
      review("req_1", true),
      review("req_9", true),
      say("ok"),
    ],
    ada: [submit("write a.txt"), say("waiting"), say("I see")],
  });
  await runUntilIdle("go");
  await run("approve it after all");
  expect(results().slice(-2)).toEqual([
    "req_1 stays as it is: it is rejected already.",
    "There is no request req_9. Pending are: none.",
  ]);
  expect(records()).toMatchObject([{ status: "rejected" }]);
});

test("only the one who was asked can answer, whoever tries", async () => {
  const { runUntilIdle, resultsOf, records, command } = await open({
    lead: [[spawn("ada"), spawn("bob")], call("request_shutdown", { teammate: "ada" }), say("asked")],
    ada: [call("bash", { command: "sleep 2" }), say("rest")],
    bob: [
      call("bash", { command: "sleep 1" }),
      call("respond_shutdown", { request_id: "req_1", approve: true }),
      say("hm"),
    ],
  });
  await runUntilIdle("go");
  expect(resultsOf("bob").at(-1), "bob answers for ada").toBe(
    "req_1 was put to ada, so bob cannot answer it.",
  );
  expect(records()).toMatchObject([{ status: "pending" }]);
  expect(await command("team")).toMatch(/bob .*idle/);
});
