import { createAnthropic } from "@ai-sdk/anthropic";
import Anthropic from "@anthropic-ai/sdk";
import { generateText, stepCountIs, tool } from "ai";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { ModelServer, startOfflineModel } from "../src/index.ts";
import { call, say, script, scriptWith } from "../src/script.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function offline(options: Parameters<typeof startOfflineModel>[0] = {}): Promise<ModelServer> {
  const server = await startOfflineModel(options);
  open.push(server);
  return server;
}

const clientOf = (baseURL: string) => new Anthropic({ apiKey: "test", baseURL, maxRetries: 0 });
const user = (content: string): Anthropic.MessageParam => ({ role: "user", content });
const bash: Anthropic.Tool = {
  name: "bash",
  description: "Runs a command",
  input_schema: { type: "object", properties: { command: { type: "string" } } },
};
const base = { model: "claude-sonnet-5-5", max_tokens: 100 };

test("the official SDK holds a tool round trip without streaming", async () => {
  const client = clientOf((await offline()).url);
  const messages = [user("Run pwd")];
  const asked = await client.messages.create({ ...base, tools: [bash], messages });
  const block = asked.content.at(-1);
  if (block?.type !== "tool_use") throw new Error("expected a tool call");
  expect(asked.stop_reason).toBe("tool_use");
  expect(block).toMatchObject({ name: "bash", input: { command: "pwd" } });
  messages.push({ role: "assistant", content: asked.content });
  messages.push({ role: "user", content: [{ type: "tool_result", tool_use_id: block.id, content: "/tmp" }] });
  const answered = await client.messages.create({ ...base, tools: [bash], messages });
  expect(answered.stop_reason).toBe("end_turn");
  expect(answered.content).toMatchObject([{ type: "text", text: "pwd:\n/tmp" }]);
});

