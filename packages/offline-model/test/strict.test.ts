import type Anthropic from "@anthropic-ai/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ModelServer } from "../src/index.ts";
import { say } from "../src/reply.ts";

let server: ModelServer;
beforeAll(async () => {
  server = await ModelServer.start({ respond: () => ({ parts: [say("fine")] }), contextTokens: 1000 });
});
afterAll(() => server.close());

const headers = {
  authorization: "Bearer key",
  "anthropic-version": "2026-10-21",
  "content-type": "application/json",
};

async function post(body: unknown, more: Record<string, string> = {}, path = "/v1/messages") {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(server.url + path, {
    method: "POST",
    headers: { ...headers, ...more },
    body: text,
  });
  return {
    status: response.status,
    body: (await response.json()) as { error?: { type: string; message: string } },
  };
}

const user = (content: Anthropic.MessageParam["content"]): Anthropic.MessageParam => ({
  role: "user",
  content,
});
const use = (id: string): Anthropic.MessageParam => ({
  role: "assistant",
  content: [{ type: "tool_use", id, name: "bash", input: {} }],
});
const result = (id: string): Anthropic.ToolResultBlockParam => ({
  type: "tool_result",
  tool_use_id: id,
  content: "ok",
});
const thought = { type: "thinking", thinking: "hm", signature: "made up" };
const call1 = { type: "tool_use", id: "t1", name: "bash", input: {} };
const tool = (name: string) => ({ name, input_schema: { type: "object" } });
const good = { model: "claude-sonnet-5-5", max_tokens: 10, messages: [user("hi")] };
const withMessages = (...messages: unknown[]) => ({ ...good, messages });
const answered = (block: object) =>
  withMessages(user("a"), use("t1"), { role: "user", content: [{ ...result("t1"), ...block }] });
const failed = (content: unknown) => answered({ content, is_error: true });

