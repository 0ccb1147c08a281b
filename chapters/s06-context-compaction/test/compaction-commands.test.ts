// /compact, /context and /clear: what they do to the conversation, and what a summary that fails does not.
import { call, say, script, type MessageRequest, type Turn } from "@course/offline-model/test";
import { defineAgent, type Agent, type Extension, type Workspace } from "@course/runtime";
import { openSession, temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";
import { archived, asksForSummary, command, inWindow, page, transcripts } from "./small-window.ts";

test.each([
  [
    "an error",
    () => {
      throw new Error("no summary today");
    },
    /failed \(500: .*no summary today/,
  ],
  ["an empty reply", () => say("   "), /The summary is empty/],
  [
    "a reply that is cut off",
    () => ({ parts: [say("Half of")], stopReason: "max_tokens" as const }),
    /The summary was cut off/,
  ],
  [
    "a tool call",
    () => [say("I read on."), call("bash", { command: "true" })],
    /There is no summary \(tool_use\)/,
  ],
  ["a refusal", () => ({ parts: [say("No.")], stopReason: "refusal" as const }), /\(refusal\)/],
])("a summary that is %s changes nothing, and says so", async (_, summary, reason) => {
  const model = script(say("one"), summary as Turn, summary as Turn, summary as Turn, say("two"));
  const open = await openSession(createAgent, model);
  await open.run("first");
  const before = structuredClone(open.session.messages);
  // Two messages are too few to summarise; a third makes it worth the call.
  open.session.addPrompt("second");
  open.session.append({ role: "assistant", content: [{ type: "text", text: "third" }] });
  const whole = structuredClone(open.session.messages);
  expect(await command(open, "compact")).toMatch(reason);
  expect(open.session.messages).toEqual(whole);
  expect(whole.slice(0, 2)).toEqual(before);
  await open.close();
});

test("/compact at the prompt: the next prompt goes on from the summary", async () => {
  const model = script(say("one"), say("two"), say("THE SUMMARY"), say("three"));
  const open = await openSession(createAgent, model, temporaryFolder());
  await open.run("first");
  await open.run("second");
  expect(await command(open, "compact", "names")).toMatch(
    /^Compacted 4 messages: about [\d,]+ tokens became/,
  );
  expect(await open.run("third")).toMatchObject({ answer: "three" });
  const [, , asked, next] = model.requests as [unknown, unknown, MessageRequest, MessageRequest];
  expect(asked.messages.map(({ role }) => role)).toEqual(["user", "assistant", "user", "assistant", "user"]);
  expect(JSON.stringify(asked.messages), "the summary is made of all that was said").toContain('"two"');
  const { messages } = next;
  expect(messages).toHaveLength(1);
  const texts = JSON.stringify(messages);
  for (const part of ["<earlier-request>first<", "<earlier-request>second<", "THE SUMMARY", '"third"'])
    expect(texts).toContain(part);
  await open.close();
  expect(archived(open)).toHaveLength(6);
});

test("/clear forgets earlier requests, too", async () => {
  const model = script(say("one"), say("two"), say("three"), say("SUMMARY"), say("four"), say("five"));
  const open = await openSession(createAgent, model);
  await open.run("forget me");
  open.session.clear();
  await open.run("second");
  await open.run("third");
  await command(open, "compact");
  expect(JSON.stringify(open.session.messages)).not.toContain("forget me");
  await open.close();
});

test("an interrupt during the summary changes nothing", async () => {
  const model = script(say("one"), say("two"));
  const open = await openSession(createAgent, model);
  await open.run("first");
  await open.run("second");
  model.setFaults("hang");
  const compacting = command(open, "compact");
  setTimeout(() => open.session.interrupt(), 200);
  expect(await compacting).toBe("Interrupted; the conversation is as it was.");
  expect(open.session.messages).toHaveLength(4);
  await open.close();
});

/** An agent of this chapter, and who asked for each of its summaries. */
function heard(create: typeof createAgent) {
  const triggers: string[] = [];
  const listener: Extension = {
    name: "listener",
    beforeCompaction: (_, trigger) => void triggers.push(trigger),
  };
  const listened = (workspace: Workspace): Agent => {
    const agent = create(workspace);
    return defineAgent({ ...agent, extensions: [...agent.extensions, listener] });
  };
  return { triggers, listened };
}

test("what the user and the model ask for is told as asked for, and done once", async () => {
  const model = script(
    say("one"),
    say("two"),
    say("SUMMARY"),
    say("three"),
    call("compact", {}),
    say("SUMMARY"),
    say("four"),
    say("five"),
  );
  const { triggers, listened } = heard(createAgent);
  const open = await openSession(listened, model);
  await open.run("first");
  await open.run("second");
  await command(open, "compact");
  expect(triggers).toEqual(["manual"]);
  await open.run("third");
  expect(await open.run("fourth")).toMatchObject({ answer: "four" });
  expect(await open.run("fifth")).toMatchObject({ answer: "five" });
  expect(triggers).toEqual(["manual", "manual"]);
  expect(model.requests.filter(asksForSummary)).toHaveLength(2);
  await open.close();
});

test("what a full window asks for is told as such", async () => {
  const { triggers, listened } = heard(inWindow(6_000));
  const open = await openSession(listened, script(say("x".repeat(20_000)), say("SUMMARY"), say("ok")));
  await open.run("go");
  expect(await open.run("on")).toMatchObject({ answer: "ok" });
  expect(triggers).toEqual(["auto"]);
  await open.close();
});

test("a summary cannot close its own block", async () => {
  const model = script(say("one"), say("two"), say("x</conversation-summary>y"));
  const open = await openSession(createAgent, model);
  await open.run("first");
  await open.run("second");
  await command(open, "compact");
  expect(JSON.stringify(open.session.messages).split("</conversation-summary>")).toHaveLength(2);
  await open.close();
});

test("/context draws the bar, and its parts add up", async () => {
  const model = script(page(1), say("done"));
  const open = await openSession(inWindow(6_000), model);
  expect(await command(open, "context")).toContain("No model call yet");
  await open.run("go");
  const drawn = String(await command(open, "context"));
  const numbers = [...drawn.matchAll(/(?:system|tools|user|replies|results) +([\d,]+)/g)].map(([, n = ""]) =>
    Number(n.replace(",", "")),
  );
  const total = Number(/about ([\d,]+) of 6,000/.exec(drawn)?.[1]?.replace(",", ""));
  expect(Math.abs(numbers.reduce((a, b) => a + b, 0) - total)).toBeLessThan(20);
  expect(Math.max(...drawn.split("\n").map((line) => line.length))).toBeLessThan(80);
  await open.close();
});

test("/compact does not swallow a wake", async () => {
  const model = script(say("one"), say("two"), say("SUMMARY"));
  const open = await openSession(createAgent, model);
  await open.run("first");
  await open.run("second");
  open.session.wake("something ended");
  await open.session.nextWake();
  await command(open, "compact");
  await open.session.nextWake();
  await open.close();
});

test("/clear writes the rest of the transcript, and the next conversation has its own", async () => {
  const model = script(
    say("one"),
    say("two"),
    say("SUMMARY"),
    say("three"),
    say("four"),
    say("five"),
    say("SUMMARY"),
  );
  const open = await openSession(createAgent, model, temporaryFolder());
  await open.run("first");
  await open.run("second");
  await command(open, "compact");
  await open.run("third");
  open.session.clear();
  expect(
    archived(open)
      .map((message) => JSON.stringify(message))
      .join(),
  ).toContain("third");
  await open.run("fourth");
  await open.run("fifth");
  await command(open, "compact");
  await open.close();
  expect(transcripts(open)).toHaveLength(2);
});

test("/compact works after an interrupt", async () => {
  const model = script(say("one"), say("two"), say("SUMMARY"));
  const open = await openSession(createAgent, model);
  await open.run("first");
  await open.run("second");
  open.session.interrupt();
  expect(await command(open, "compact")).toContain("Compacted 4 messages");
  await open.close();
});
