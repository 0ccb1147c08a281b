import { say, script, scriptWith, type MessageRequest } from "@course/offline-model/test";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { openWith } from "./open-with.ts";

test("a prompt that is too long is compacted, and answered", async () => {
  const model = script(say("one"), say("two"), say("THE SUMMARY"), say("answered"));
  const open = await openWith(model, "", temporaryFolder());
  await open.run("first");
  await open.run("second");
  model.setFaults("too_long");
  expect(await open.run("third")).toMatchObject({ ending: "completed", answer: "answered" });
  const [only, ...others] = model.requests[3]?.messages ?? [];
  expect(others).toEqual([]);
  expect(JSON.stringify(only)).toMatch(/first.*second.*THE SUMMARY.*third/);
  expect(open.traced()).toEqual(["too_long 1"]);
  await open.close();
});

test("a prompt that is too long with nothing to compact is one line, and the conversation stays", async () => {
  const open = await openWith(script(say("fine")), "too_long");
  expect(await open.run("go")).toMatchObject({ ending: "failed" });
  expect(open.errors()).toEqual([expect.stringContaining("prompt is too long")]);
  expect(await open.run("shorter")).toMatchObject({ answer: "fine" });
  await open.close();
});

test("a server with a smaller window than expected: its refusal says how small, and the summary fits", async () => {
  const answer = (request: MessageRequest) =>
    say(
      JSON.stringify(request.messages.at(-1)).includes("<summary-request>") ? "SUMMARY" : "x".repeat(4_000),
    );
  const model = scriptWith({ contextTokens: 8_000 }, ...Array.from({ length: 40 }, () => answer));
  const open = await openWith(model);
  for (let prompt = 1; prompt <= 14; prompt++)
    expect(await open.run(`prompt ${prompt}`)).toMatchObject({ ending: "completed" });
  expect(open.traced()).toContain("too_long 1");
  await open.close();
});

test("the summary recovers as any call does, in sight; if it cannot, the first error is told", async () => {
  const model = script(say("one"), say("two"), say("SUMMARY"), say("answered"), say("again"));
  const open = await openWith(model);
  await open.run("first");
  await open.run("second");
  model.setFaults("too_long,529x2");
  expect(await open.run("third")).toMatchObject({ answer: "answered" });
  expect(open.waits).toEqual([1_000, 2_000]);
  model.setFaults("too_long,401");
  expect(await open.run("fourth")).toMatchObject({ ending: "failed" });
  expect(open.errors()).toEqual([expect.stringContaining("prompt is too long")]);
  model.setFaults("");
  expect(await open.run("fifth")).toMatchObject({ ending: "completed" });
  await open.close();
});

test("a refused prompt does not come back with a summary", async () => {
  const refusal = { parts: [say("no")], stopReason: "refusal" as const };
  const model = script(say("hello"), refusal, say("gladly"), say("SUMMARY"), say("answered"));
  const open = await openWith(model);
  for (const prompt of ["hello", "something bad", "something good"]) await open.run(prompt);
  model.setFaults("too_long");
  expect(await open.run("third")).toMatchObject({ answer: "answered" });
  expect(JSON.stringify(model.requests.at(-1))).not.toContain("something bad");
  await open.close();
});
