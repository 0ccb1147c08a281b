// What the cache serves, what a thought is bound to, and which events are one step.
import { expect, test } from "vitest";
import type { AgentEvent, StampedEvent } from "@course/runtime";
import { Player } from "../src/index.ts";

const SEND: AgentEvent = {
  type: "model_started",
  request: { model: "m", messages: { from: "conversation", count: 99, added: [] } },
};
const ended = (cacheRead: number, cacheWrite: number): AgentEvent => ({
  type: "model_ended",
  stopReason: "end_turn",
  usage: { input: 0, cacheRead, cacheWrite, output: 5, thinking: 0 },
  durationMs: 1,
});
const said = (message: number, text: string, thinks = false): AgentEvent => ({
  type: "appended",
  message,
  role: message % 2 === 0 ? "user" : "assistant",
  blocks: [
    ...(thinks ? [{ type: "thinking" as const, thinking: "hm", signature: "s" }] : []),
    { type: "text", text },
  ],
});
const play = (...events: AgentEvent[]) =>
  new Player(events.map((event, index): StampedEvent => ({ ...event, at: index * 1_000 })));
const PREFIX: AgentEvent = { type: "prefix", system: "be brief", tools: [] };
const TURN = [PREFIX, said(0, "go"), SEND, ended(0, 10), said(1, "done", true), said(2, "on")];

test("the cache serves what the last request held; an edit before its end, and another prefix, cut it", () => {
  const player = play(...TURN, { type: "edited", from: 0, messages: [{ role: "user", content: "x" }] });
  const cached = (index: number) => player.frame(index).main.cached;
  expect(cached(2)).toMatchObject({ to: { message: 0, block: 0 }, prefix: false });
  expect(cached(3)).toMatchObject({ to: { message: 0, block: 1 }, prefix: true });
  expect(cached(5)).toMatchObject({ to: { message: 0, block: 1 }, until: 3_000 + 300_000 });
  expect(cached(6)).toMatchObject({ to: { message: 0, block: 0 }, prefix: true });
  const renewed = play(...TURN, { ...PREFIX, system: "else" });
  expect(renewed.frame(6).main.cached.prefix).toBe(false);
});

test("an endpoint that counts no cached tokens serves none", () => {
  const player = play(PREFIX, said(0, "go"), SEND, ended(0, 0));
  expect(player.frame(3).main.cached).toMatchObject({ to: { message: 0, block: 0 }, prefix: false });
});

test("a thought binds what is before it, until it is edited away", () => {
  const without: AgentEvent = {
    type: "edited",
    from: 1,
    messages: [{ role: "assistant", content: [{ type: "text", text: "done" }] }],
  };
  const player = play(...TURN, without);
  expect(player.frame(3).main.boundTo).toEqual({ message: 0, block: 0 });
  expect(player.frame(5).main.boundTo).toEqual({ message: 1, block: 1 });
  expect(player.frame(6).main.boundTo).toEqual({ message: 0, block: 0 });
});

test("tokens add up, and the longest call is known", () => {
  const player = play(...TURN, SEND, ended(10, 7));
  expect(player.frame(7).main).toMatchObject({
    calls: 2,
    total: { cacheRead: 10, cacheWrite: 17, output: 10 },
  });
  expect(player.longest("main")).toBe(22);
});

test("a reply that streams is one step and no part of the conversation, until it is whole", () => {
  const player = play(
    said(0, "go"),
    { type: "prompt", text: "go" },
    SEND,
    { type: "thinking", text: "I " },
    { type: "thinking", text: "think" },
    { type: "text", text: "do" },
    { type: "text", text: "ne" },
    ended(0, 1),
    said(1, "done"),
  );
  expect(player.steps).toEqual([1, 2, 4, 6, 8]);
  expect(player.stepOf(3)).toBe(2);
  expect(player.frame(6).draft()).toEqual({ thinking: "I think", text: "done" });
  expect(player.frame(6).messages).toHaveLength(1);
  expect(player.frame(8).draft()).toBeUndefined();
});

test("the next request is the one that is sent; after the last, what would be sent", () => {
  const player = play(...TURN);
  expect(player.nextRequest(0)).toMatchObject({ sentAt: 2, body: { messages: [{ role: "user" }] } });
  const { sentAt, body } = player.nextRequest(5) ?? {};
  expect(sentAt).toBeUndefined();
  expect(body?.["messages"]).toHaveLength(3);
  expect(play(PREFIX).nextRequest(0)).toBeUndefined();
});

test("a trace that begins later shows where messages are missing", () => {
  const player = play(said(4, "late"));
  expect(player.frame(0).messages).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    { role: "user", content: [{ type: "text", text: "late" }] },
  ]);
});

test("there is no frame behind the last", () => {
  expect(() => play(PREFIX).frame(1)).toThrow("There is no frame 1: the trace has 1 events, from 0.");
});

