// A team that another program has left in the folder, or still has.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { say } from "@course/offline-model/test";
import { startMark, stateFolder } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { openTeam, spawn, states } from "./team-script.ts";

/** What a program that was killed leaves. */
function leave(root: string, ownerPid: number): void {
  stateFolder(root, ".team", "inbox");
  const since = "2026-01-01T00:00:00.000Z";
  const member = { name: "ada", role: "tester", state: "working", since };
  const ownerMark = startMark(ownerPid);
  writeFileSync(join(root, ".team/config.json"), JSON.stringify({ ownerPid, ownerMark, members: [member] }));
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
  expect(await runUntilIdle()).toBeUndefined();
  expect(requestsOf("lead")).toEqual([]);
  await run("hello");
  expect(mail().join()).toContain("half way");
  expect(await command("team")).toMatch(/ada .*stopped: its program was killed/);
  await run("start ada again");
  expect(await command("team")).toMatch(/ada +helper/);
  rmSync(folder, { recursive: true });
});

test("a team that belongs to a program that runs is left alone", async () => {
  const folder = temporaryFolder();
  leave(folder, process.ppid);
  const { notices, run, results, mail } = await openTeam(
    { lead: [spawn("bob"), say("refused")] },
    { folder },
  );
  expect(notices().join()).toMatch(/belongs to another program \(process \d+\)/);
  await run("go");
  expect(results()).toEqual([expect.stringMatching(/belongs to another program/)]);
  expect(mail()).toEqual([]);
  expect(states(folder)).toMatchObject([{ name: "ada", state: "working" }]);
  rmSync(folder, { recursive: true });
});

test("a list that is none stops the start, and names the file", async () => {
  const folder = temporaryFolder();
  stateFolder(folder, ".team");
  writeFileSync(join(folder, ".team/config.json"), "{");
  await expect(openTeam({}, { folder })).rejects.toThrow(/config\.json is not the list of a team/);
  rmSync(folder, { recursive: true });
});
