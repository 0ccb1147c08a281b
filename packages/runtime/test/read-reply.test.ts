import { setTimeout as delay } from "node:timers/promises";
import type Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { readReply, StreamError } from "../src/index.ts";

type Event = Anthropic.RawMessageStreamEvent;
const start = (more: object = {}) =>
  ({
    type: "message_start",
    message: { id: "m", role: "assistant", content: [], stop_reason: null, ...more },
  }) as unknown as Event;
const block = (index: number, content_block: object, ...deltas: object[]) =>
  [
    { type: "content_block_start", index, content_block },
    ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ] as unknown as Event[];
const text = (index: number, ...pieces: string[]) =>
  block(index, { type: "text", text: "" }, ...pieces.map((piece) => ({ type: "text_delta", text: piece })));
const json = (index: number, ...pieces: string[]) =>
  block(
    index,
    { type: "tool_use", id: `toolu_${index}`, name: "t", input: {} },
    ...pieces.map((partial_json) => ({ type: "input_json_delta", partial_json })),
  );
const stop = (stop_reason: string | null = "end_turn", usage?: object) =>
  ({ type: "message_delta", delta: { stop_reason }, usage }) as unknown as Event;
const end = { type: "message_stop" } as Event;

async function read(events: (Event | Promise<unknown>)[], silenceMs = 5_000) {
  const heard = { text: "", thinking: "", hungUp: 0 };
  async function* stream(): AsyncGenerator<Event> {
    for (const event of events) {
      if (event instanceof Promise) await event;
      else yield event;
    }
  }
  const reply = await readReply(stream(), {
    onText: (piece) => (heard.text += piece),
    onThinking: (piece) => (heard.thinking += piece),
    silenceMs,
    hangUp: () => (heard.hungUp += 1),
  });
  return { ...heard, reply };
}

test("deltas become blocks: words, thoughts with their signature, calls with their input", async () => {
  const thought = block(
    0,
    { type: "thinking", thinking: "", signature: "" },
    { type: "thinking_delta", thinking: "h" },
    { type: "thinking_delta", thinking: "m" },
    { type: "signature_delta", signature: "s" },
  );
  const seen = await read([
    start(),
    ...thought,
    ...text(1, "a", "b"),
    ...json(2, '{"x"', ":1}"),
    stop("tool_use"),
    end,
  ]);
  expect(seen).toMatchObject({ text: "ab", thinking: "hm" });
  expect(seen.reply).toMatchObject({
    stop_reason: "tool_use",
    content: [
      { type: "thinking", thinking: "hm", signature: "s" },
      { type: "text", text: "ab" },
      { type: "tool_use", input: { x: 1 } },
    ],
  });
});

test("what is streamed is what is answered, over several blocks", async () => {
  const { text: streamed } = await read([start(), ...text(0, "One."), ...text(1, "Two."), stop(), end]);
  expect(streamed).toBe("One.\nTwo.");
});

test("input that is no JSON is kept as the text that it was; none at all is an empty object", async () => {
  const { reply } = await read([
    start(),
    ...json(0, '{"a": tru'),
    ...json(1),
    ...json(2, ""),
    stop("tool_use"),
    end,
  ]);
  expect(reply.content).toMatchObject([{ input: '{"a": tru' }, { input: {} }, { input: {} }]);
});

test("counts of message_delta win, and a null does not hide what was counted before", async () => {
  const { reply } = await read([
    start({ usage: { input_tokens: 7, output_tokens: 1 } }),
    stop("end_turn", { input_tokens: null, output_tokens: 5 }),
    end,
  ]);
  expect(reply.usage).toMatchObject({ input_tokens: 7, output_tokens: 5 });
});

test("an endpoint may leave out usage, and the last event if the stop reason came", async () => {
  const { reply } = await read([start(), ...text(0, "hi"), stop()]);
  expect(reply).toMatchObject({ stop_reason: "end_turn", content: [{ text: "hi" }] });
});

test.each<[string, Event[], RegExp]>([
  ["without its last event", [start(), ...text(0, "hi")], /without its last event/],
  ["without a message", [], /no message/],
])("a stream %s is broken", async (_, events, message) => {
  const reading = read(events);
  await expect(reading).rejects.toBeInstanceOf(StreamError);
  await expect(reading).rejects.toThrow(message);
});

test("silence in mid-stream hangs up, and each event renews the time", async () => {
  const slow = [start(), delay(60), ...text(0, "a"), delay(60), ...text(1, "b"), stop(), end];
  expect((await read(slow, 100)).text).toBe("a\nb");
  await expect(read([start(), delay(300), end], 100)).rejects.toThrow(/nothing came for 0.1 s/);
});

/** A message that begins, and then fails; `hangUp` is what makes it fail where nothing else does. */
function readFailing(error: Error, silenceMs = 5_000): Promise<unknown> {
  let hangUp = () => {};
  const hungUp = new Promise<void>((resolve) => (hangUp = resolve));
  async function* stream(): AsyncGenerator<Event> {
    yield start();
    if (silenceMs < 5_000) await hungUp;
    throw error;
  }
  return readReply(stream(), { onText: () => {}, onThinking: () => {}, silenceMs, hangUp });
}

test("a line that was torn is a broken stream; what else the stream fails with is passed on as it is", async () => {
  const torn = readFailing(new SyntaxError("Unterminated string in JSON at position 7"));
  await expect(torn).rejects.toBeInstanceOf(StreamError);
  await expect(torn).rejects.toThrow("the stream was torn: Unterminated string in JSON at position 7");
  const reset = new Error("ECONNRESET");
  await expect(readFailing(reset)).rejects.toBe(reset);
});

test("a stream that fails because it was hung up on was silent", async () => {
  const silent = readFailing(new Error("Request was aborted."), 20);
  await expect(silent).rejects.toBeInstanceOf(StreamError);
  await expect(silent).rejects.toThrow("nothing came for 0.02 s");
});

test("a block may begin with text and gather what it cites", async () => {
  const [first, second] = ["page 1", "page 2"].map((cited_text) => ({ type: "page_location", cited_text }));
  const cites = [first, second].map((citation) => ({ type: "citations_delta", citation }));
  const seen = await read([
    start(),
    ...block(0, { type: "text", text: "It " }, { type: "text_delta", text: "says so." }, ...cites),
    ...block(1, { type: "text", text: "", citations: [first] }, ...cites.slice(1)),
    stop(),
    end,
  ]);
  expect(seen.text).toBe("It says so.\n");
  expect(seen.reply.content).toEqual([
    { type: "text", text: "It says so.", citations: [first, second] },
    { type: "text", text: "", citations: [first, second] },
  ]);
});
