// Recovery in a conversation beside the main one, as a subagent's; what /recovery counts; replies by their endings.
import { call, say, script } from "@course/offline-model/test";
import { describeModelError, run, type ModelRequest } from "@course/runtime";
import { BUDGET, classifyError, classifyReply, RecoveryState } from "@course/s11-error-recovery";
import { expect, onTestFinished, test } from "vitest";
import { PiecedReply } from "../src/continuation.ts";
import { backoff } from "../src/backoff.ts";
import { recover } from "../src/recover.ts";
import type { Piece } from "../src/sendable.ts";
import { openWith } from "./open-with.ts";

async function opened(...parameters: Parameters<typeof openWith>) {
  const open = await openWith(...parameters);
  onTestFinished(() => open.close());
  return open;
}

test("a subagent's call recovers, in sight of the parent, with budgets of its own", async () => {
  const model = script(call("bash", { command: "true" }), say("the child's answer"), say("mine"));
  const open = await opened(model, "529x3");
  const child = open.session.fork("child");
  expect(await run(open.agent, child, "look")).toMatchObject({ answer: "the child's answer" });
  expect(open.waits).toEqual([1_000, 2_000, 4_000]);
  const waiting = open.events.flatMap((event) =>
    event.type === "subagent" && event.event.type === "waiting" ? [event.event.reason] : [],
  );
  expect(waiting).toEqual([1, 2, 3].map((number) => `The model is overloaded; attempt ${number} of 3`));
  model.setFaults("529x3");
  expect(await open.run("go")).toMatchObject({ answer: "mine" });
});

test("a subagent that is too long fails, and the parent's conversation is left as it is", async () => {
  const model = script(say("one"), say("two"), say("three"));
  const open = await opened(model);
  await open.run("first");
  await open.run("second");
  const before = structuredClone(open.session.messages);
  model.setFaults("too_long");
  const child = open.session.fork("child");
  const outcome = await run(open.agent, child, "look");
  expect(outcome).toMatchObject({ ending: "failed" });
  expect(outcome.answer).toMatch(/too long/);
  expect(open.session.messages).toEqual(before);
  expect(model.requests).toHaveLength(2);
  expect(await open.run("third")).toMatchObject({ answer: "three" });
});

test("a subagent's reply that is cut off goes on in the subagent", async () => {
  const cut = { parts: [say("Half of ")], stopReason: "max_tokens" as const };
  const open = await opened(script(cut, say("it.")));
  expect(await run(open.agent, open.session.fork("child"), "look")).toMatchObject({ answer: "Half of it." });
  expect(open.session.messages).toEqual([]);
});

test("/recovery counts the last call that needed any, the session, and says what was last", async () => {
  const model = script(say("one"), say("two"));
  const open = await opened(model, "529x2,429");
  const [extension] = open.agent.extensions;
  const shown = async () =>
    String(await extension?.commands?.["recovery"]?.run("", open.session)).split("\n");
  expect((await shown()).at(-1)).toBe("  at most 3 per kind and call; last: nothing yet");
  await open.run("go");
  model.setFaults("529");
  await open.run("again");
  const lines = await shown();
  expect(lines[0]).toBe("  kind            last call    session");
  expect(lines).toContain("  overloaded              1          3");
  expect(lines).toContain("  rate_limited            0          1");
  expect(lines).toContain("  too_long                0          0");
  expect(lines.at(-1)).toBe("  at most 3 per kind and call; last: overloaded, attempt 1");
});

test("the budget is three of a kind and call, and giving up is told", () => {
  const state = new RecoveryState();
  const spend = state.begin();
  expect([1, 2, 3, 4].map(() => spend("lost"))).toEqual([1, 2, 3, undefined]);
  expect(state.render()).toContain("last: gave up on lost");
  expect(spend("cut_off")).toBe(1);
  expect(state.begin()("lost")).toBe(1);
  expect(BUDGET).toBe(3);
});

test("waits double up to thirty seconds, and what the server asks for is waited before that", () => {
  expect([1, 2, 3, 6, 9].map((attempt) => backoff(attempt, () => 1))).toEqual([
    1_000, 2_000, 4_000, 30_000, 30_000,
  ]);
  expect(backoff(2, () => 0.5, 700)).toBe(1_700);
});

test.each([
  ["end_turn", undefined],
  ["tool_use", undefined],
  ["refusal", undefined],
  ["max_tokens", "cut_off"],
  ["pause_turn", "paused"],
  ["model_context_window_exceeded", "too_long"],
  [null, "lost"],
] as const)("a reply that stops with %s is %s", (stop_reason, kind) => {
  expect(classifyReply({ stop_reason } as Parameters<typeof classifyReply>[0])?.kind).toBe(kind);
});

