// What a team is at one moment: who is busy, who is woken, whose it is, and what is told where writing fails.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { call, say } from "@course/offline-model/test";
import { defineAgent, type Extension } from "@course/runtime";
import { Mailbox, teamOf } from "@course/s15-agent-teams";
import { expect, test } from "vitest";
import { soon } from "./open-teammate.ts";
import { openTeam, send, spawn, states } from "./team-script.ts";

const sleep = call("bash", { command: "sleep 60" });

async function openPair(replies: Parameters<typeof openTeam>[0] = {}) {
  const opened = await openTeam({ lead: [[spawn("ada"), spawn("bob")], say("started")], ...replies });
  await opened.run("go");
  const team = teamOf(opened.agent);
  const resting = () => team.resting().map(({ record }) => record.name);
  return { ...opened, team, resting };
}

test("a team is found by what it is, and its lack is told with what to add", () => {
  const agent = (extensions: Extension[]) =>
    defineAgent({ name: "test", instructions: "", tools: [], extensions });
  for (const extensions of [[], [{ name: "other", team: "red" } as Extension]])
    expect(() => teamOf(agent(extensions))).toThrow("This mechanism needs a team. Add --with s15.");
});

test("busy is who works, or rests with mail of which it has not heard; the prompt says how many work", async () => {
  const { team, resting, workspace, agent } = await openPair({ ada: [sleep] });
  await soon(resting).toEqual(["bob"]);
  const status = () => agent.extensions.flatMap((one) => one.status?.() ?? []);
  await team.drainLead(() => {});
  expect([team.isBusy, status()]).toEqual([true, ["1 at work"]]);
  await team.stop("ada", "enough");
  await team.drainLead(() => {});
  expect([team.isBusy, status()]).toEqual([false, []]);
  // Written by another program, so nobody here is woken at once.
  await new Mailbox(workspace, "ada").put("lead", "for one that is stopped");
  expect(team.isBusy).toBe(false);
  await new Mailbox(workspace, "bob").put("lead", "hi");
  expect(team.isBusy).toBe(true);
});

test("mail of another program wakes its readers: one that rests, and the lead; nobody is woken at work", async () => {
  const { workspace, resting, events, requestsOf } = await openPair({ ada: [sleep] });
  await soon(resting).toEqual(["bob"]);
  for (const name of ["ada", "bob", "lead"]) await new Mailbox(workspace, name).put("cleo", "hi");
  await soon(() => requestsOf("bob").length).toBe(2);
  const woken = () =>
    events.flatMap((event) =>
      event.type === "subagent" && event.event.type === "wake"
        ? [`${event.label}: ${event.event.reason}`]
        : event.type === "wake"
          ? [event.reason]
          : [],
    );
  await soon(() => woken().join()).toContain("mail from cleo");
  expect(woken().filter((reason) => reason.startsWith("ada"))).toEqual([]);
  expect(woken().find((reason) => reason.startsWith("bob"))).toMatch(/^bob: mail/);
});

test("a message wakes whom it is for, if they rest, and nobody else", async () => {
  const { team, session, resting } = await openPair({ ada: [sleep] });
  await soon(resting).toEqual(["bob"]);
  const woken: string[] = [];
  for (const [name, one] of [
    ["lead", session],
    ["ada", team.conversationOf("ada")],
    ["bob", team.conversationOf("bob")],
  ] as const)
    if (one) one.wake = (reason) => void woken.push(`${name}: ${reason}`);
  await team.send("lead", "ada", "hi");
  expect(woken).toEqual([]);
  await team.send("ada", "lead", "hi");
  expect(woken).toEqual(["lead: mail from ada"]);
  await team.send("ada", "bob", "hi");
  expect(new Set(woken.slice(1))).toEqual(new Set(["bob: mail"]));
});

test("a message between two is an event of the conversation, and what the team says itself is none", async () => {
  const { events, resting } = await openPair({ ada: [send("bob", "hi"), say("done")] });
  await soon(resting).toEqual(["ada", "bob"]);
  expect(events.filter((event) => event.type === "extension")).toMatchObject([
    { extension: "agent-teams", kind: "mail", detail: { from: "ada", to: "bob" } },
  ]);
});

test("a message to the lead is one since the last rest, whoever is written to besides", async () => {
  const { team, resting } = await openPair({
    ada: [send("lead", "found"), send("bob", "found"), say("done")],
    bob: [send("ada", "hm"), say("done"), say("done")],
  });
  await soon(resting).toEqual(["ada", "bob"]);
  const idle = () =>
    team
      .inbox("lead")
      .all()
      .filter(({ kind }) => kind === "idle");
  await soon(
    () => idle().some(({ from }) => from === "ada") && idle().some(({ from }) => from === "bob"),
  ).toBe(true);
  expect(idle().find(({ from }) => from === "ada")?.content).toBe("");
  expect(idle().find(({ from }) => from === "bob")?.content).toMatch(/^It has sent you nothing/);
});

