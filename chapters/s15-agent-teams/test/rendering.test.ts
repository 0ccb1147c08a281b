// How mail and the team read: for the model in tags, for the user a line each.
import { createModelClient, Session, Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { call, say } from "@course/offline-model/test";
import { Mailbox, Team } from "@course/s15-agent-teams";
import { expect, test } from "vitest";
import { isNews, parseMail, renderMail, type Mail } from "../src/mail.ts";
import { describeLeft, renderConversation, renderInbox, renderRoster } from "../src/render-team.ts";
import type { TeammateRecord } from "../src/roster.ts";
import { openTeam, spawn } from "./team-script.ts";

const mail = (more: Partial<Mail>): Mail => ({
  id: "m1",
  kind: "message",
  from: "ada",
  to: "lead",
  content: "hello",
  sentAt: "2026-11-26T10:00:00.000Z",
  ...more,
});
const member = (more: object) =>
  ({ name: "ada", role: "helper", state: "idle", ...more }) as unknown as TeammateRecord;

test("mail is one block, a message in the tag of its sender, the rest in a tag of its kind", () => {
  expect(
    renderMail([
      mail({ content: " two\nlines </mail> " }),
      mail({ id: "m2", kind: "idle", content: "" }),
      mail({ id: "m3", kind: "failed", from: "bob", content: "why" }),
    ]),
  ).toBe(
    `<mail>\n<message from="ada" id="m1">\ntwo\nlines <\\/mail>\n</message>\n<idle teammate="ada" />\n<failed teammate="bob">\nwhy\n</failed>\n</mail>`,
  );
});

test("only that somebody rests, with nothing to say, is no news", () => {
  expect(isNews(mail({ kind: "idle", content: "" }))).toBe(false);
  expect(isNews(mail({ kind: "idle", content: "x" }))).toBe(true);
  expect(isNews(mail({ kind: "stopped", content: "" }))).toBe(true);
});

test("a line is mail with its place as its id, or none", () => {
  const { id: _, to: __, ...line } = mail({});
  expect(parseMail(JSON.stringify(line), 42, "bob")).toEqual({ ...line, id: "m42", to: "bob" });
  for (const wrong of [
    "{",
    "null",
    JSON.stringify({ ...line, from: "<x>" }),
    JSON.stringify({ ...line, kind: "x" }),
  ])
    expect(parseMail(wrong, 0, "bob")).toBe(undefined);
});

test("an inbox shows its last twenty, the unread ones marked, what is long cut", async () => {
  const box = new Mailbox(new Workspace(temporaryFolder()), "ada", () => {});
  expect(renderInbox(box)).toBe("No mail for ada.");
  for (let number = 1; number <= 20; number++) await box.put("lead", `mail ${number}`);
  expect(renderInbox(box).split("\n")).toHaveLength(21);
  await box.drain(() => {});
  await box.put("bob", "x".repeat(401));
  await box.put("bob", "", "idle");
  await box.put("bob", "why", "failed");
  const lines = renderInbox(box)
    .split("\n")
    .map((line) => line.replace(/\d\d:\d\d:\d\d/, "TIME"));
  await box.drain(() => {});
  await box.put("bob", "two\nlines");
  expect(renderInbox(box)).toMatch(/\n● \S+ bob: two\n {11}lines\n1 unread \(●\)$/);
  await box.drain(() => {});
  expect(renderInbox(box)).toMatch(/\nNothing is unread\.$/);
  expect(lines[0]).toBe("3 earlier ones");
  expect(lines[1]).toBe("  TIME lead: mail 4");
  expect(lines.slice(-4)).toEqual([
    `● TIME bob: ${"x".repeat(399)}…`,
    "● TIME bob: idle",
    "● TIME bob: failed: why",
    "3 unread (●)",
  ]);
});

test("the roster is a line each, with why somebody is in that state", () => {
  expect(renderRoster([])).toBe("There are no teammates.");
  expect(renderRoster([member({}), member({ name: "bob", state: "stopped", reason: "it failed" })])).toBe(
    "ada (helper): idle\nbob (helper): stopped, it failed",
  );
});

test("what a killed program left is said of each teammate, and of unread mail", () => {
  expect(describeLeft([], 0)).toBe("");
  expect(describeLeft([], 1)).toBe("1 unread message for the lead; they come with your next prompt.");
  expect(describeLeft([member({})], 2).split("\n")).toEqual([
    "ada (helper) was interrupted: its program was killed, and its conversation is gone.",
    "2 unread messages for the lead; they come with your next prompt.",
  ]);
});

test("/team shows who has used what, one conversation in full, and stops by name; /inbox knows who is there", async () => {
  const { runUntilIdle, command, agent } = await openTeam({
    lead: [spawn("ada", "work", "a role of more than twenty-four characters"), say("started"), say("heard")],
    ada: [
      call("bash", { command: "printf 'found\\nmore\\n'; printf 'y%.0s' $(seq 500)" }),
      say("I found it"),
    ],
  });
  expect(await command("team")).toBe("There are no teammates.");
  expect(await command("team", "stop all")).toBe("Nobody is at work.");
  await expect(command("team", "ada")).rejects.toThrow(
    "There is no conversation of ada. There are no teammates.",
  );
  await runUntilIdle("go");
  const [head, row] = String(await command("team")).split("\n");
  expect(head).toBe("  name        role                      calls    tokens  state");
  expect(row).toMatch(/^ {2}ada {9}a role of more than twe… {6}2 +[\d,]+ {2}idle/);
  const shown = String(await command("team", "ada")).split("\n");
  expect(shown[0]).toMatch(/^to it: /);
  expect(shown[1]).toMatch(/^✻ Thought \d\.$/);
  expect(shown.join("\n")).toMatch(
    /● bash \{"command":"printf .*\n {2}found\n {2}more\n {2}y{388}…\nada: I found it$/,
  );
  await expect(command("team", "bob")).rejects.toThrow(
    "There is no conversation of bob. The teammates are: ada.",
  );
  await expect(command("team", "stop bob")).rejects.toThrow(
    "There is no teammate bob to stop. The teammates are: ada.",
  );
  await expect(command("team", "stop")).rejects.toThrow(/^Write \/team, /);
  await expect(command("inbox", "bob")).rejects.toThrow("There is no bob. There are: lead, ada.");
  expect(await command("inbox")).toMatch(/\nNothing is unread\.$/);
  const team = agent.extensions.flatMap(({ commands }) => commands?.["team"] ?? [])[0];
  expect(await team?.complete?.()).toEqual(["stop", "all", "ada"]);
  expect(await command("team", "stop ada")).toBe("Stopped: ada.");
  expect(await command("team")).toMatch(/stopped: the user stopped it$/);
});

test("of a conversation only what was said, thought, called and answered is shown, or that nothing was", () => {
  const team = new Team(new Workspace(temporaryFolder()), () => ({ name: "mailbox" }));
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "test" } }));
  Object.assign(team, { conversationOf: () => session });
  expect(renderConversation("ada", team)).toBe("ada has said nothing yet.");
  session.append({ role: "user", content: "look" });
  session.append({
    role: "assistant",
    content: [
      { type: "thinking", thinking: "", signature: "" },
      { type: "redacted_thinking", data: "x" },
      { type: "thinking", thinking: "Where?", signature: "" },
      { type: "tool_use", id: "1", name: "bash", input: {} },
    ],
  });
  session.append({
    role: "user",
    content: [
      { type: "tool_result", tool_use_id: "1", content: "found\n\n" },
      { type: "tool_result", tool_use_id: "2", content: [{ type: "text", text: "a block" }] },
    ],
  });
  expect(renderConversation("ada", team).split("\n")).toEqual([
    "to it: look",
    "✻ Where?",
    "● bash {}",
    "  found",
    '  [{"type":"text","text":"a block"}]',
  ]);
});
