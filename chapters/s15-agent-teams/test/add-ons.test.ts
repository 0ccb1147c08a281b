// What a later chapter can add to a team, and that one which adds nothing changes nothing.
import { call, say } from "@course/offline-model/test";
import { defineTool, type Extension } from "@course/runtime";
import { teamOf, type Newcomer, type Workplace } from "@course/s15-agent-teams";
import { expect, test } from "vitest";
import type { TeamAddOn } from "../src/add-on.ts";
import { soon } from "./open-teammate.ts";
import { openTeam, send, spawn } from "./team-script.ts";

/** Put between two that add nothing. */
const adding = (addOn: TeamAddOn) => ({
  extensions: (): Extension[] => [
    { name: "additions", start: (_, agent) => void teamOf(agent).addOns.push({}, addOn, {}) },
  ],
});

const ping = defineTool({
  name: "ping",
  description: "Answers.",
  input: (z) => z.object({}),
  run: () => "pong",
});

test("fields of spawn_teammate reach what equips the newcomer, and it has what it was given", async () => {
  const noted: Newcomer[] = [];
  const places: Workplace[] = [];
  const addOn: TeamAddOn = {
    spawnFields: (z) => ({ colour: z.string().optional() }),
    equip(equipment, newcomer) {
      noted.push(newcomer);
      places.push(equipment.workplace);
      const names = equipment.extensions.map(({ name }) => name);
      const instructions = `${equipment.instructions}\nYou like ${String(newcomer.options?.["colour"])}.`;
      const extensions = [...equipment.extensions, { name: "additions", tools: [ping] }];
      return { ...equipment, instructions: `${instructions} ${names.join()}`, extensions };
    },
  };
  const { runUntilIdle, requestsOf, agent } = await openTeam(
    {
      lead: [
        call("spawn_teammate", { name: "ada", role: "a\n helper", prompt: " work ", colour: "red" }),
        say("started"),
      ],
    },
    adding(addOn),
  );
  await runUntilIdle("go");
  expect(noted).toMatchObject([
    { name: "ada", role: "a helper", prompt: "work", options: { colour: "red" } },
  ]);
  expect(teamOf(agent).conversationOf("ada")?.place, "where permissions look for its files").toBe(places[0]);
  const [request] = requestsOf("ada");
  expect(JSON.stringify(request?.system)).toMatch(/Your role: a helper\.[\s\S]*You like red\. mailbox/);
  expect(request?.tools?.map(({ name }) => name)).toEqual([
    "bash",
    "read_file",
    "write_file",
    "edit_file",
    "send_message",
    "ping",
  ]);
});

test("what a newcomer brings in the place of one of the lead's guards stands alone", async () => {
  const seen: string[] = [];
  const guard = (name: string, says: string): Extension => ({
    name,
    wrapModelCall(request, next) {
      if (request.session.name === "ada") seen.push(says);
      return next(request);
    },
  });
  const { runUntilIdle } = await openTeam(
    { lead: [spawn("ada"), say("started")], ada: [say("done")] },
    {
      extensions: () => [
        guard("first", "the lead's first"),
        guard("second", "the lead's second"),
        ...adding({
          equip: (equipment) => ({
            ...equipment,
            extensions: [...equipment.extensions, guard("first", "her own")],
          }),
        }).extensions(),
      ],
    },
  );
  await runUntilIdle("go");
  expect(seen).toEqual(["the lead's second", "her own"]);
});

test("work is looked for where there is some; a look that fails is told, and finds none", async () => {
  let looks = 0;
  const waits: boolean[] = [];
  const { runUntilIdle, requestsOf, notices } = await openTeam(
    { lead: [spawn("ada"), say("started")], ada: [send("lead", "what now?"), say("looked"), say("did it")] },
    adding({
      async findWork({ record, session, mayWait }) {
        waits.push(mayWait);
        await Promise.resolve();
        if (++looks > 1) throw new Error("the board burns");
        session.inject(`work for ${record.name}`);
        return true;
      },
    }),
  );
  await runUntilIdle("go");
  expect(waits.slice(0, 2), "whether it has asked somebody in its last run").toEqual([true, false]);
  expect(requestsOf("ada")).toHaveLength(3);
  expect(JSON.stringify(requestsOf("ada")[2]?.messages)).toContain("work for ada");
  expect(new Set(notices())).toEqual(new Set(["ada finds no work: the board burns"]));
});

test("an idle time ends a teammate; whoever adds one hears of the opening once, and of each end", async () => {
  const heard: string[] = [];
  const { runUntilIdle, mail, agent } = await openTeam(
    { lead: [[spawn("ada"), spawn("bob")], say("started")] },
    adding({
      idleMs: 20,
      async opened() {
        await Promise.resolve();
        heard.push("opened");
      },
      equip(equipment, { name }) {
        heard.push(`equips ${name}`);
        return equipment;
      },
      stopped: (name) => void heard.push(`stopped ${name}`),
    }),
  );
  await runUntilIdle("go");
  const names = () => teamOf(agent).list();
  await soon(() => names().map(({ state }) => state)).toEqual(["stopped", "stopped"]);
  await runUntilIdle();
  expect(mail().join()).toContain('<stopped teammate="ada">\nit had nothing to do for 0.02 s\n</stopped>');
  expect(heard[0]).toBe("opened");
  expect(heard.slice().sort()).toEqual(["equips ada", "equips bob", "opened", "stopped ada", "stopped bob"]);
});

test("a team is busy while an addition is, and only if it is this program's", async () => {
  let isBusy = true;
  const { run, agent } = await openTeam(
    { lead: [spawn("ada"), say("started")] },
    adding({ isBusy: () => isBusy }),
  );
  const team = teamOf(agent);
  expect([team.isOurs, team.isBusy]).toEqual([false, false]);
  await run("go");
  await soon(() => team.resting().map(({ record }) => record.name)).toEqual(["ada"]);
  await team.drainLead(() => {});
  expect([team.isOurs, team.isBusy]).toEqual([true, true]);
  isBusy = false;
  expect(team.isBusy).toBe(false);
});
