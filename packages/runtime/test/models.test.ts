import { say, script } from "@course/offline-model/test";
import { expect, test } from "vitest";
import { createModelClient, defineAgent, requestParams, Session, traitsOf } from "../src/index.ts";

const agent = defineAgent({ name: "t", instructions: "x", tools: [] });

async function sentTo(id: string) {
  const model = script(say("x"));
  const env = { ANTHROPIC_BASE_URL: await model.start(), MODEL_ID: id };
  const params = await requestParams(agent, new Session(createModelClient({ env })));
  await model.close();
  return params;
}

test.each(["claude-sonnet-5-5", "claude-opus-5-5-20260922", "claude-haiku-5-5"])(
  "%s is asked to show what it thinks",
  async (id) => {
    expect(await sentTo(id)).toMatchObject({
      thinking: { type: "adaptive", display: "summarized" },
      max_tokens: 32_000,
    });
  },
);

test.each(["qwen3:8b", "claude-3-5-haiku-20241022", "claude-sonnet-5-5-custom", "gpt-oss"])(
  "%s is not in the table, and is sent no thinking",
  async (id) => {
    expect(await sentTo(id)).not.toHaveProperty("thinking");
  },
);

test("a tool choice can be forced only where the model takes it", () => {
  expect(traitsOf("claude-sonnet-5-5").forcedToolChoice).toBe(false);
  expect(traitsOf("claude-haiku-5-5").forcedToolChoice).toBe(true);
});
