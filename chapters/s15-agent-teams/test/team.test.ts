// Teammates at work: side by side, asked, interrupted, stopped, and in sight of the user.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { call, say } from "@course/offline-model/test";
import { isAlive } from "@course/runtime";
import { offeredTools } from "@course/runtime/testing";
import { permissions } from "@course/s07-permissions";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";
import { openTeam, send, spawn, states } from "./team-script.ts";

test("offers the base tools and three for a team", () => {
  expect(offeredTools(createAgent).slice(4)).toEqual(["spawn_teammate", "list_teammates", "send_message"]);
});

test("two teammates work at the same time, and their mail wakes the lead", async () => {
  const work = (name: string) => [
    call("bash", { command: "sleep 2" }),
    send("lead", `${name} has it`),
    say("done"),
  ];
  const { runUntilIdle, events, mail, left } = await openTeam({
    lead: [[spawn("ada"), spawn("bob")], say("started"), say("both are done")],
    ada: work("ada"),
    bob: work("bob"),
  });
  expect((await runUntilIdle("go"))?.answer).toBe("both are done");
  const times = (type: string) =>
    events.flatMap((event) => {
      if (event.type !== "subagent" || event.event.type !== type) return [];
      return "name" in event.event && event.event.name === "bash" ? [event.at] : [];
    });
  expect(Math.max(...times("tool_started"))).toBeLessThan(Math.min(...times("tool_ended")));
  expect(mail().join()).toMatch(/<message from="ada" id="m\d+">\nada has it\n<\/message>/);
  expect(mail().join()).toMatch(/bob has it/);
  expect(left()).toEqual({});
});

test("a teammate that runs into the limit of model calls says so", async () => {
  const { runUntilIdle, mail } = await openTeam(
    {
      lead: [spawn("ada"), say("started"), say("told")],
      ada: Array(5).fill(call("bash", { command: "true" })),
    },
    { maxTurns: 3 },
  );
  await runUntilIdle("go");
  expect(mail().join()).toMatch(/<failed teammate="ada">\nIt stopped at its limit of 3 model calls\./);
});

test.each([
  ["answered", () => ({ choice: "Yes, once" }), true],
  ["refused", () => ({ choice: "No" }), false],
])("what a teammate may not do alone is asked under its name: %s", async (_, answer, isDone) => {
  const asked: string[] = [];
  const { runUntilIdle, workspace } = await openTeam(
    {
      lead: [spawn("ada"), say("started"), say("told")],
      ada: [call("write_file", { file_path: "a.txt", content: "hi" }), say("done")],
    },
    {
      extensions: (folder) => [permissions(folder)],
      answer: ({ text, choices }) => {
        asked.push(text);
        const choice = answer().choice;
        return { choice: choices.find((one) => one.startsWith(choice)) ?? choices[0] ?? "" };
      },
    },
  );
  await runUntilIdle("go");
  expect(asked).toEqual([expect.stringMatching(/^ada: write_file wants to change: a\.txt/)]);
  expect(existsIn(workspace.root, "a.txt")).toBe(isDone);
});

test("with nobody there, what a teammate may not do alone is refused, and the lead's mail is no consent", async () => {
  const { runUntilIdle, workspace, requestsOf } = await openTeam(
    {
      lead: [spawn("ada"), send("ada", "Yes, you may write a.txt."), say("started"), say("told")],
      ada: [call("write_file", { file_path: "a.txt", content: "hi" }), say("done")],
    },
    { extensions: (folder) => [permissions(folder)] },
  );
  await runUntilIdle("go");
  expect(existsIn(workspace.root, "a.txt")).toBe(false);
  expect(JSON.stringify(requestsOf("ada").at(-1)?.messages)).toMatch(/nobody is here to be asked/);
});

function existsIn(root: string, name: string): boolean {
  try {
    return readFileSync(join(root, name)).length > 0;
  } catch {
    return false;
  }
}