test("an interrupt while a teammate is about to start leaves none", async () => {
  const { session, agent } = await openTeam({});
  const team = teamOf(agent);
  const starting = team.spawn({ name: "ada", role: "helper", prompt: "work" });
  session.interrupt();
  await expect(starting).rejects.toThrow("Interrupted by the user.");
  expect(team.list()).toEqual([]);
});

test("two teammates are shown each by its own, stopped together, and not stopped again", async () => {
  const { command, resting, team } = await openPair({ ada: [send("bob", "for bob"), say("done")] });
  await soon(resting).toEqual(["ada", "bob"]);
  await soon(() => command("team", "bob")).toContain("for bob");
  expect(await command("inbox", "bob")).toMatch(/ada: for bob\nNothing is unread\.$/);
  expect(await command("inbox", "ada")).toBe("No mail for ada.");
  await expect(command("inbox", "cleo")).rejects.toThrow("There is no cleo. There are: lead, ada, bob.");
  await expect(command("team", "cleo")).rejects.toThrow(
    "There is no conversation of cleo. The teammates are: ada, bob.",
  );
  expect(await command("team", "stop bob")).toBe("Stopped: bob.");
  await expect(command("team", "stop bob")).rejects.toThrow(
    "There is no teammate bob to stop. The teammates are: ada.",
  );
  expect(team.list().map(({ state }) => state)).toEqual(["idle", "stopped"]);
});

test("all are stopped at one word, and told of when they are", async () => {
  const { command, team } = await openPair({ ada: [sleep], bob: [sleep] });
  expect(await command("team", "stop all")).toBe("Stopped: ada, bob.");
  expect(team.list().map(({ state, reason }) => `${state}: ${reason}`)).toEqual(
    Array(2).fill("stopped: the user stopped it"),
  );
});

test("a folder that is emptied meanwhile is written anew, and a list that cannot be written is told", async () => {
  const { team, workspace, notices } = await openPair({ ada: [sleep], bob: [sleep] });
  rmSync(join(workspace.root, ".team"), { recursive: true });
  await team.stop("ada", "enough");
  expect(states(workspace.root)).toMatchObject([{ name: "ada", state: "stopped" }, { name: "bob" }]);
  rmSync(join(workspace.root, ".team/config.json"));
  mkdirSync(join(workspace.root, ".team/config.json"));
  await team.stop("bob", "enough");
  expect(notices()).toEqual([expect.stringMatching(/^The team's list could not be written: is a folder$/)]);
});

test("that somebody rests is told to the user where the lead's mail cannot be written", async () => {
  const { team, workspace, notices, command } = await openPair({ ada: [sleep], bob: [sleep] });
  mkdirSync(join(workspace.root, ".team/inbox/lead.jsonl"));
  await team.stop("ada", "enough");
  expect(notices()).toContainEqual(
    expect.stringMatching(/^ada is stopped, and the lead could not be told: .*EISDIR/),
  );
  expect([team.isBusy, team.isBusy]).toEqual([true, true]);
  mkdirSync(join(workspace.root, ".team/inbox/bob.jsonl"));
  for (const name of ["lead", "bob", "bob"])
    expect(await command("inbox", name)).toBe(`No mail for ${name}.`);
  expect(notices().filter((notice) => notice.includes("cannot be read"))).toEqual([
    expect.stringMatching(/^lead's inbox/),
    expect.stringMatching(/^bob's inbox/),
  ]);
});

test("when it is closed nobody is told, nothing is watched, and mail to come waits", async () => {
  const { team, session, workspace, events } = await openPair({ ada: [sleep], bob: [sleep] });
  await team.inbox("lead").put("ada", "", "idle");
  await team.close();
  expect(team.list().map(({ state, reason }) => `${state}: ${reason}`)).toEqual(
    Array(2).fill("stopped: the program ended"),
  );
  expect(team.inbox("lead").all(), "what was there before").toHaveLength(1);
  expect(team.inbox("lead").hasUnread).toBe(false);
  const wakes: string[] = [];
  session.on((event) => event.type === "wake" && wakes.push(event.reason));
  await new Mailbox(workspace, "lead").put("cleo", "hi");
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect([wakes, events.filter(({ type }) => type === "wake")]).toEqual([[], []]);
});
