import type { RuntimeTaskRecord } from "@course/s13-background-tasks";
import { expect, test } from "vitest";
import { Lanes } from "../src/lanes.ts";

const at = (ms: number) => new Date(ms).toISOString();

function record(
  id: string,
  command: string,
  from: number,
  to: number | null,
  status: RuntimeTaskRecord["status"],
): RuntimeTaskRecord {
  return {
    id,
    command,
    status,
    type: "local_bash",
    exitCode: 0,
    signal: null,
    outputFile: "",
    preview: "",
    notified: true,
    createdAt: at(from),
    startedAt: at(from),
    endedAt: to === null ? null : at(to),
    timeoutSeconds: 300,
    pid: 1,
    ownerPid: 1,
  };
}

/** A run that starts a task, is told of its end, and goes on much later. */
function newLanes(): Lanes {
  const lanes = new Lanes();
  const usage = { input: 0, cacheRead: 0, cacheWrite: 0, thinking: 0, output: 0 };
  const model = (from: number, to: number) => {
    lanes.add({
      type: "model_started",
      at: from,
      request: { messages: { from: "conversation", count: 1, added: [] } },
    });
    lanes.add({ type: "model_ended", at: to, stopReason: "tool_use", usage, durationMs: 0 });
  };
  model(0, 500);
  lanes.add({ type: "tool_started", at: 500, id: "t", name: "background_run", input: {} });
  lanes.add({
    type: "tool_ended",
    at: 510,
    id: "t",
    name: "background_run",
    result: { content: "" },
    durationMs: 0,
  });
  model(510, 1000);
  lanes.add({
    type: "injected",
    at: 3600,
    text: '<background-results>\n<task id="bg_a" status="x">\n</background-results>',
  });
  model(3600, 4000);
  // A pause in which nothing ran is left out.
  model(60_000, 60_500);
  return lanes;
}

test("the picture shows what ran when, and where results were injected", () => {
  const picture = newLanes().draw(
    [
      record("bg_a", "sleep 3", 505, 3505, "completed"),
      record("bg_b", "make a very long thing", 507, 2000, "failed"),
    ],
    60_500,
  );
  expect(picture.split("\n").every((line) => line.length <= 80)).toBe(true);
  expect(picture).toMatchInlineSnapshot(`
    "main loop              ▓▓▓▓▓▓▓▓▓···················▓▓▓▓·▓▓▓▓▓
    A sleep 3                  ├──────────────────────✓▲           completed 3.0 s
    B make a very long th      ├──────────✗                        failed 1.5 s
                           ▓ model call  ▒ tool call  ▲ result injected  · idle"
  `);
});

test("before anything ran there is nothing to draw", () => {
  expect(new Lanes().draw([])).toBe("Nothing has run yet.");
});
