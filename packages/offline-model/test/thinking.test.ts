import Anthropic from "@anthropic-ai/sdk";
import { afterEach, expect, test } from "vitest";
import { call, raw, say, script, think, type ScriptedModel, type Turn } from "../src/script.ts";

let model: ScriptedModel | undefined;
afterEach(() => model?.close());

const tools = [{ name: "t", description: "t", input_schema: { type: "object" as const } }];
const base = { model: "claude-sonnet-5-5", max_tokens: 1_000, system: "Be brief.", tools };
const shown = { type: "adaptive", display: "summarized" } as const;

async function start(...turns: Turn[]) {
  model = script(...turns);
  return new Anthropic({ apiKey: "k", baseURL: await model.start(), maxRetries: 0 });
}

/** One round of a call that was thought about; returns the conversation that holds it. */
async function round(client: Anthropic, more: object = {}): Promise<Anthropic.MessageParam[]> {
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: "go" }];
  const reply = await client.messages.create({ ...base, thinking: shown, messages, ...more });
  const asked = reply.content.find((block) => block.type === "tool_use");
  if (!asked) throw new Error("expected a call");
  messages.push({ role: "assistant", content: reply.content });
  messages.push({ role: "user", content: [{ type: "tool_result", tool_use_id: asked.id, content: "ok" }] });
  return messages;
}

const turns: Turn[] = [[think("I need t."), call("t")], say("fine")];
const different = /different conversation/;

test("a thought goes back unchanged; cache markers do not count", async () => {
  const client = await start(...turns);
  const messages = await round(client);
  expect(messages[1]?.content).toMatchObject([
    { type: "thinking", thinking: "I need t." },
    { type: "tool_use" },
  ]);
  const system = [
    { type: "text" as const, text: "Be brief.", cache_control: { type: "ephemeral" as const } },
  ];
  await client.messages.create({ ...base, system, thinking: shown, messages });
});

test.each<[string, (messages: Anthropic.MessageParam[]) => object]>([
  ["the system prompt", (messages) => ({ messages, system: "Be long." })],
  ["the tools", (messages) => ({ messages, tools: [...tools, { ...tools[0], name: "u" }] })],
  ["an earlier message", ([, ...rest]) => ({ messages: [{ role: "user", content: "stop" }, ...rest] })],
  ["what stands before it", (messages) => ({ messages: [{ role: "user", content: "more" }, ...messages] })],
])("it is refused when %s changes, and again with every later request", async (_, change) => {
  const client = await start(...turns);
  const body = {
    ...base,
    thinking: shown,
    ...change(await round(client)),
  } as Anthropic.MessageCreateParamsNonStreaming;
  for (const _again of [1, 2]) await expect(client.messages.create(body)).rejects.toThrow(different);
});

test("leaving out one thought between others unbinds those that follow; leaving out all is fine", async () => {
  const client = await start([think("one"), call("t")], [think("two"), call("t")], say("fine"), say("fine"));
  const messages = await round(client);
  const second = await client.messages.create({ ...base, thinking: shown, messages });
  const id = second.content.find((block) => block.type === "tool_use")?.id ?? "";
  messages.push({ role: "assistant", content: second.content });
  messages.push({ role: "user", content: [{ type: "tool_result", tool_use_id: id, content: "ok" }] });
  const without = (indexes: number[]) =>
    messages.map((message, index) =>
      indexes.includes(index) && typeof message.content !== "string" && message.role === "assistant"
        ? { ...message, content: message.content.filter(({ type }) => type !== "thinking") }
        : message,
    );
  await expect(client.messages.create({ ...base, messages: without([1]) })).rejects.toThrow(different);
  await client.messages.create({ ...base, messages: without([3]) });
  await client.messages.create({ ...base, messages: without([1, 3]) });
});

test("a thought whose words were changed is refused, and one of another model is passed over", async () => {
  const client = await start(...turns, say("fine"));
  const messages = await round(client);
  const changed = JSON.parse(JSON.stringify(messages).replace("I need t.", "I need u.")) as typeof messages;
  await expect(client.messages.create({ ...base, messages: changed })).rejects.toThrow(/cannot be modified/);
  await client.messages.create({ ...base, system: "Other.", model: "claude-haiku-5-5", messages });
});

test("by default the thought is there and its words are not; a model that does not think sends none", async () => {
  const client = await start(...turns, ...turns);
  const [, silent] = await round(client, { thinking: undefined });
  expect(silent?.content).toMatchObject([
    { type: "thinking", thinking: "", signature: /./ },
    { type: "tool_use" },
  ]);
  model?.setFaults("");
  const older = await start(...turns);
  const [, plain] = await round(older, { model: "claude-sonnet-4-5", thinking: undefined });
  expect(plain?.content).toMatchObject([{ type: "tool_use" }]);
});

test("drop_block is what real agents ship instead", async () => {
  const client = await start(...turns);
  const messages = await round(client);
  const thinking = { ...shown, block_binding: { prefix_mismatch_behavior: "drop_block" } } as never;
  await client.messages.create({ ...base, system: "Other.", thinking, messages });
});

test("what is thought is counted, and a deferred tool may come late without an edit", async () => {
  const client = await start(...turns);
  const messages = await round(client);
  const late = { ...tools[0], name: "late", defer_loading: true } as Anthropic.Tool;
  const reply = await client.messages.create({ ...base, tools: [...tools, late], thinking: shown, messages });
  expect(reply.usage.output_tokens_details?.thinking_tokens).toBe(0);
});

test("fields in another order are the same block, as a client in another language may send them", async () => {
  const client = await start(
    [think("one"), call("t", { a: 1, b: { c: 2, d: 3 } }), think("two"), call("t")],
    say("fine"),
  );
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: "go" }];
  const { content } = await client.messages.create({ ...base, messages });
  const results = content.flatMap((block) =>
    block.type === "tool_use" ? [{ type: "tool_result" as const, tool_use_id: block.id, content: "ok" }] : [],
  );
  const turned = turn(content) as Anthropic.ContentBlockParam[];
  messages.push({ role: "assistant", content: turned }, { role: "user", content: results });
  await client.messages.create({ ...base, messages });
});

function turn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turn);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, turn(inner)]),
  );
}

test("a block without deltas, such as a redacted thought, comes whole in a stream", async () => {
  const redacted = { type: "redacted_thinking", data: "c2VjcmV0" };
  const client = await start([raw(redacted), say("fine")]);
  const stream = client.messages.stream({ ...base, messages: [{ role: "user", content: "go" }] });
  expect((await stream.finalMessage()).content).toMatchObject([redacted, { type: "text", text: "fine" }]);
});
