import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { failures, program } from "./program.ts";

const python = spawnSync("python3", ["--version"]).status === 0;
if (!python) console.warn("python3 was not found: the tests of examples/agents/*.py were not run.");

const agents = [
  { command: "node examples/agents/loop.mjs", fault: undefined },
  {
    command: "node examples/agents/loop-broken.mjs",
    fault: "a call in a reply that was cut off is not run: the command was run",
  },
  { command: "python3 examples/agents/loop.py", fault: undefined },
  {
    command: "python3 examples/agents/loop-broken.py",
    fault: "several calls of one reply are answered together: 1 of 3 results; the API refused request 2",
  },
];

test.concurrent.each(agents)("$command: $fault", async ({ command, fault }) => {
  if (command.startsWith("python3") && !python) return;
  const failed = await failures(program(command), ["loop"]);
  expect(failed.map((line) => line.slice(0, `failed: ${fault}`.length))).toEqual(
    fault === undefined ? [] : [`failed: ${fault}`],
  );
});
