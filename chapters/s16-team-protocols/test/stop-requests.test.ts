// Requests to stop: obeyed between calls, declined, expired.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say } from "@course/offline-model/test";
import { stateFolder } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { open, recordsIn, review, spawn } from "./open-team.ts";

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