test("a connection error is lost, unless it has a status; a date that has passed is no wait", () => {
  class APIConnectionError extends Error {}
  expect(classifyError(new APIConnectionError("x"))?.kind).toBe("lost");
  expect(classifyError(Object.assign(new APIConnectionError("x"), { status: 402 }))).toBe(undefined);
  const after = (value: string) =>
    classifyError(
      Object.assign(new Error("x"), { status: 500, headers: new Headers({ "retry-after": value }) }),
      9_000,
    )?.retryAfterMs;
  expect(after("Thu, 01 Jan 1970 00:00:05 GMT")).toBe(0);
  expect(after("soon")).toBe(undefined);
  expect(after("0")).toBe(0);
  expect(classifyError(Object.assign(new Error("x"), { status: 500 }))?.what).toBe("The server failed (500)");
  expect(classifyError(Object.assign(new Error("x"), { type: "api_error" }))?.what).toBe(
    "The server failed (api_error)",
  );
});

type Reply = Parameters<PiecedReply["whole"]>[0];

const asked = (messages: object[] = [{ role: "user", content: "go" }]) =>
  ({ params: { messages } }) as unknown as ModelRequest;
const text = (words: string) => ({ type: "text" as const, text: words, citations: null });
const reply = (words: string, usage: object) =>
  ({ content: [text(words)], usage: { output_tokens: 5, ...usage } }) as unknown as Reply;

test("a reply that came at once is that reply, and its request the request", () => {
  const request = asked();
  const pieces = new PiecedReply(request);
  const last = reply("all", { input_tokens: 10 });
  expect(pieces.request()).toBe(request);
  expect(pieces.whole(last)).toBe(last);
});

test("without a count of the first piece, what was sent again is taken off: from new input first, then from what was stored", () => {
  const counted = (usage: object) => {
    const pieces = new PiecedReply(asked());
    pieces.add({ content: [text("x".repeat(400))], isPause: false });
    const { usage: result } = pieces.whole(reply("end", usage));
    return [result.input_tokens, result.cache_creation_input_tokens];
  };
  const [input] = counted({ input_tokens: 1_000 });
  const sent = 1_000 - (input ?? 0);
  expect(sent).toBeGreaterThan(130);
  expect(sent).toBeLessThan(190);
  expect(counted({ input_tokens: 1_000, cache_creation_input_tokens: 7 })).toEqual([1_000 - sent, 7]);
  expect(counted({ input_tokens: 10, cache_creation_input_tokens: 1_000 })).toEqual([0, 1_000 - (sent - 10)]);
  expect(counted({ input_tokens: 1, cache_creation_input_tokens: 1 })).toEqual([0, 0]);
});

test("a note without anything written stands behind the user's words, and a call that was cut is not sent back", () => {
  const pieces = new PiecedReply(asked());
  const use = { type: "tool_use" as const, id: "toolu_1", name: "bash", input: {} };
  pieces.add({ content: [use] as unknown as Piece["content"], isPause: false });
  const { messages } = pieces.request().params;
  expect(messages).toHaveLength(1);
  expect(JSON.stringify(messages[0])).toMatch(/"go".*<continue-request>.*in smaller steps/s);
  pieces.add({ content: [text("some "), text("words")], isPause: false });
  pieces.add({ content: [text("  ")], isPause: false });
  const [, assistant, note] = pieces.request().params.messages;
  expect(assistant).toEqual({ role: "assistant", content: [text("some words")] });
  expect(JSON.stringify(note)).toContain("exactly where it stops");
});

test("an error that recovery leaves alone is described as without it", async () => {
  const open = await opened(script(), "401");
  const { answer } = await open.run("go");
  expect(answer).toMatch(/refused the credentials/);
  expect(open.waits).toEqual([]);
  expect(describeModelError(new Error("x"), open.session.model)).toBe("X");
});

test("a stream that ended without a word on why is a failure: the next attempt waits", async () => {
  const open = await opened(script());
  const reply = (stop_reason: "end_turn" | "max_tokens" | null) =>
    ({ content: [text("words ")], stop_reason, usage: {} }) as unknown as Reply;
  const waitsOf = async (first: "max_tokens" | null) => {
    const replies = [reply(first), reply("end_turn")];
    const waits: number[] = [];
    await recover(
      { ...asked(), session: open.session },
      () => Promise.resolve(replies.shift() ?? reply("end_turn")),
      {
        spend: new RecoveryState().begin(),
        effects: { sleep: (ms) => Promise.resolve(waits.push(ms)), random: () => 1 },
        makeRoom: () => Promise.resolve(false),
      },
    );
    return waits;
  };
  expect(await waitsOf(null)).toEqual([1_000]);
  expect(await waitsOf("max_tokens")).toEqual([]);
});
