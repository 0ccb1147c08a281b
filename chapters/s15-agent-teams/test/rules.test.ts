// Rules of a team that need no conversation: names, the lead's mail, and what the tools take.
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { agentTeams, Mailbox, Team, Workplace } from "@course/s15-agent-teams";
import { expect, onTestFinished, test, vi } from "vitest";
import { LeadMail } from "../src/lead-mail.ts";
import type { Mail } from "../src/mail.ts";
import { checkName } from "../src/names.ts";
import { renderTeam } from "../src/render-team.ts";
import { Roster, type TeammateRecord } from "../src/roster.ts";
import { watchInboxes } from "../src/watch-inboxes.ts";
import { soon } from "./open-teammate.ts";

const member = (name: string, state: TeammateRecord["state"] = "idle"): TeammateRecord => ({
  name,
  role: "helper",
  state,
  since: "2026-01-01T00:00:00.000Z",
});

test("sixteen teammates are the most; those that are stopped do not count, and their names are free", () => {
  const fifteen = Array.from({ length: 15 }, (_, index) =>
    member(`a${index}`, index % 2 ? "idle" : "working"),
  );
  const stopped = [member("ada", "stopped"), member("bob", "stopped")];
  expect(() => checkName("ada", [...fifteen, ...stopped])).not.toThrow();
  expect(() => checkName("a0", fifteen)).toThrow(/^There is a teammate a0 already/);
  expect(() => checkName("ada", [...fifteen, member("cleo")])).toThrow(
    "There are 16 teammates, and no more may be.",
  );
});

