// Servers that answer late: the question for their version, as one does that npx has to download first or that is older than
// the question, and that for a list.
import { setTimeout as delay } from "node:timers/promises";
import { call, say } from "@course/offline-model/test";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { ServerConnection } from "../src/server-connection.ts";
import { odd, open, tracker, until } from "./open.ts";

test.each([
  ["starts after it was asked", { command: "sh", args: ["-c", `sleep 4; exec node ${tracker.args[0]}`] }],
  ["never answers that", odd("mute-before")],
])("one that %s is ready all the same", async (_, program) => {
  const transport = { type: "stdio" as const, ...program, env: {}, cwd: temporaryFolder() };
  const config = { name: "slow", source: ".mcp.json", transport, written: "" };
  const surroundings = { root: temporaryFolder(), connectMs: 30_000, callMs: 1_000, onChange() {} };
  const slow = new ServerConnection(config, surroundings);
  await slow.start();
  expect([slow.state, slow.problem]).toEqual(["ready", undefined]);
  expect(slow.offers.tools.length).toBeGreaterThan(0);
  await slow.stop();
});

test("of two lists that overlap, the one that was asked for last counts", async () => {
  const { run, command, close } = await open(
    { servers: { odd: odd("race") } },
    call("mcp__odd__race"),
    say("done"),
  );
  await run("go");
  await until(async () => (await command("/mcp")).includes("second"), "the second list has come");
  await delay(1_200);
  expect(await command("/mcp")).toContain("first, second");
  await close();
});
