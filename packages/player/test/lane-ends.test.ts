// Lanes at their edges: what has no end of its own, what is told twice or not whole, who has no lane.
import { expect, test } from "vitest";
import type { AgentEvent } from "@course/runtime";
import { Player } from "../src/index.ts";
import { ended, inFork, stamped, started, task } from "./lane-events.ts";

const mailFrom = (from: unknown, to: unknown): AgentEvent => ({
  type: "extension",
  extension: "agent-teams",
  kind: "mail",
  detail: { from, to },
});

test("mail whose sender or receiver has no lane is left out, and the lead is the main loop both ways", () => {
  const lanes = new Player(
    stamped([
      [1, inFork(1, "ada", started)],
      [2, mailFrom("lead", "ada")],
      [3, mailFrom("ada", "nobody")],
      [4, mailFrom("nobody", "ada")],
      [5, mailFrom(7, "ada")],
    ]),
  ).lanes;
  expect(lanes.map(({ marks }) => marks)).toEqual([
    [{ kind: "mail", label: "lead writes to ada", at: 2, event: 1, to: "fork 1" }],
    [],
  ]);
});

test("prompts and wakes are marks, by their first line and no more than a hundred characters of it", () => {
  const lanes = new Player(
    stamped([
      [1, { type: "prompt", text: "x".repeat(100) }],
      [2, { type: "prompt", text: `${"y".repeat(101)}\nmore` }],
      [3, { type: "wake", reason: "mail" }],
      [4, { type: "notice", message: "no mark" }],
    ]),
  ).lanes;
  expect(lanes[0]?.marks).toEqual([
    { kind: "prompt", label: "x".repeat(100), at: 1, event: 0 },
    { kind: "prompt", label: `${"y".repeat(99)}…`, at: 2, event: 1 },
    { kind: "wake", label: "mail", at: 3, event: 2 },
  ]);
});

test.each<[string, AgentEvent]>([
  ["an interrupt", { type: "run_ended", stopReason: "interrupted", answer: "" }],
  ["an error", { type: "error", message: "no" }],
])("a call that has no end of its own ends badly with %s, and one that has ended does not", (_, event) => {
  const lanes = new Player(
    stamped([
      [1, started],
      [2, ended],
      [3, started],
      [4, event],
    ]),
  ).lanes;
  expect(lanes[0]?.spans).toMatchObject([
    { from: 1, to: 2, toEvent: 1, failed: false },
    { from: 3, to: 4, toEvent: 3, failed: true },
  ]);
});

test("lanes come in the order main loop, forks, tasks, and calls of one name in two lanes keep apart", () => {
  const tool: AgentEvent = { type: "tool_started", id: "c", name: "bash", input: {} };
  const done: AgentEvent = {
    type: "tool_ended",
    id: "c",
    name: "bash",
    result: { content: "" },
    durationMs: 1,
  };
  const lanes = new Player(
    stamped([
      [1, task("bg_1", "running")],
      [2, inFork(1, "ada", tool)],
      [3, tool],
      [4, done],
      [5, task("bg_2", "running")],
      [6, inFork(2, "bob", tool)],
    ]),
  ).lanes;
  expect(lanes.map(({ key, kind }) => [key, kind])).toEqual([
    ["main", "main"],
    ["fork 1", "fork"],
    ["fork 2", "fork"],
    ["task bg_1", "task"],
    ["task bg_2", "task"],
  ]);
  expect(lanes.map(({ spans }) => spans.map(({ to }) => to))).toEqual([
    [4],
    [undefined],
    [undefined],
    [undefined],
    [undefined],
  ]);
});

test("a task that is told twice that it runs began once", () => {
  const lanes = new Player(
    stamped([
      [1, task("bg_1", "running")],
      [2, task("bg_1", "running")],
      [3, task("bg_1", "completed")],
    ]),
  ).lanes;
  expect(lanes[1]?.spans).toEqual([
    { kind: "task", label: "bg_1", from: 1, fromEvent: 0, to: 3, toEvent: 2, failed: false },
  ]);
});

test.each(["id", "command", "status"])("a task without its %s has no lane", (name) => {
  const whole = { id: "bg_1", command: "ls", status: "running" };
  const told: AgentEvent = {
    type: "extension",
    extension: "x",
    kind: "task",
    detail: { ...whole, [name]: 1 },
  };
  expect(new Player(stamped([[1, told]])).lanes).toHaveLength(1);
});

test("a frame's lanes leave out those that begin later, and marks that come later", () => {
  const player = new Player(
    stamped([
      [1, { type: "prompt", text: "go" }],
      [2, { type: "wake", reason: "mail" }],
      [3, inFork(1, "ada", { type: "prompt", text: "help" })],
    ]),
  );
  expect(player.frame(0).lanes.map(({ key, marks }) => [key, marks.length])).toEqual([["main", 1]]);
  expect(player.frame(2).lanes.map(({ key, marks }) => [key, marks.length])).toEqual([
    ["main", 2],
    ["fork 1", 1],
  ]);
});
