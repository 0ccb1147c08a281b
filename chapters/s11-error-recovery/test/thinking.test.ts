import { call, raw, say, script, think, type Turn } from "@course/offline-model/test";
import { blocksOf } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { openWith } from "./open-with.ts";

/** Each piece is thought about, and all but the last are cut off. */
const pieces: Turn[] = [
  { parts: [think("one"), say("First, ")], stopReason: "max_tokens" },
  { parts: [think("two"), say("second, ")], stopReason: "max_tokens" },
  [think("three"), say("third.")],
];

test("three pieces with thoughts are one reply, and the thoughts between the texts are left out", async () => {
  const model = script(...pieces, call("bash", { command: "true" }), say("fine"));
  const open = await openWith(model);
  const { answer } = await open.run("go");
  const types = open.session.messages
    .slice(1, 2)
    .flatMap(blocksOf)
    .map(({ type }) => type);
  expect(
    types,
    "the message's blocks; a thought behind a note that is gone makes the next request a 400",
  ).toEqual(["thinking", "text"]);
  expect(answer).toBe("First, second, third.");
  expect(open.session.messages[1]?.content).toMatchObject([
    { type: "thinking", thinking: "one" },
    { type: "text", text: "First, second, third." },
  ]);
  expect((await open.run("and now?")).answer).toBe("fine");
  model.assertDone();
  await open.close();
});

test("a reply that was cut off in its first thought is asked for again, and nothing of it is sent back", async () => {
  const model = script(
    say("hello"),
    { parts: [think("long")], stopReason: "max_tokens" },
    [think("short"), say("done")],
    say("fine"),
  );
  const open = await openWith(model);
  await open.run("hi");
  expect((await open.run("go")).answer).toBe("done");
  expect(model.requests[2]?.messages.slice(0, 2), "what stands before is sent again").toEqual(
    model.requests[1]?.messages.slice(0, 2),
  );
  expect((await open.run("and now?")).answer).toBe("fine");
  await open.close();
});

test("a prompt that is too long in the middle of a run of thoughts is compacted, and no request is refused", async () => {
  const bash = call("bash", { command: "true" });
  const model = script(say("one"), bash, bash, say("THE SUMMARY"), bash, say("two"), say("three"));
  const open = await openWith(model, "", temporaryFolder());
  await open.run("first");
  let calls = 0;
  open.session.on((event) => {
    if (event.type === "tool_ended" && ++calls === 2) model.setFaults("too_long");
  });
  expect(await open.run("second")).toMatchObject({ ending: "completed", answer: "two" });
  expect((await open.run("third")).answer).toBe("three");
  model.assertDone();
  await open.close();
});

test.each<[string, Turn]>([
  ["input that is no JSON", raw({ type: "tool_use", id: "a", name: "bash", input: '{"command": ' })],
  [
    "a doubled id",
    [call("bash", { command: "true" }), raw({ type: "tool_use", id: "b c", name: "bash", input: {} })],
  ],
  ["nothing but a thought", { parts: [think("hm")] }],
])("a reply with %s ends or goes on, and the next prompt works", async (_, turn) => {
  const open = await openWith(script(turn, say("fine"), say("fine"), say("fine")));
  await open.run("go");
  expect((await open.run("and now?")).ending).toBe("completed");
  await open.close();
});
