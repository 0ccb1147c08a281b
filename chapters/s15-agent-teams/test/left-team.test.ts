// A team that another program has left in the folder, or still has.
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { say } from "@course/offline-model/test";
import { startMark, stateFolder, Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { Mailbox } from "@course/s15-agent-teams";
import { expect, test } from "vitest";
import { openTeam, spawn, states } from "./team-script.ts";

/** What a program that was killed leaves. */
function leave(root: string, ownerPid: number, ownerMark = startMark(ownerPid)): void {
  stateFolder(root, ".team", "inbox");
  const since = "2026-01-01T00:00:00.000Z";
  const members = [
    { name: "ada", role: "tester", state: "working", since },
    { name: "bob", role: "writer", state: "stopped", reason: "it failed", since },
  ];
  writeFileSync(join(root, ".team/config.json"), JSON.stringify({ ownerPid, ownerMark, members }));
  const mail = { kind: "message", from: "ada", content: "half way", sentAt: since };
  writeFileSync(join(root, ".team/inbox/lead.jsonl"), `${JSON.stringify(mail)}\n`);
}

test("the next start says who was interrupted, and their mail comes with the next prompt", async () => {
  const folder = temporaryFolder();
  leave(folder, 999_999_999);
  const { notices, run, runUntilIdle, mail, command, requestsOf } = await openTeam(
    { lead: [say("hello"), spawn("ada"), say("started")] },
    { folder },
  );
  expect(notices()).toEqual([
    "ada (tester) was interrupted: its program was killed, and its conversation is gone.\n1 unread message for the lead; they come with your next prompt.",
  ]);
  expect(states(folder)).toMatchObject([
    { name: "ada", state: "stopped", reason: "its program was killed" },
    { name: "bob", state: "stopped", reason: "it failed" },
  ]);
  expect(await runUntilIdle()).toBeUndefined();
  expect(requestsOf("lead")).toEqual([]);
  await run("hello");
  expect(mail().join()).toContain("half way");
  expect(await command("team")).toMatch(/ada .*stopped: its program was killed/);
  await run("start ada again");
  expect(await command("team")).toMatch(/ada +helper/);
  expect(states(folder)).toMatchObject([
    { name: "bob", state: "stopped", reason: "it failed" },
    { name: "ada", role: "helper" },
  ]);
  rmSync(folder, { recursive: true });
});

test("a team that belongs to a program that runs is left alone", async () => {
  const folder = temporaryFolder();
  leave(folder, process.ppid);
  const { notices, run, results, mail, close } = await openTeam(
    { lead: [spawn("cleo"), say("refused")] },
    { folder },
  );
  expect(notices()).toEqual([expect.stringMatching(/belongs to another program \(process \d+\)/)]);
  await run("go");
  expect(results()).toEqual([expect.stringMatching(/belongs to another program/)]);
  expect(mail()).toEqual([]);
  await new Mailbox(new Workspace(folder), "lead").skip();
  await new Mailbox(new Workspace(folder), "lead").put("ada", "", "idle");
  await close();
  expect(states(folder)).toMatchObject([{ name: "ada", state: "working" }, { name: "bob" }]);
  expect(new Mailbox(new Workspace(folder), "lead").hasUnread, "mail of the other's lead").toBe(true);
  rmSync(folder, { recursive: true });
});

test("a number that another process has now is no program whose team this is", async () => {
  const folder = temporaryFolder();
  leave(folder, process.ppid, "another mark");
  for (const [below, name] of [
    ["", "config.json"],
    ["inbox", "lead.cursor"],
  ] as const)
    writeFileSync(join(folder, ".team", below, `.${name}.999999999.0123abcd.tmp`), "half");
  const { notices } = await openTeam({}, { folder });
  expect(notices().join()).toMatch(/^ada \(tester\) was interrupted/);
  const names = ["", "inbox"].flatMap((below) => readdirSync(join(folder, ".team", below)));
  expect(
    names.filter((name) => name.endsWith(".tmp")),
    "half-written files of the killed program",
  ).toEqual([]);
  rmSync(folder, { recursive: true });
});

test("a list that is none stops the start, and names the file", async () => {
  const folder = temporaryFolder();
  stateFolder(folder, ".team");
  writeFileSync(join(folder, ".team/config.json"), "{");
  await expect(openTeam({}, { folder })).rejects.toThrow(/config\.json is not the list of a team/);
  rmSync(folder, { recursive: true });
});