test("a name is a small letter, then at most 31 small letters, digits or dashes, and nobody's whose word counts more", () => {
  for (const name of ["a", "a-1", "a".repeat(32)]) expect(() => checkName(name, [])).not.toThrow();
  for (const name of ["lead", "user", "system", "harness", "1a", "-a", "aB", "a_b", "a\n"])
    expect(() => checkName(name, []), name).toThrow(/cannot be a teammate's name/);
});

function leadMail() {
  const box = new Mailbox(new Workspace(temporaryFolder()), "lead");
  const taken: string[] = [];
  const take = (mail: readonly Mail[]) => void taken.push(...mail.map(({ content }) => content));
  return { box, mail: new LeadMail(box), taken, take };
}

test("the lead is woken once for each message, by who has written since", async () => {
  const { box, mail } = leadMail();
  expect([mail.announce(), mail.hasNews]).toEqual([undefined, false]);
  await box.put("ada", "one");
  expect([mail.announce(), mail.announce(), mail.hasNews]).toEqual(["ada", undefined, true]);
  for (const from of ["bob", "ada", "bob"]) await box.put(from, "more");
  expect(mail.announce()).toBe("bob, ada");
});

test("that somebody rests and has nothing to say is no news, and comes with what is", async () => {
  const { box, mail, taken, take } = leadMail();
  await box.put("ada", "", "idle");
  expect([mail.announce(), mail.hasNews]).toEqual([undefined, false]);
  await box.put("ada", "one");
  await box.put("bob", "", "idle");
  expect([mail.announce(), mail.announce()]).toEqual(["ada", undefined]);
  await mail.drain(take);
  expect([taken, mail.hasNews]).toEqual([["", "one", ""], false]);
  await box.put("ada", "two");
  expect(mail.announce()).toBe("ada");
});

test("what an earlier program left is no news until it is read, and what comes after it is", async () => {
  const { box, mail, taken, take } = leadMail();
  await box.put("ada", "left");
  mail.open();
  expect([mail.announce(), mail.hasNews]).toEqual([undefined, false]);
  await box.put("bob", "new");
  expect([mail.announce(), mail.hasNews]).toEqual(["bob", true]);
  await mail.drain(take);
  expect(taken).toEqual(["left", "new"]);
  await box.put("ada", "newer");
  expect(mail.announce()).toBe("ada");
});

test("mail that could not be handed over is announced anew", async () => {
  const { box, mail } = leadMail();
  await box.put("ada", "one");
  expect(mail.announce()).toBe("ada");
  const fail = () => {
    throw new Error("no conversation");
  };
  await expect(mail.drain(fail)).rejects.toThrow("no conversation");
  expect(mail.announce()).toBe("ada");
});

test("at the end unread news stays for the next program, and what is none does not", async () => {
  const { box, mail } = leadMail();
  await box.put("ada", "", "idle");
  await mail.close();
  expect(box.hasUnread).toBe(false);
  await box.put("ada", "one");
  await box.put("ada", "", "idle");
  await mail.close();
  expect(box.unread().map(({ content }) => content)).toEqual(["one", ""]);
});

test("the tools touch the harness alone, and a message or a prompt of nothing is refused", async () => {
  const { name: own, tools = [], team } = agentTeams(new Workspace(temporaryFolder()));
  expect(own).toBe("agent-teams");
  const all = typeof tools === "function" ? tools() : tools;
  expect(all.map(({ name, harness, readOnly }) => [name, harness, readOnly])).toEqual([
    ["spawn_teammate", true, false],
    ["list_teammates", true, true],
    ["send_message", true, false],
  ]);
  const context = {} as Parameters<(typeof all)[number]["run"]>[1];
  const said = async (name: string, input: object) => {
    try {
      await all.find((tool) => tool.name === name)?.run(input, context);
      return "ran";
    } catch (error) {
      return String(error);
    }
  };
  const newcomer = { name: "ada", role: "r", prompt: "p" };
  for (const [name, input, field] of [
    ["send_message", { to: "ada", content: " " }, "content"],
    ["spawn_teammate", { ...newcomer, role: " " }, "role"],
    ["spawn_teammate", { ...newcomer, role: "r".repeat(201) }, "role"],
    ["spawn_teammate", { ...newcomer, prompt: "" }, "prompt"],
  ] as const)
    expect(await said(name, input)).toContain(`Invalid input for ${name}. ${field}: `);
  expect(await said("spawn_teammate", newcomer)).toContain("The team has not been started.");
  expect(await said("send_message", { to: "ada", content: "x" })).toContain("There is no teammate ada.");
  expect(renderTeam(team)).toBe("There are no teammates.");
});

test("of a teammate that an earlier program left no calls and no tokens are known", () => {
  const team = new Team(new Workspace(temporaryFolder()), () => ({ name: "mailbox" }));
  Object.assign(team, { list: () => [member("ada", "stopped")] });
  expect(renderTeam(team).split("\n")[1]).toMatch(/^ {2}ada {9}helper {24}0 {9}0 {2}stopped$/);
  const narrow = renderTeam(team, 60).split("\n");
  expect(
    narrow.every((row) => row.length <= 60),
    narrow.join("\n"),
  ).toBe(true);
});

test("a team is written with whose it is, and read as it was written", async () => {
  const workspace = new Workspace(temporaryFolder());
  const roster = new Roster(workspace);
  expect([roster.read(), roster.isOurs]).toEqual([undefined, false]);
  expect([await roster.claim(), roster.isOurs]).toEqual([[], true]);
  const members = [{ ...member("ada", "stopped"), reason: "it failed" }, member("bob")];
  roster.save(members);
  expect(new Roster(workspace).read()).toMatchObject({ ownerPid: process.pid, members });
  expect(await roster.claim(), "claimed once").toEqual([]);
  expect(await new Roster(workspace).claim(), "by another part of the same program").toEqual(members);
});

test("a workplace moves, and paths with it", () => {
  const [home, other] = [new Workspace(temporaryFolder()), new Workspace(temporaryFolder())];
  const place = new Workplace(home);
  expect([place.root, place.resolve("a.txt")]).toEqual([home.root, home.resolve("a.txt")]);
  place.moveTo(other);
  expect([place.root, place.resolve("a.txt")]).toEqual([other.root, other.resolve("a.txt")]);
  expect(() => place.resolve(home.resolve("a.txt"))).toThrow();
  expect(place.home).toBe(home);
});

test("mail that another program writes is heard of at once, and looked for every two seconds, until the end", async () => {
  const workspace = new Workspace(temporaryFolder());
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  let calls = 0;
  const end = watchInboxes(workspace, () => (calls += 1));
  await new Mailbox(workspace, "ada").put("lead", "hi");
  await soon(() => calls).toBeGreaterThan(0);
  calls = 0;
  vi.advanceTimersByTime(2_000);
  expect(calls).toBe(1);
  end();
  vi.advanceTimersByTime(10_000);
  expect(calls).toBe(1);
});
