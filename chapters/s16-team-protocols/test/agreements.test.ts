// The two agreements where no model is asked: what is told to whom, in which order, and what cannot be delivered.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say } from "@course/offline-model/test";
import { baseTools, stateFolder, ToolError, type Tool } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { teamOf, Workplace } from "@course/s15-agent-teams";
import { RequestBook, type RequestRecord } from "@course/s16-team-protocols";
import { expect, test } from "vitest";
import { PlanGate } from "../src/plan-gate.ts";
import { Protocols } from "../src/protocols.ts";
import { open, recordsIn, spawn } from "./open-team.ts";

/** Ada is at work, and hears of nothing. */
async function openProtocols() {
  const opened = await open({
    lead: [spawn("ada"), say("started")],
    ada: [call("bash", { command: "sleep 60" })],
  });
  await opened.run("go");
  const team = teamOf(opened.agent);
  const protocols = new Protocols(team, new RequestBook(opened.workspace));
  const mailOf = (name: string) =>
    team
      .inbox(name)
      .all()
      .map(({ from, content }) => `${from}: ${content}`);
  return { ...opened, team, protocols, mailOf };
}

const names = (tools: readonly Tool[]) => tools.map(({ name }) => name);

test("a plan is put before the lead word for word, and an approval opens the gate before it is told", async () => {
  const { protocols, workspace, session, mailOf } = await openProtocols();
  const gate = new PlanGate(baseTools(workspace), workspace);
  protocols.gates.set("ada", gate);
  await protocols.submitPlan("ada", "write a.txt");
  expect(mailOf("lead")).toEqual(["ada: Request req_1 (plan): write a.txt"]);
  let whenTold: string[] = [];
  session.on((event) => {
    if (event.type === "extension" && event.kind === "mail") whenTold = names(gate.tools);
  });
  await protocols.reviewPlan("req_1", true);
  expect(whenTold).toContain("write_file");
  expect(mailOf("ada")).toEqual([
    "lead: Answer to req_1 (plan): approved. You have your tools that write now; go on.",
  ]);
});

test("a rejected plan opens nothing, and is told with the reason and what to do", async () => {
  const { protocols, workspace, mailOf, records } = await openProtocols();
  const gate = new PlanGate(baseTools(workspace), workspace);
  protocols.gates.set("ada", gate);
  await protocols.submitPlan("ada", "everything");
  await protocols.reviewPlan("req_1", false, "too much");
  expect(names(gate.tools)).toEqual(["bash", "read_file"]);
  expect(mailOf("ada")).toEqual([
    "lead: Answer to req_1 (plan): rejected: too much. Revise it and submit it again.",
  ]);
  expect(records()).toMatchObject([{ status: "rejected", reason: "too much" }]);
});

test("who is asked to stop is told how to answer, and a no changes nothing but the request", async () => {
  const { protocols, team, mailOf } = await openProtocols();
  await protocols.requestShutdown("ada");
  expect(mailOf("ada")).toEqual([
    "lead: Request req_1 (shutdown): Finish what you have in hand, then answer with respond_shutdown.",
  ]);
  expect(await protocols.respondShutdown("ada", "req_1", false)).toMatchObject({
    status: "rejected",
    reason: "",
  });
  expect(mailOf("lead")).toEqual(["ada: Answer to req_1 (shutdown): rejected."]);
  expect(team.teammate("ada").record.state).toBe("working");
});

test("nobody is asked to stop who is not there, and nothing is written of it", async () => {
  const { protocols } = await openProtocols();
  await expect(protocols.requestShutdown("bob")).rejects.toThrow("There is no teammate bob.");
  expect(protocols.book.list()).toEqual([]);
});

test("what cannot be delivered has expired, and its sender is told why", async () => {
  const { protocols, records, workspace } = await openProtocols();
  await expect(protocols.submitPlan("bob", "mine")).rejects.toThrow("There is no teammate bob.");
  mkdirSync(join(workspace.root, ".team/inbox/lead.jsonl"));
  await expect(protocols.submitPlan("ada", "hers")).rejects.toThrow(/EISDIR/);
  expect(records()).toMatchObject(
    ["bob", "ada"].map((from) => ({ from, status: "expired", reason: "it could not be delivered" })),
  );
});

/** What another program, or an earlier one, has asked. */
function leaveRequest(root: string): RequestRecord {
  const [createdAt, asked] = ["2026-01-01T00:00:00.000Z", { kind: "plan", from: "eve", to: "lead" } as const];
  const record = {
    ...asked,
    id: "req_1",
    status: "pending",
    payload: "w",
    reason: "",
    createdAt,
    settledAt: null,
  } as const;
  writeFileSync(join(stateFolder(root, ".team", "requests"), "req_1.json"), JSON.stringify(record));
  return record;
}