test("a stream carries every event of the API, text and tool input in several deltas", async () => {
  const model = script([say("words ".repeat(20)), call("bash", { command: "x".repeat(100) })]);
  open.push(model);
  const stream = clientOf(await model.start()).messages.stream({
    ...base,
    tools: [bash],
    thinking: { type: "adaptive", display: "summarized" },
    messages: [user("go")],
  });
  const kinds: string[] = [];
  stream.on("streamEvent", (event) =>
    kinds.push(event.type === "content_block_delta" ? event.delta.type : event.type),
  );
  const message = await stream.finalMessage();
  expect(message.content.at(-1)).toMatchObject({ type: "tool_use", input: { command: "x".repeat(100) } });
  expect(kinds.filter((kind) => kind === "text_delta").length).toBeGreaterThan(2);
  expect(kinds.filter((kind) => kind === "input_json_delta").length).toBeGreaterThan(2);
  expect(new Set(kinds)).toEqual(
    new Set([
      "message_start",
      "content_block_start",
      "thinking_delta",
      "signature_delta",
      "text_delta",
      "input_json_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]),
  );
});

test("countTokens and models answer", async () => {
  const client = clientOf((await offline()).url);
  const counted = await client.messages.countTokens({ model: base.model, messages: [user("x".repeat(400))] });
  expect(counted.input_tokens).toBeGreaterThan(100);
  const models = [];
  for await (const model of client.models.list()) models.push(model.id);
  expect(models).toContain("claude-sonnet-5-5");
  expect((await client.models.retrieve("claude-opus-5-5")).id).toBe("claude-opus-5-5");
});

test("another client, with x-api-key and 2023-06-01, holds a tool round trip", async () => {
  const { url } = await offline();
  const anthropic = createAnthropic({ baseURL: `${url}/v1`, apiKey: "test" });
  const commands: string[] = [];
  const { text } = await generateText({
    model: anthropic("claude-sonnet-5-5"),
    prompt: "Run pwd",
    stopWhen: stepCountIs(3),
    tools: {
      bash: tool({
        description: "Runs a command",
        inputSchema: z.object({ command: z.string() }),
        execute: ({ command }) => {
          commands.push(command);
          return "/home";
        },
      }),
    },
  });
  expect(commands).toEqual(["pwd"]);
  expect(text).toContain("/home");
});

test("cached prefixes are read again, short ones are not cached", async () => {
  const model = script(say("one"), say("two"), say("three"));
  open.push(model);
  const client = clientOf(await model.start());
  const cached = { ...base, cache_control: { type: "ephemeral" as const }, system: "s".repeat(8000) };
  const messages = [user("first")];
  const first = await client.messages.create({ ...cached, messages });
  expect(first.usage.cache_creation_input_tokens).toBeGreaterThan(2000);
  expect(first.usage.cache_read_input_tokens).toBe(0);
  messages.push({ role: "assistant", content: first.content }, user("second"));
  const second = await client.messages.create({ ...cached, messages });
  expect(second.usage.cache_read_input_tokens).toBe(first.usage.cache_creation_input_tokens);
  const small = await client.messages.create({
    ...base,
    cache_control: { type: "ephemeral" },
    messages: [user("hi")],
  });
  expect(small.usage.cache_creation_input_tokens).toBe(0);
});

test.each([
  ["429", 429],
  ["529", 529],
  ["500", 500],
  ["401", 401],
  ["too_long", 400],
])("the fault %s answers once with status %i", async (fault, status) => {
  const client = clientOf((await offline({ faults: fault })).url);
  await expect(client.messages.create({ ...base, messages: [user("hello")] })).rejects.toMatchObject({
    status,
  });
  await expect(client.messages.create({ ...base, messages: [user("hello")] })).resolves.toBeDefined();
});

test("the fault drop ends a stream in the middle", async () => {
  const model = scriptWith({ faults: "drop" }, say("words ".repeat(50)));
  open.push(model);
  const stream = clientOf(await model.start()).messages.stream({ ...base, messages: [user("go")] });
  let text = "";
  stream.on("text", (delta) => (text += delta));
  await expect(stream.finalMessage()).rejects.toThrow();
  expect(text.length).toBeGreaterThan(0);
  expect(text.length).toBeLessThan(300);
});

test("the fault max_tokens cuts a text off, and waits while replies are tool calls", async () => {
  const model = scriptWith({ faults: "max_tokens" }, call("bash"), say("a long answer"));
  open.push(model);
  const client = clientOf(await model.start());
  const first = await client.messages.create({ ...base, tools: [bash], messages: [user("go")] });
  expect(first.stop_reason).toBe("tool_use");
  const second = await client.messages.create({ ...base, messages: [user("go")] });
  expect(second).toMatchObject({ stop_reason: "max_tokens", content: [{ type: "text", text: "a long " }] });
});

test("the fault hang leaves a request without an answer", async () => {
  const client = clientOf((await offline({ faults: "hang" })).url);
  const signal = AbortSignal.timeout(200);
  await expect(client.messages.create({ ...base, messages: [user("hi")] }, { signal })).rejects.toThrow(
    /abort/i,
  );
});

test("a script says how many of its replies were never asked for", async () => {
  const model = script(say("one"), say("two"));
  open.push(model);
  await clientOf(await model.start()).messages.create({ ...base, messages: [user("go")] });
  expect(() => model.assertDone()).toThrow("1 of 2");
});

test("window=N makes the window small until other faults are armed, and bad words name the fault", async () => {
  const model = await offline({ faults: "window=200,529" });
  const client = clientOf(model.url);
  const send = (words: number) =>
    client.messages.create({ ...base, messages: [user("word ".repeat(words))] });
  await expect(send(10)).rejects.toMatchObject({ status: 529 });
  await expect(send(10)).resolves.toBeDefined();
  for (let attempt = 0; attempt < 2; attempt++)
    await expect(send(400)).rejects.toThrow(/prompt is too long: 5\d\d tokens > 200 maximum/);
  model.setFaults("");
  await expect(send(400)).resolves.toBeDefined();
  for (const text of ["window=0", "window=99", "window=1e4", "windowx2"])
    expect(() => model.setFaults(text)).toThrow(`Unknown fault "${text}"`);
});
