// One model call and what becomes of it, without a server: how long it waits, what it sends again, how it is counted.
import type Anthropic from "@anthropic-ai/sdk";
import { createModelClient, Session, type ModelCall, type ModelRequest } from "@course/runtime";
import { expect, test } from "vitest";
import { PiecedReply } from "../src/continuation.ts";
import { asOne } from "../src/one-usage.ts";
import { recover } from "../src/recover.ts";
import { RecoveryState } from "../src/recovery-state.ts";

const usageOf = (input_tokens: number, more: Partial<Anthropic.Usage> = {}) =>
  ({
    input_tokens,
    output_tokens: 5,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    ...more,
  }) as Anthropic.Usage;
const text = (value: string) => ({ type: "text", text: value, citations: null }) as Anthropic.TextBlock;
const thought = { type: "thinking", thinking: "hm", signature: "s" } as Anthropic.ThinkingBlock;

function reply(
  content: Anthropic.ContentBlock[],
  stop_reason: Anthropic.StopReason = "end_turn",
): Anthropic.Message {
  return { content, stop_reason, usage: usageOf(10) } as Anthropic.Message;
}

function newRequest(): ModelRequest {
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "k" } }));
  const messages = [{ role: "user" as const, content: "go" }];
  return { session, params: { model: "m", max_tokens: 10, messages } as unknown as ModelRequest["params"] };
}

/** Calls until these outcomes are used; says how long it waited, and what listened to the session in the end. */
async function recovered(...outcomes: (Anthropic.Message | Error)[]) {
  const request = newRequest();
  const sent: ModelRequest[] = [];
  const waits: number[] = [];
  let listeners = 0;
  const on = request.session.on.bind(request.session);
  request.session.on = (listener) => {
    const off = on(listener);
    listeners += 1;
    return () => {
      listeners -= 1;
      off();
    };
  };
  const next: ModelCall = (again) => {
    sent.push(again);
    const outcome = outcomes.shift() ?? new Error("no outcome left");
    return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
  };
  const end = await recover(request, next, {
    spend: new RecoveryState().begin(),
    effects: { sleep: (ms) => Promise.resolve(waits.push(ms)), random: () => 1 },
    makeRoom: () => Promise.resolve(true),
  }).catch((error: unknown) => error);
  return { end, sent, waits, listeners };
}

const limited = (seconds: string) =>
  Object.assign(new Error("slow down"), { status: 429, headers: new Headers({ "retry-after": seconds }) });

test.each([
  ["120", [121_000], 2],
  ["121", [], 1],
  ["0", [1_000], 2],
])("a server that asks for %s seconds is waited for %j, in %d calls", async (seconds, waits, calls) => {
  const whole = reply([text("fine")]);
  const found = await recovered(limited(seconds), whole);
  expect([found.waits, found.sent.length]).toEqual([waits, calls]);
  if (calls === 2) expect(found.end).toBe(whole);
  else expect(found.end).toMatchObject({ message: "slow down" });
});

test("each wait is twice as long, and after three attempts of a kind the error is the outcome", async () => {
  const errors = Array.from({ length: 4 }, (_, index) =>
    Object.assign(new Error(`${index}`), { status: 529 }),
  );
  const found = await recovered(...errors);
  expect(found.waits).toEqual([1_000, 2_000, 4_000]);
  expect(found.end).toBe(errors[3]);
});

test("a call leaves no listener behind, whether it ends well or not", async () => {
  expect((await recovered(limited("1"), reply([text("fine")]))).listeners).toBe(0);
  expect((await recovered(new Error("wrong key"))).listeners).toBe(0);
});

test("our attempts are the only ones, and a silent server is given a minute", async () => {
  const { sent } = await recovered(reply([text("fine")]));
  expect(sent).toMatchObject([{ maxRetries: 0, timeoutMs: 60_000 }]);
});

test("of a reply that was cut off, then refused as too long, text is sent again and no thought", async () => {
  const tooLong = Object.assign(new Error("prompt is too long"), { status: 400 });
  const cut = reply([thought, text("Half ")], "max_tokens");
  const { sent, end } = await recovered(cut, tooLong, reply([text("and half.")]));
  const assistant = (at: number) =>
    sent[at]?.params.messages.find(({ role }) => role === "assistant")?.content;
  expect(assistant(1)).toEqual([thought, text("Half ")]);
  expect(assistant(2)).toEqual([text("Half ")]);
  expect(end).toMatchObject({ content: [text("Half and half.")] });
});

test("a reply in pieces is counted as its first request was, with what the last one wrote", () => {
  const pieces = new PiecedReply(newRequest());
  pieces.add({ content: [text("One ")], isPause: false, usage: usageOf(100) });
  pieces.add({ content: [text("two ")], isPause: false, usage: usageOf(200) });
  const last = { ...reply([thought, text("three")]), usage: usageOf(300, { output_tokens: 9 }) };
  expect(pieces.whole(last)).toMatchObject({
    content: [text("One two three")],
    usage: { input_tokens: 100, output_tokens: 9 },
  });
});

test.each([
  ["taken off what was read anew", usageOf(100, { cache_creation_input_tokens: 50 }), 40, [90, 50]],
  ["and off what was stored", usageOf(100, { cache_creation_input_tokens: 50 }), 480, [0, 30]],
  ["but nothing falls below zero", usageOf(100, { cache_creation_input_tokens: 50 }), 4_000, [0, 0]],
  ["nor where nothing was stored", usageOf(100, { cache_creation_input_tokens: null }), 4_000, [0, 0]],
])(
  "where the first request was not counted, what was sent again is %s",
  (_, last, resent, [input, stored]) => {
    expect(asOne(undefined, last, resent)).toMatchObject({
      input_tokens: input,
      cache_creation_input_tokens: stored,
      output_tokens: 5,
    });
  },
);