test.each([
  [
    "a tool call without its result",
    withMessages(user("a"), use("t1"), user("b")),
    /messages\.1: `tool_use` ids were found without/,
  ],
  ["a failure without a word", failed(""), /: content cannot be empty if `is_error` is true$/],
  ["a failure with a picture", failed([{ type: "image" }]), /: all content must be type "text" if/],
  [
    "a result without its call",
    withMessages(user([result("t1")])),
    /messages\.0\.content\.0: unexpected `tool_use_id`/,
  ],
  [
    "a result after text",
    withMessages(user("a"), use("t1"), user([{ type: "text", text: "x" }, result("t1")])),
    /without `tool_result` blocks immediately after/,
  ],
  [
    "two results for one call",
    withMessages(user("a"), use("t1"), user([result("t1"), result("t1")])),
    /single result/,
  ],
  [
    "one call id twice",
    withMessages(user("a"), use("t1"), user([result("t1")]), use("t1"), user([result("t1")])),
    /ids must be unique/,
  ],
  [
    "an empty text block",
    withMessages(user([{ type: "text", text: "" }])),
    /text content blocks must be non-empty/,
  ],
  ["a blank text block", withMessages(user([{ type: "text", text: " \n" }])), /non-whitespace/],
  ["no messages", withMessages(), /at least one message/],
  ["an empty message", withMessages(user([])), /non-empty content/],
  [
    "a first message of the assistant",
    withMessages({ role: "assistant", content: "x" }, user("a")),
    /first message must use the "user" role/,
  ],
  [
    "a prefilled answer",
    withMessages(user("a"), { role: "assistant", content: "x" }),
    /must end with a user message/,
  ],
  ["an unknown role", withMessages({ role: "tool", content: "x" }), /messages\.0\.role/],
  ["a missing max_tokens", { model: "claude-x", messages: [user("a")] }, /max_tokens: Field required/],
  ["a max_tokens of 0", { ...good, max_tokens: 0 }, /greater than or equal to 1/],
  ["two tools of one name", { ...good, tools: [tool("a"), tool("a")] }, /Tool names must be unique/],
  [
    "a bad tool name",
    { ...good, tools: [tool("a b")] },
    /tools\.0\.custom\.name: String should match pattern/,
  ],
  ["a tool without a schema", { ...good, tools: [{ name: "a" }] }, /input_schema: Field required/],
  [
    "a prompt longer than the window",
    withMessages(user("x".repeat(8000))),
    /prompt is too long: \d+ tokens > 1000 maximum/,
  ],
  ["an unknown field", { ...good, extra: 1 }, /extra: Extra inputs are not permitted/],
  [
    "a temperature, which this version no longer has",
    { ...good, temperature: 1 },
    /temperature: Extra inputs/,
  ],
  [
    "five cache breakpoints",
    {
      ...good,
      system: Array.from({ length: 5 }, () => ({
        type: "text",
        text: "x",
        cache_control: { type: "ephemeral" },
      })),
    },
    /maximum of 4 blocks/,
  ],
  [
    "a message that is none",
    withMessages(user("a"), null),
    /messages\.1: Input should be a valid dictionary/,
  ],
  [
    "content that is a number",
    withMessages({ role: "user", content: 5 }),
    /content: Input should be a valid list/,
  ],
  [
    "a last reply that ends in a thought",
    withMessages(user("a"), { role: "assistant", content: [thought] }, user("b")),
    /messages\.1: The final block in an assistant message cannot be `thinking`/,
  ],
  [
    "a thought that it never had",
    withMessages(
      user("a"),
      { role: "assistant", content: [thought, { type: "text", text: "x" }] },
      user("b"),
    ),
    /messages\.1\.content\.0: Invalid `signature` in `thinking` block$/,
  ],
  [
    "input that is no object",
    withMessages(user("a"), { role: "assistant", content: [{ ...call1, input: "x" }] }, user([result("t1")])),
    /tool_use\.input: Input should be a valid dictionary/,
  ],
  [
    "a call id outside of the pattern",
    withMessages(user("a"), { role: "assistant", content: [{ ...call1, id: "a b" }] }, user([result("a b")])),
    /tool_use\.id: String should match pattern/,
  ],
  [
    "a call name outside of the pattern",
    withMessages(
      user("a"),
      { role: "assistant", content: [{ ...call1, name: "a b" }] },
      user([result("t1")]),
    ),
    /tool_use\.name: String should match pattern/,
  ],
  [
    "thinking that this model cannot switch off",
    { ...good, thinking: { type: "disabled" } },
    /"thinking\.type\.disabled" is not supported for this model/,
  ],
  [
    "adaptive thinking of a model that is too old for it",
    { ...good, model: "claude-sonnet-4-5", thinking: { type: "adaptive" } },
    /thinking\.type\.adaptive/,
  ],
  ["a forced tool choice", { ...good, tools: [tool("a")], tool_choice: { type: "any" } }, /tool_choice/],
  [
    "nothing but deferred tools",
    { ...good, tools: [{ ...tool("a"), defer_loading: true }] },
    /At least one tool/,
  ],
  [
    "a deferred tool with a cache marker",
    {
      ...good,
      tools: [tool("b"), { ...tool("a"), defer_loading: true, cache_control: { type: "ephemeral" } }],
    },
    /cannot have cache_control/,
  ],
  [
    "a reference to a tool that is not there",
    withMessages(
      user("a"),
      use("t1"),
      user([{ ...result("t1"), content: [{ type: "tool_reference", tool_name: "zz" }] } as never]),
    ),
    /Tool reference 'zz' not found/,
  ],
  [
    "a schema with anyOf at its root",
    { ...good, tools: [{ name: "a", input_schema: { type: "object", anyOf: [] } }] },
    /at the top level/,
  ],
  [
    "a system message that comes first",
    withMessages({ role: "system", content: "x" }, user("a")),
    /must follow a "user" message/,
  ],
  ["tools that are no list", { ...good, tools: {} }, /tools: Input should be a valid list/],
  ["half of a surrogate pair", withMessages(user("a\ud83d")), /no low surrogate/],
  ["text that is not JSON", "{", /not valid JSON/],
])("refuses %s as the API does", async (_, body, message) => {
  const answer = await post(body);
  expect(answer.status).toBe(400);
  expect(answer.body.error?.type).toBe("invalid_request_error");
  expect(answer.body.error?.message).toMatch(message);
});

test("refuses an unknown model, a missing key, a missing or unknown version, an unknown path", async () => {
  expect((await post({ ...good, model: "gpt" })).status).toBe(404);
  expect((await post(good, { authorization: "" })).status).toBe(401);
  expect((await post(good, { "anthropic-version": "" })).status).toBe(400);
  expect((await post(good, { "anthropic-version": "1999-01-01" })).status).toBe(400);
  expect((await post(good, {}, "/v2/messages")).status).toBe(404);
});

test("accepts beta queries and headers, both key headers, a system role and the older version's sampling", async () => {
  expect((await post(good, { "anthropic-beta": "anything" }, "/v1/messages?beta=true")).status).toBe(200);
  const older = { authorization: "", "x-api-key": "k", "anthropic-version": "2023-06-01" };
  expect((await post({ ...good, temperature: 0.5 }, older)).status).toBe(200);
  expect((await post(withMessages(user("a"), { role: "system", content: "be brief" }))).status).toBe(200);
  expect(
    (await post(withMessages(user("a"), use("t1"), user([result("t1"), { type: "text", text: "and" }]))))
      .status,
  ).toBe(200);
});

test("HEAD / answers 200", async () => {
  expect((await fetch(server.url, { method: "HEAD" })).status).toBe(200);
});
