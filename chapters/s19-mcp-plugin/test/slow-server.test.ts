// Servers that do not answer the question for their version in time: one that npx has to download first, and one that is
// older than the question.
import { temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { ServerConnection } from "../src/server-connection.ts";
import { odd, tracker } from "./open.ts";

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
