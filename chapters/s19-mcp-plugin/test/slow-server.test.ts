// A server that takes its time, as one that npx has to download first.
import { temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { ServerConnection } from "../src/server-connection.ts";
import { tracker } from "./open.ts";

test("one that starts more slowly than it is asked for its version is ready all the same", async () => {
  const transport = {
    type: "stdio" as const,
    command: "sh",
    args: ["-c", `sleep 1.5; exec node ${tracker.args[0]}`],
    env: {},
    cwd: temporaryFolder(),
  };
  const surroundings = {
    root: temporaryFolder(),
    connectMs: 30_000,
    probeMs: 200,
    callMs: 1_000,
    onChange() {},
  };
  const slow = new ServerConnection(
    { name: "slow", source: ".mcp.json", transport, written: "" },
    surroundings,
  );
  await slow.start();
  expect([slow.state, slow.problem]).toEqual(["ready", undefined]);
  expect(slow.offers.tools.length).toBeGreaterThan(0);
  await slow.stop();
});
