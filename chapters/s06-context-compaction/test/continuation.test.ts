import { call, say, script } from "@course/offline-model/test";
import { blocksOf } from "@course/runtime";
import { openSession } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";

test("the request under way stays in the user's own words", async () => {
  const model = script(say("hello"), call("compact"), say("SUMMARY"), say("done"));
  const open = await openSession(createAgent, model);
  await open.run("Hello");
  await open.run("Fix the typo in line 3, and nothing else");
  const texts = blocksOf(model.requests[3]?.messages[0] ?? { role: "user", content: [] }).map((block) =>
    "text" in block ? block.text : block.type,
  );
  expect(texts[0]).toContain("<conversation-summary>");
  expect(texts[1], "what stands behind the summary").toBe("Fix the typo in line 3, and nothing else");
  await open.close();
});

test("the request for a summary is read from the cache, but for its note", async () => {
  const words = "word ".repeat(2_000);
  const model = script(say("one"), say("two"), call("compact"), say("SUMMARY"), say("done"));
  const open = await openSession(createAgent, model);
  for (const prompt of [words, "second", "third"]) await open.run(prompt);
  const asked = open.events.flatMap((event) =>
    event.type === "subagent" && event.label === "summary" && event.event.type === "model_ended"
      ? [event.event.usage]
      : [],
  );
  const [{ cacheRead, input, cacheWrite } = { cacheRead: 0, input: 0, cacheWrite: 0 }] = asked;
  const share = cacheRead / (cacheRead + input + cacheWrite);
  expect(share, "share of the request that the cache served").toBeGreaterThan(0.9);
  await open.close();
});
