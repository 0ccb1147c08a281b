// What ran when, from the events.
import { expect, test } from "vitest";
import type { AgentEvent } from "@course/runtime";
import { Player } from "../src/index.ts";
import { ended, inFork, stamped, started, task } from "./lane-events.ts";

test("calls, tasks and forks have lanes of their own, with their beginnings and ends", () => {
  const events = stamped([
    [10, started],
    [20, ended],
    [21, { type: "tool_started", id: "c", name: "bash", input: {} }],
    [22, task("bg_1", "running")],
    [25, inFork(1, "ada", started)],
    [
      30,
      { type: "tool_ended", id: "c", name: "bash", result: { content: "no", isError: true }, durationMs: 9 },
    ],
    [35, inFork(1, "ada", ended)],
    [50, task("bg_1", "failed")],
    [60, { type: "injected", text: "<x>\nmore" }],
  ]);
  const [main, ada, background] = new Player(events).lanes;
  expect(main).toMatchObject({
    key: "main",
    spans: [
      { kind: "model", from: 10, to: 20, fromEvent: 0, toEvent: 1 },
      { kind: "tool", label: "bash", from: 21, to: 30, failed: true },
    ],
    marks: [{ kind: "injected", label: "<x>", at: 60 }],
  });
  expect(ada).toMatchObject({ key: "fork 1", label: "ada", spans: [{ kind: "model", from: 25, to: 35 }] });
  expect(background).toMatchObject({
    label: "do bg_1",
    kind: "task",
    spans: [{ from: 22, to: 50, failed: true }],
  });
});

test("a frame's lanes end at its event: what ends later is under way, what begins later is not there", () => {
  const player = new Player(
    stamped([
      [10, started],
      [15, task("bg_1", "running")],
      [20, ended],
      [30, task("bg_1", "completed")],
    ]),
  );
  expect(player.frame(0).lanes).toMatchObject([{ key: "main", spans: [{ from: 10 }] }]);
  expect(player.frame(1).lanes[1]?.spans).toEqual([{ kind: "task", label: "bg_1", from: 15, fromEvent: 1 }]);
  expect(player.frame(2).lanes[0]?.spans[0]).toMatchObject({ to: 20 });
  expect(player.frame(3).lanes[1]?.spans[0]).toMatchObject({ to: 30, failed: false });
});

test("a task that had to wait has its beginning from its record, and none before it began", () => {
  const player = new Player(
    stamped([
      [Date.parse("2026-01-01T00:00:00Z"), task("bg_17", "queued")],
      [Date.parse("2026-01-01T00:00:09Z"), task("bg_17", "completed", "2026-01-01T00:00:05Z")],
    ]),
  );
  expect(player.frame(0).lanes).toHaveLength(1);
  expect(player.lanes[1]?.spans).toMatchObject([{ from: Date.parse("2026-01-01T00:00:05Z") }]);
});

test("mail goes from lane to lane; of two teammates with one name the later one is meant", () => {
  const mail: AgentEvent = {
    type: "extension",
    extension: "agent-teams",
    kind: "mail",
    detail: { from: "ada", to: "lead" },
  };
  const events = stamped([
    [1, inFork(1, "ada", started)],
    [2, inFork(2, "ada", started)],
    [3, mail],
  ]);
  const lanes = new Player(events).lanes;
  expect(lanes.map(({ key, marks }) => [key, marks.length])).toEqual([
    ["main", 0],
    ["fork 1", 0],
    ["fork 2", 1],
  ]);
  expect(lanes[2]?.marks[0]).toMatchObject({ kind: "mail", to: "main", label: "ada writes to lead" });
});

test("a fork of a fork has its own conversation and lane", () => {
  const appended: AgentEvent = {
    type: "appended",
    message: 0,
    role: "user",
    blocks: [{ type: "text", text: "hi" }],
  };
  const player = new Player(stamped([[1, inFork(2, "ada", inFork(1, "helper", appended))]]));
  expect(player.conversations.map(({ key, label }) => [key, label])).toEqual([
    ["main", "main loop"],
    ["fork 2.1", "helper"],
  ]);
  expect(player.frame(0).conversation("fork 2.1").extent.count).toBe(1);
});

test("a lane is there once something runs in it, and a task of which too little is told has none", () => {
  const appended: AgentEvent = { type: "appended", message: 0, role: "user", blocks: [] };
  const odd: AgentEvent = {
    type: "extension",
    extension: "x",
    kind: "task",
    detail: { id: "bg_1", command: "ls" },
  };
  expect(
    new Player(
      stamped([
        [1, inFork(1, "ada", appended)],
        [2, odd],
      ]),
    ).lanes,
  ).toHaveLength(1);
});
