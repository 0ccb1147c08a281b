import { afterEach, expect, test } from "vitest";
import { ApiError, say, scriptWith, type Asked, type ScriptedModel } from "../src/script.ts";

let model: ScriptedModel | undefined;
afterEach(() => model?.close());

test("each POST is told with its body and its answer, also one that is refused or is no JSON", async () => {
  const asked: Asked[] = [];
  const fail = () => {
    throw new ApiError(529, "Overloaded");
  };
  model = scriptWith({ observe: (one) => asked.push(one) }, say("fine"), fail);
  const url = await model.start();
  const post = (path: string, body: string) =>
    fetch(url + path, {
      method: "POST",
      headers: { "x-api-key": "k", "anthropic-version": "2023-06-01" },
      body,
    });
  const good = { model: "claude-sonnet-5-5", max_tokens: 9, messages: [{ role: "user", content: "go" }] };
  await post("/v1/messages", JSON.stringify(good));
  await post("/v1/messages", JSON.stringify(good));
  await post("/v1/messages", JSON.stringify({ ...good, messages: [] }));
  await post("/v1/messages", "{");
  await post("/v1/complete", "{}");
  await fetch(`${url}/v1/models`);
  expect(
    asked.map(({ path, body, reply, error }) => [path, typeof body, reply?.stop_reason ?? error?.status]),
  ).toEqual([
    ["/v1/messages", "object", "end_turn"],
    ["/v1/messages", "object", 529],
    ["/v1/messages", "object", 400],
    ["/v1/messages", "undefined", 400],
    ["/v1/complete", "undefined", 404],
  ]);
  expect(asked[0]?.bytes).toBe(JSON.stringify(good).length);
});
