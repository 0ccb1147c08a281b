// Steps, times and owners: how one finds one's way in a trace.
import { expect, test } from "vitest";
import type { AgentEvent, StampedEvent } from "@course/runtime";
import { framesOf, Player } from "../src/index.ts";

const at = (time: number, event: AgentEvent): StampedEvent => ({ ...event, at: time });
const text = (said: string): AgentEvent => ({ type: "text", text: said });
const progress = (id: string, done: number): AgentEvent => ({ type: "tool_progress", id, name: "t", done });
const appended = (role: "user" | "assistant"): AgentEvent => ({
  type: "appended",
  message: 0,
  role,
  blocks: [{ type: "text", text: "x" }],
});
const usage = { input: 1, cacheRead: 0, cacheWrite: 0, output: 1, thinking: 0 };
const ended: AgentEvent = { type: "model_ended", stopReason: "end_turn", usage, durationMs: 1 };
const inFork = (id: number, event: AgentEvent): AgentEvent => ({
  type: "subagent",
  id,
  label: `f${id}`,
  event,
});
const stepsOf = (...events: AgentEvent[]) => new Player(events.map((event, index) => at(index, event))).steps;

test.each<[string, AgentEvent, AgentEvent, isOne: boolean]>([
  ["two pieces of a text", text("a"), text("b"), true],
  ["a thought and a text", { type: "thinking", text: "a" }, text("b"), false],
  ["progress of one call", progress("a", 1), progress("a", 2), true],
  ["progress of two calls", progress("a", 1), progress("b", 1), false],
  ["what is added, and that it is a prompt", appended("user"), { type: "prompt", text: "x" }, true],
  ["what is added, and that it was injected", appended("user"), { type: "injected", text: "x" }, true],
  ["what is added, and a wake", appended("user"), { type: "wake", reason: "x" }, false],
  ["a reply and a prompt", appended("assistant"), { type: "prompt", text: "x" }, false],
  ["a reply's end and its blocks", ended, appended("assistant"), true],
  ["a reply's end and a text of the user", ended, appended("user"), false],
  ["two prompts", { type: "prompt", text: "x" }, { type: "prompt", text: "x" }, false],
])("%s: one step, or two", (_, first, second, isOne) => {
  expect(stepsOf(first, second)).toEqual(isOne ? [1] : [0, 1]);
  expect(stepsOf(inFork(1, first), inFork(1, second))).toEqual(isOne ? [1] : [0, 1]);
  expect(stepsOf(inFork(1, first), inFork(2, second))).toEqual([0, 1]);
  expect(stepsOf(inFork(1, first), second)).toEqual([0, 1]);
});

test("a step is found by its event and by a time; before the first there is the first", () => {
  const player = new Player([
    at(10, text("a")),
    at(20, text("b")),
    at(30, ended),
    at(40, { type: "cleared" }),
  ]);
  expect(player.steps).toEqual([1, 2, 3]);
  expect([0, 1, 2, 3, 9].map((index) => player.stepOf(index))).toEqual([0, 0, 1, 2, 2]);
  expect([5, 19, 20, 29, 30, 40, 99].map((time) => player.stepAtTime(time))).toEqual([0, 0, 0, 0, 1, 2, 2]);
  const empty = new Player();
  expect([empty.length, empty.stepOf(0), empty.stepAtTime(1)]).toEqual([0, 0, 0]);
});

test("a frame knows whose its event is; a conversation that is not there is empty", () => {
  const events = [
    at(1, text("a")),
    at(2, inFork(1, appended("user"))),
    at(3, inFork(1, inFork(2, text("b")))),
  ];
  const frames = framesOf(events);
  expect(frames.length).toBe(3);
  expect([0, 1, 2].map((index) => frames.at(index).owner)).toEqual(["main", "fork 1", "fork 1.2"]);
  expect(frames.at(0).event).toBe(events[0]);
  expect(frames.at(0).conversation("fork 1").extent.count).toBe(0);
  expect(frames.at(1).conversation("fork 1").extent.count).toBe(1);
  expect(frames.at(2).draft("fork 1.2")).toEqual({ thinking: "", text: "b" });
  expect(frames.at(2).draft("fork 9")).toBeUndefined();
  const player = new Player(events);
  expect(player.longest("fork 9")).toBe(0);
  expect(player.nextRequest(0, "fork 9")).toBeUndefined();
  expect(player.events).toEqual(events);
});

test("requests of forks come in the order in which all were sent, and each conversation's next one is its own", () => {
  const send = (model: string): AgentEvent => ({
    type: "model_started",
    request: { model, messages: { from: "conversation", count: 0, added: [] } },
  });
  const player = new Player([at(1, send("a")), at(2, inFork(1, send("b"))), at(3, send("c"))]);
  expect([...player.requests()].map(({ model }) => model)).toEqual(["a", "b", "c"]);
  expect(player.nextRequest(1)).toMatchObject({ body: { model: "c" }, sentAt: 2 });
  expect(player.nextRequest(2)).toMatchObject({ body: { model: "c" }, sentAt: 2 });
  expect(player.nextRequest(0, "fork 1")).toMatchObject({ body: { model: "b" }, sentAt: 1 });
  expect(player.nextRequest(2, "fork 1")).toMatchObject({ body: { model: "b" }, sentAt: undefined });
});

test("the request names system prompt and tools where the trace says that they are the prefix's, deferred ones last", () => {
  const tool = (name: string) => ({ name, input_schema: { type: "object" as const } });
  const own = { model: "m", thinking: { type: "adaptive" }, metadata: null };
  const added = { role: "user" as const, content: "also" };
  const request = {
    ...own,
    system: { from: "prefix" },
    tools: { from: "prefix" },
    messages: { from: "conversation" as const, count: 1, added: [added] },
  };
  const player = new Player([
    at(1, { type: "prefix", system: "be brief", tools: [tool("a")] }),
    at(2, { type: "deferred_tools", tools: [tool("z")] }),
    at(3, appended("user")),
    at(4, { type: "model_started", request }),
  ]);
  const said = { role: "user", content: [{ type: "text", text: "x" }] };
  expect([...player.requests()]).toEqual([
    { ...own, system: "be brief", tools: [tool("a"), tool("z")], messages: [said, added] },
  ]);
});
