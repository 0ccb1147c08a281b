import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, scriptOfTeam, type Turn } from "@course/offline-model/test";
import { baseTools, defineAgent, stateFolder, type Workspace } from "@course/runtime";
import { offeredTools, openSession, temporaryFolder } from "@course/runtime/testing";
import { agentTeams } from "@course/s15-agent-teams";
import { teamProtocols, type RequestRecord } from "@course/s16-team-protocols";
import { expect, onTestFinished, test } from "vitest";
import { createAgent } from "../src/agent.ts";

async function open(replies: Readonly<Record<string, readonly Turn[]>>, folder?: string) {
  const { model, requestsOf, left } = scriptOfTeam(replies);
  const agent = (workspace: Workspace) =>
    defineAgent({
      name: "test",
      instructions: "Be brief.",
      tools: baseTools(workspace),
      extensions: [agentTeams(workspace), teamProtocols(workspace)],
    });
  const opened = await openSession(agent, model, folder);
  onTestFinished(() => opened.close());
  const { workspace, events, agent: made, session } = opened;
  return {
    ...opened,
    left,
    toolsOffered: (name: string) => requestsOf(name).map(({ tools = [] }) => tools.map((tool) => tool.name)),
    requestsOf,
    records: () => recordsIn(workspace.root),
    resultsOf: (name: string) =>
      events.flatMap((event) =>
        event.type === "subagent" && event.label === name && event.event.type === "tool_ended"
          ? [textOf(event.event.result.content)]
          : [],
      ),
    command: async (name: string, argument = "") =>
      made.extensions.flatMap(({ commands }) => commands?.[name] ?? [])[0]?.run(argument, session),
  };
}

function recordsIn(root: string): RequestRecord[] {
  const folder = join(root, ".team/requests");
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return names.sort().map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as RequestRecord);
}

const textOf = (content: unknown) => (typeof content === "string" ? content : JSON.stringify(content));
const spawn = (name: string, plan_first = false) =>
  call("spawn_teammate", { name, role: "helper", prompt: "work", ...(plan_first && { plan_first }) });
const review = (request_id: string, approve: boolean, feedback?: string) =>
  call("review_plan", { request_id, approve, ...(feedback !== undefined && { feedback }) });
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

test("a plan that cannot be delivered is not left pending", async () => {
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

test("a request to stop lets the command in hand finish, and a yes ends the teammate after it", async () => {
  const { runUntilIdle, workspace, command, records, events } = await open({
    lead: [spawn("ada"), call("request_shutdown", { teammate: "ada" }), say("asked"), say("stopped")],
    ada: [
      call("bash", { command: "sleep 1; echo finished > done.txt" }),
      call("respond_shutdown", { request_id: "req_1", approve: true }),
      say("bye"),
      say("never said"),
    ],
  });
  await runUntilIdle("go");
  expect(readFileSync(join(workspace.root, "done.txt"), "utf8")).toBe("finished\n");
  expect(await command("team")).toMatch(/ada .*stopped: it agreed to req_1/);
  expect(records()).toMatchObject([{ id: "req_1", kind: "shutdown", status: "approved" }]);
  const mail = events.flatMap((event) => (event.type === "injected" ? [event.text] : [])).join("\n");
  expect(mail).toContain("Answer to req_1 (shutdown): approved.");
  expect(mail).toContain('<stopped teammate="ada">');
});

test("a teammate that rests is woken by the request, and one that says no goes on", async () => {
  const { runUntilIdle, command, records } = await open({
    lead: [
      spawn("ada"),
      say("started"),
      say("rests"),
      call("request_shutdown", { teammate: "ada" }),
      say("asked"),
      say("no"),
    ],
    ada: [
      say("rest"),
      call("respond_shutdown", { request_id: "req_1", approve: false, reason: "not done" }),
      say("on"),
    ],
  });
  await runUntilIdle("go");
  await runUntilIdle("ask ada to stop");
  expect(records()).toMatchObject([{ status: "rejected", reason: "not done" }]);
  expect(await command("team")).toMatch(/ada .*idle/);
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

test("what is asked of one who is stopped meanwhile expires", async () => {
  const { run, command, records, results } = await open({
    lead: [
      spawn("ada"),
      call("request_shutdown", { teammate: "ada" }),
      say("asked"),
      call("request_shutdown", { teammate: "ada" }),
      say("gone"),
    ],
    ada: [call("bash", { command: "sleep 60" })],
  });
  await run("go");
  await command("team", "stop ada");
  await expect.poll(() => records()).toMatchObject([{ status: "expired", reason: "ada is stopped" }]);
  await run("again");
  expect(results().at(-1)).toBe("ada is stopped. There are: lead.");
  expect(await command("requests")).toBe("- req_1 shutdown lead → ada expired (ada is stopped)");
});

test("requests that a killed program left without an answer have expired, and the next start says so", async () => {
  const folder = temporaryFolder();
  stateFolder(folder, ".team", "requests");
  writeFileSync(join(folder, ".team/config.json"), JSON.stringify({ ownerPid: 999_999_999, members: [] }));
  const record = {
    id: "req_1",
    kind: "plan",
    from: "ada",
    to: "lead",
    status: "pending",
    payload: "write",
    reason: "",
    createdAt: "2026-01-01T00:00:00.000Z",
    settledAt: null,
  };
  writeFileSync(join(folder, ".team/requests/req_1.json"), JSON.stringify(record));
  const { run, results, events } = await open({ lead: [review("req_1", true), say("too late")] }, folder);
  expect(recordsIn(folder)).toMatchObject([{ status: "expired", reason: "its program was killed" }]);
  const notices = events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  expect(notices.join()).toContain("- req_1 plan ada → lead expired (its program was killed): write");
  await run("approve it");
  expect(results()).toEqual(["req_1 stays as it is: it is expired already."]);
  rmSync(folder, { recursive: true });
});
