import { call, raw, say, script, think, type Turn } from "@course/offline-model/test";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { admit, blocksOf, defineAgent, defineTool, isThinking } from "../src/index.ts";
import { openSession, type TestSession } from "../src/testing.ts";

let open: TestSession | undefined;
afterEach(() => open?.close());

const echo = defineTool({
  name: "t",
  description: "t",
  input: (z) => z.looseObject({}),
  run: (input) => `got ${JSON.stringify(input)}`,
});

/** Runs a prompt against these replies, then two more prompts that are answered; the strict server refuses what is malformed. */
async function survive(...turns: Turn[]): Promise<TestSession> {
  const model = script(...turns, say("fine"), say("still fine"), say("and again"));
  open = await openSession(() => defineAgent({ name: "t", instructions: "x", tools: [echo] }), model);
  const first = await open.run("go");
  expect(first.ending).not.toBe("interrupted");
  for (const prompt of ["and now?", "and then?"])
    expect(await open.run(prompt)).toMatchObject({ ending: "completed" });
  return open;
}

const use = (fields: object) => raw({ type: "tool_use", id: "toolu_1", name: "t", input: {}, ...fields });

test.each<[string, Turn, RegExp]>([
  ["is a number", use({ input: 7 }), /no JSON object: 7/],
  ["is a list", use({ input: [1] }), /no JSON object: \[1\]/],
  ["is null", use({ input: null }), /no JSON object: null/],
  ["is cut-off JSON", use({ input: '{"a": tru' }), /no JSON object: \{"a": tru/],
  ["holds a raw newline", use({ input: '{"a": "one\ntwo"}' }), /no JSON object/],
  ["holds a bad escape", use({ input: '{"a": "\\x"}' }), /no JSON object/],
  ["holds half of a character", use({ input: { deep: [{ "\ud83d": "\ud83d" }] } }), /got .*\ufffd/],
])("input that %s is answered, and the conversation goes on", async (_, turn, answer) => {
  const { results } = await survive(turn);
  expect(results()[0]).toMatch(answer);
});

test.each<[string, Turn]>([
  ["characters outside of the pattern", use({ id: "call.1:x" })],
  ["nothing in it", use({ id: "" })],
  ["another call's id in the same reply", [use({}), use({})]],
])("an id with %s is replaced, in call and result together", async (_, turn) => {
  const { session, results } = await survive(turn);
  const blocks = session.messages.flatMap((message) => blocksOf(message));
  const asked = blocks.flatMap((block) => (block.type === "tool_use" ? [block.id] : []));
  const answered = blocks.flatMap((block) => (block.type === "tool_result" ? [block.tool_use_id] : []));
  expect(answered).toEqual(asked);
  expect(new Set(asked).size).toBe(asked.length);
  for (const id of asked) expect(id).toMatch(/^[a-zA-Z0-9_-]+$/);
  expect(results().every((text) => text.startsWith("got"))).toBe(true);
});

test("an id of an earlier turn is replaced, too", async () => {
  const { session } = await survive(use({ id: "toolu_same" }), use({ id: "toolu_same" }));
  const ids = session.messages.flatMap((message) =>
    blocksOf(message).flatMap((block) => (block.type === "tool_use" ? [block.id] : [])),
  );
  expect(ids[0]).toBe("toolu_same");
  expect(ids[1]).not.toBe("toolu_same");
});

test.each(["", "two words", "x".repeat(201), "naïve"])(
  "the tool name %j gets a legal stand-in and an error",
  async (name) => {
    const { results } = await survive(use({ name }));
    expect(results()[0]).toMatch(/^There is no tool named/);
  },
);

test.each<[string, Turn]>([
  ["empty", { parts: [] }],
  ["nothing but a thought", { parts: [think("hm")] }],
  ["a thought and blank text", { parts: [think("hm"), say(" \n")] }],
  ["blank text", { parts: [say("  ")] }],
  ["a thought that was cut off", { parts: [think("hm")], stopReason: "max_tokens" }],
  ["text that ends in a thought", { parts: [say("so"), think("hm")] }],
  ["a blank text between two thoughts", { parts: [think("one"), say(" "), think("two"), call("t")] }],
  [
    "a call with half of a character before a thought",
    [use({ input: { a: "\ud83d" } }), think("two"), say("x")],
  ],
])("a reply that is %s leaves nothing that is refused later", async (_, turn) => {
  await survive(turn);
});

test.each(["end_turn", "stop_sequence", "pause_turn"] as const)(
  "a whole call runs under %s",
  async (stopReason) => {
    const { results } = await survive({ parts: [call("t")], stopReason });
    expect(results()).toHaveLength(1);
  },
);

test.each(["max_tokens", "model_context_window_exceeded", "refusal"] as const)(
  "a call does not run after %s",
  async (stopReason) => {
    const { results } = await survive({ parts: [say("so far"), call("t")], stopReason });
    expect(results()).toEqual([]);
  },
);

test("tool_use without a call ends the turn", async () => {
  await survive({ parts: [say("hm")], stopReason: "tool_use" });
});

test("whatever a reply holds, what is kept can be sent back", () => {
  const text = fc.oneof(fc.string(), fc.constantFrom("", " ", "\ud83d", "x"));
  const block = fc.oneof(
    fc.record({ type: fc.constant("text"), text }),
    fc.record({ type: fc.constant("thinking"), thinking: text, signature: fc.constant("s") }),
    fc.record({ type: fc.constant("tool_use"), id: text, name: text, input: fc.anything() }),
  );
  fc.assert(
    fc.property(
      fc.array(block),
      fc.constantFrom("end_turn", "max_tokens", "tool_use"),
      (content, stop_reason) => {
        const { content: kept, calls } = admit({ content, stop_reason } as never, () => false);
        const ids = kept.flatMap((one) => (one.type === "tool_use" ? [one.id] : []));
        expect(calls.map(({ id }) => id)).toEqual(ids);
        expect(new Set(ids).size).toBe(ids.length);
        expect(kept.at(-1) && isThinking(kept.at(-1) ?? { type: "" })).not.toBe(true);
        for (const one of kept) {
          if (one.type === "text") expect(one.text.trim()).not.toBe("");
          if (one.type === "tool_use") expect(one.name).toMatch(/^[a-zA-Z0-9_-]{1,128}$/);
          if (one.type === "tool_use")
            expect(Object.prototype.toString.call(one.input)).toBe("[object Object]");
          if (one.type === "text") expect(one.text.isWellFormed()).toBe(true);
        }
        // A thought is kept only if all before it in the reply is kept as it was.
        const lastThought = kept.findLastIndex(isThinking);
        expect(kept.slice(0, lastThought + 1)).toEqual(content.slice(0, lastThought + 1));
      },
    ),
  );
});