test("requests of another program's team are none of ours: neither answered nor expired", async () => {
  const folder = temporaryFolder();
  const record = leaveRequest(folder);
  const config = { ownerPid: process.ppid, members: [] };
  const { agent, workspace, close, notices } = await open({}, folder);
  writeFileSync(join(folder, ".team/config.json"), JSON.stringify(config));
  const protocols = new Protocols(teamOf(agent), new RequestBook(workspace));
  await expect(protocols.reviewPlan("req_1", true)).rejects.toThrow(
    "There is no team here yet, or it is another program's.",
  );
  await close();
  expect([recordsIn(folder), notices()]).toEqual([[record], []]);
});

test("what an earlier program asked expires when the folder's team becomes this one's, said once", async () => {
  const folder = temporaryFolder();
  leaveRequest(folder);
  const { run, notices } = await open(
    { lead: [spawn("ada"), say("started"), spawn("bob"), say("started")] },
    folder,
  );
  expect(recordsIn(folder)).toMatchObject([{ status: "pending" }]);
  await run("go");
  await run("and another");
  expect(recordsIn(folder)).toMatchObject([{ status: "expired", reason: "its program was killed" }]);
  expect(notices()).toEqual([
    "Left without an answer by an earlier program:\n- req_1 plan eve → lead expired (its program was killed): w",
  ]);
});

test("the end of the program expires what nobody who was there has asked, too", async () => {
  const folder = temporaryFolder();
  const { run, close, notices } = await open({ lead: [spawn("ada"), say("started")] }, folder);
  await run("go");
  leaveRequest(folder);
  await close();
  expect(recordsIn(folder)).toMatchObject([{ from: "eve", status: "expired", reason: "the program ended" }]);
  expect(notices()).toEqual([]);
});

test("a file that is no request is told to the user who looks", async () => {
  const { workspace, command, notices } = await open({});
  writeFileSync(join(stateFolder(workspace.root, ".team", "requests"), "req_1.json"), "{");
  expect(await command("requests")).toBe("No requests.");
  expect(notices()).toEqual([expect.stringMatching(/req_1\.json is no request/)]);
});

test("a closed gate leaves what only reads, and of the shell what is known to read", async () => {
  const { workspace } = await open({});
  const gate = new PlanGate(baseTools(workspace), workspace);
  expect(names(gate.tools)).toEqual(["bash", "read_file"]);
  const [bash] = gate.tools;
  const context = { signal: new AbortController().signal } as Parameters<Tool["run"]>[1];
  expect(JSON.stringify(await bash?.run({ command: "echo hi" }, context))).toContain("hi");
  for (const command of ["touch a.txt", "echo hi > a.txt", "npm test"])
    await expect(bash?.run({ command }, context), command).rejects.toThrow(ToolError);
});

test("a gate opens once, with or without a conversation", async () => {
  const { workspace, session } = await open({});
  let renewed = 0;
  session.renewPrefix = () => void (renewed += 1);
  const [early, late] = [1, 2].map(() => new PlanGate(baseTools(workspace), workspace));
  if (late) late.session = session;
  for (const gate of [early, late, late]) gate?.open();
  expect([early, late].map((gate) => names(gate?.tools ?? []))).toEqual(
    Array(2).fill(names(baseTools(workspace))),
  );
  expect(renewed).toBe(1);
});

test("a newcomer has the answers to requests; one that must plan first has its tools behind a gate", async () => {
  const { agent, workspace } = await open({});
  const equip = (options: object) => {
    const equipment = {
      workplace: new Workplace(workspace),
      instructions: "Be brief.",
      tools: baseTools(workspace),
      extensions: [{ name: "mailbox" }],
    };
    const newcomer = { name: "ada", role: "helper", prompt: "", options: { ...options } };
    const made = teamOf(agent).addOns.flatMap((addOn) => addOn.equip?.(equipment, newcomer) ?? [])[0];
    const { instructions = "", tools = [], extensions = [] } = made ?? {};
    return { instructions, tools: names(tools), extensions: extensions.map(({ name }) => name) };
  };
  const plain = { instructions: "Be brief.", tools: names(baseTools(workspace)) };
  for (const options of [{}, { plan_first: false }])
    expect(equip(options)).toEqual({ ...plain, extensions: ["mailbox", "team-protocols"] });
  const gated = equip({ plan_first: true });
  expect(gated).toMatchObject({ tools: [], extensions: ["plan-gate", "mailbox", "team-protocols"] });
  expect(gated.instructions).toMatch(/^Be brief\.\nYou have no tool that writes\./);
});
