import { expect, test } from "vitest";
import { stages } from "../src/stages/index.ts";
import { failures, gradeCheck, whole } from "./program.ts";

/** A fault of test/agents/whole.mjs for each check, in the order of the stages: with it, that check fails. */
const FAULTS: Readonly<Record<string, readonly string[]>> = {
  loop: [
    "no-output",
    "silent",
    "asks-on",
    "one-each",
    "unknown",
    "misfit",
    "stdout-alone",
    "runs-cut-off",
    "only-end-turn",
    "no-limit",
  ],
  files: [
    "no-mkdir",
    "adds-newline",
    "no-guard",
    "no-link-guard",
    "first-line",
    "fine",
    "reads-outside",
    "dollars",
    "first-of-two",
    "fine",
  ],
  context: ["no-room", "same-again", "orphan", "lost-goal", "lost-result", "uncut", "endless"],
  thinking: [
    "changes-thoughts",
    "some-thoughts",
    "prefix",
    "moves-thoughts",
    "drops-redacted",
    "sends-thought",
    "keeps-thoughts",
  ],
  recovery: [
    "529",
    "500",
    "no-wait",
    "drop",
    "runs-twice",
    "cut-off",
    "401-again",
    "401-silent",
    "never-gives-up",
  ],
  background: [
    "waits-in-start",
    "waits-to-run",
    "never-tells",
    "tells-twice",
    "leaves",
    "in-a-row",
    "no-code",
    "leaves-grandchildren",
    "leaves-at-sigint",
  ],
};

const checks = stages.flatMap(({ name, cases }) =>
  cases
    .flatMap((one) => one.checks)
    .map((check, at) => ({ stage: name, check: check.name, fault: FAULTS[name]?.[at] ?? "" })),
);

test.concurrent("an agent that does everything passes every check", async () => {
  const names = stages.map(({ name }) => name);
  expect(await failures(whole(), names)).toEqual([]);
});

test.concurrent.each(checks)(
  "$stage: with the fault $fault it fails at: $check",
  async ({ stage, check, fault }) => {
    const { status, came } = await gradeCheck(whole(fault), stage, check);
    expect(status).toBe("failed");
    // A fault that only made the program slow or mute would prove nothing.
    expect(came).not.toMatch(/in time|did not start|not run$/);
  },
);

test.concurrent("results in another order than their calls are found, too", async () => {
  const { came } = await gradeCheck(
    whole("reversed"),
    "loop",
    "several calls of one reply are answered together",
  );
  expect(came).toBe("the results in another order");
});

test.concurrent("a result in a request that the API refuses is none", async () => {
  const check = "a command that the model asks for is run, and its output goes back";
  const { came, why } = await gradeCheck(whole("text-first"), "loop", check);
  expect(came).toBe("no tool_result for call 1");
  expect(why).toMatch(/^the API refused request 2 \(400: messages\.1: `tool_use` ids were found without/);
});

test("every stage has five to ten checks, each with a fault and a name of its own", () => {
  for (const { name, cases } of stages) {
    const names = cases.flatMap((one) => one.checks.map((check) => check.name));
    expect(names.length).toBeGreaterThanOrEqual(5);
    expect(names.length).toBeLessThanOrEqual(10);
    expect(new Set(names).size).toBe(names.length);
    expect(FAULTS[name]).toHaveLength(names.length);
  }
});