test("a run that ends in the middle of a reply leaves no half of it", () => {
  const player = play(
    ...TURN,
    SEND,
    { type: "text", text: "ha" },
    {
      type: "run_ended",
      stopReason: "interrupted",
      answer: "",
    },
  );
  expect(player.frame(7).draft()).toMatchObject({ text: "ha" });
  expect(player.frame(7).main.asked).toEqual({ message: 2, block: 1 });
  expect(player.frame(8).draft()).toBeUndefined();
  expect(player.frame(8).main.asked).toBeUndefined();
});

test("what a fork streams is one step as well, as long as nobody comes between", () => {
  const piece = (id: number, text: string): AgentEvent => ({
    type: "subagent",
    id,
    label: `f${id}`,
    event: { type: "text", text },
  });
  expect(play(piece(1, "a"), piece(1, "b"), piece(2, "c"), piece(1, "d")).steps).toEqual([1, 2, 3]);
  expect(play(piece(1, "a"), { type: "text", text: "b" }).steps).toEqual([0, 1]);
});

test("an edit may leave nothing", () => {
  const player = play(said(0, "go"), { type: "edited", from: 0, messages: [] });
  expect(player.frame(1).main.extent).toMatchObject({ count: 0, blocks: 0, end: { message: 0, block: 0 } });
  expect(player.frame(0).messages).toHaveLength(1);
});

test("blocks that join an earlier message replace what came after it for this moment only", () => {
  const player = play(said(0, "a"), said(1, "b"), said(0, "c"));
  expect(player.frame(1).messages).toHaveLength(2);
  expect(player.frame(2).messages[0]?.content).toHaveLength(2);
  expect(player.frame(1).messages[0]?.content).toHaveLength(1);
});

test("an edit at a message's beginning cuts the cache behind the message before it", () => {
  const player = play(...TURN, SEND, ended(10, 7), {
    type: "edited",
    from: 2,
    messages: [{ role: "user", content: "other" }],
  });
  expect(player.frame(7).main.cached.to).toEqual({ message: 2, block: 1 });
  expect(player.frame(8).main.cached.to).toEqual({ message: 1, block: 2 });
  expect(player.frame(8).main.extent.newFrom).toEqual({ message: 2, block: 0 });
});

test("what is taken back leaves nothing new", () => {
  const { extent } = play(...TURN, { type: "edited", from: 2, messages: [] }).frame(6).main;
  expect(extent.newFrom).toEqual(extent.end);
});

test("a new prefix leaves out what was thought, also behind messages that are missing", () => {
  const player = play(PREFIX, said(0, "go"), said(1, "done", true), said(4, "late"), {
    ...PREFIX,
    system: "else",
  });
  expect(player.frame(4).messages.map((message) => message?.content)).toEqual([
    [{ type: "text", text: "go" }],
    [{ type: "text", text: "done" }],
    undefined,
    undefined,
    [{ type: "text", text: "late" }],
  ]);
  expect(player.frame(4).main).toMatchObject({ system: "else", boundTo: { message: 0, block: 0 } });
  expect(player.frame(4).main.extent.newFrom).toEqual({ message: 1, block: 0 });
});

test("a conversation that is forgotten is empty, and what it has cost goes on", () => {
  const player = play(...TURN, { type: "cleared" }, PREFIX, said(0, "anew"), SEND, ended(3, 4));
  const { extent, system, calls, cached, boundTo } = player.frame(6).main;
  expect({ count: extent.count, system, calls, prefix: cached.prefix, boundTo }).toEqual({
    count: 0,
    system: undefined,
    calls: 1,
    prefix: false,
    boundTo: { message: 0, block: 0 },
  });
  expect(player.frame(6).main).toMatchObject({ total: { cacheWrite: 10 }, last: { cacheWrite: 10 } });
  expect(player.frame(10).main).toMatchObject({ calls: 2, total: { cacheRead: 3, cacheWrite: 14 } });
});

test("a request that holds less than the conversation caches no more than that", () => {
  const short: AgentEvent = {
    type: "model_started",
    request: { model: "m", messages: { from: "conversation", count: 1, added: [] } },
  };
  const player = play(PREFIX, said(0, "go"), said(1, "done", true), said(2, "on"), short, ended(0, 10));
  expect(player.frame(4).main.asked).toEqual({ message: 0, block: 1 });
  expect(player.frame(5).main.cached.to).toEqual({ message: 0, block: 1 });
  const late = play(said(3, "late"), short);
  expect(late.frame(1).main.asked).toEqual({ message: 0, block: 0 });
});

test("the same blocks behind an edit's text make the same request: a text is one block", () => {
  const edit: AgentEvent = { type: "edited", from: 0, messages: [{ role: "user", content: "a summary" }] };
  const player = play(...TURN, edit, said(0, "on"), SEND);
  expect(player.frame(6).messages).toEqual([{ role: "user", content: "a summary" }]);
  expect(player.frame(7).messages[0]?.content).toEqual([
    { type: "text", text: "a summary" },
    { type: "text", text: "on" },
  ]);
});
