// The bare loop without a server: what it sends, reports and appends, and why it stops.
import type Anthropic from "@anthropic-ai/sdk";
import { agentLoop } from "@course/s01-agent-loop";
import { expect, test } from "vitest";

const text = { type: "text", text: "so far" };
const toolUse = { type: "tool_use", id: "toolu_1", name: "bash", input: { command: "ls" } };

/** Runs the loop on these replies, the last one again and again; says what it did, in order. */
async function looped(replies: { content: unknown[]; stop_reason: string | null }[], maxTurns = 10) {
  const done: string[] = [];
  const sent: number[] = [];
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: "go" }];
  const stream = (request: { messages: unknown[] }) => {
    sent.push(request.messages.length);
    if (sent.length > 20) throw new Error("it never stops");
    const reply = replies[sent.length - 1] ?? replies.at(-1);
    const made = { on: () => made, finalMessage: () => Promise.resolve(reply) };
    return made;
  };
  const reason = await agentLoop(messages, {
    client: { messages: { stream } } as unknown as Anthropic,
    request: { model: "m", max_tokens: 10 },
    maxTurns,
    signal: new AbortController().signal,
    onCall: () => void done.push("call"),
    onText: () => {},
    onThinking: () => {},
    onReply: () => void done.push("reply"),
    append: (message) => {
      done.push(message.role);
      messages.push(message);
    },
    runTool: ({ id }) => {
      done.push("tool");
      return Promise.resolve({ type: "tool_result", tool_use_id: id, content: "x" });
    },
  });
  return { reason, done, sent };
}

test("each turn calls, hears, writes down, runs the tools and writes their results down", async () => {
  const { reason, done, sent } = await looped([
    { content: [text, toolUse], stop_reason: "tool_use" },
    { content: [text], stop_reason: "end_turn" },
  ]);
  expect(done).toEqual(["call", "reply", "assistant", "tool", "user", "call", "reply", "assistant"]);
  expect(sent, "how many messages each request has").toEqual([1, 3]);
  expect(reason).toBe("end_turn");
});

test("it stops after as many calls as it may make, and says so", async () => {
  const { reason, sent } = await looped([{ content: [toolUse], stop_reason: "tool_use" }], 3);
  expect(sent).toHaveLength(3);
  expect(reason).toBe("max_turns");
});

test.each([
  ["max_tokens", "max_tokens"],
  ["refusal", "refusal"],
  [null, "end_turn"],
])("a last reply that ended with %j is why it stops: %j", async (stop_reason, reason) => {
  expect((await looped([{ content: [text], stop_reason }])).reason).toBe(reason);
});

test("of a reply with nothing to send back, nothing is written down", async () => {
  expect((await looped([{ content: [{ type: "text", text: " " }], stop_reason: "end_turn" }])).done).toEqual([
    "call",
    "reply",
  ]);
});