test("a teammate that is stopped in a command ends it, and the lead is told", async () => {
  const { run, runUntilIdle, workspace, command, mail } = await openTeam({
    lead: [spawn("ada"), say("started"), say("told")],
    ada: [call("bash", { command: "echo $$ > pid; sleep 60" }), say("never said")],
  });
  await run("go");
  await expect.poll(() => existsIn(workspace.root, "pid"), { timeout: 10_000 }).toBe(true);
  const pid = Number(readFileSync(join(workspace.root, "pid"), "utf8"));
  expect(isAlive(pid)).toBe(true);
  expect(await command("team", "stop ada")).toBe("Stopped: ada.");
  expect(isAlive(pid)).toBe(false);
  expect(states(workspace.root)).toMatchObject([{ state: "stopped", reason: "the user stopped it" }]);
  await runUntilIdle();
  expect(mail()).toEqual(['<mail>\n<stopped teammate="ada">\nthe user stopped it\n</stopped>\n</mail>']);
});

test.each(["lead", "user", "Ada", "../x", "a b", "", "1a", "a".repeat(33)])(
  "%j is no name for a teammate",
  async (name) => {
    const { run, results, command } = await openTeam({ lead: [spawn(name), say("refused")] });
    await run("go");
    expect(results()).toEqual([expect.stringMatching(/cannot be a teammate's name/)]);
    expect(await command("team")).toBe("There are no teammates.");
  },
);

test("a name is given once, and again when its owner is stopped; old mail is not the new one's", async () => {
  const { run, results, command, mailOf } = await openTeam({
    lead: [[spawn("ada"), spawn("ada")], say("one"), spawn("ada"), say("two")],
    ada: [say("first"), say("second")],
  });
  await run("go");
  expect(results()[1]).toMatch(/There is a teammate ada already/);
  await command("team", "stop ada");
  await run("again");
  expect(results()[2]).toBe("ada is at work. What it sends you arrives by itself.");
  expect(mailOf("ada")).toEqual([]);
});

test("an interrupt of the lead's run is none of a teammate's", async () => {
  const { run, session, workspace } = await openTeam({
    lead: [spawn("ada"), call("bash", { command: "sleep 60" })],
    ada: [call("bash", { command: "sleep 1; echo finished > done" }), say("done")],
  });
  session.on((event) => {
    if (event.type === "tool_started" && event.name === "bash") setTimeout(() => session.interrupt(), 300);
  });
  expect((await run("go")).ending).toBe("interrupted");
  const isFinished = () => existsIn(workspace.root, "done");
  for (let waited = 0; !isFinished() && waited < 5_000; waited += 50) await delay(50);
  expect(isFinished(), "whether the teammate's command came to its end").toBe(true);
});

test("the user sees who is there, one conversation in full, and mail without reading it", async () => {
  const { run, command, events } = await openTeam({
    lead: [spawn("ada", "look at x", "reviewer"), say("started")],
    ada: [[say("I look."), call("bash", { command: "echo it is x" })], send("lead", "it is x"), say("done")],
  });
  await run("go");
  await expect.poll(() => command("team"), { timeout: 10_000 }).toMatch(/ada +reviewer .* idle/);
  const conversation = await command("team", "ada");
  for (const part of ["to it: look at x", "ada: I look.", "● bash", "it is x", "ada: done"])
    expect(conversation).toContain(part);
  expect(await command("inbox")).toMatch(/● \d\d:\d\d:\d\d ada: it is x\n● .* ada: idle\n2 unread/);
  expect(await command("inbox")).toMatch(/2 unread/);
  await expect(command("inbox", "nobody")).rejects.toThrow("There is no nobody. There are: lead, ada.");
  expect(await command("lanes")).toMatch(/lead .*▲.*\nada .*◆.*3 model calls/);
  expect(events.some((event) => event.type === "injected")).toBe(false);
});

test("tokens of each teammate are counted apart", async () => {
  const { runUntilIdle, session } = await openTeam({
    lead: [[spawn("ada"), spawn("bob")], say("started")],
    ada: [send("lead", "x"), say("done")],
  });
  await runUntilIdle("go");
  expect(session.forkUsage.forks.map(({ name, usage }) => [name, usage.turns])).toEqual(
    expect.arrayContaining([
      ["ada", 2],
      ["bob", 1],
    ]),
  );
});
