// A conversation that is taken up again from its events.
import { call, say, script } from "@course/offline-model/test";
import { expect, test } from "vitest";
import { defineAgent, defineTool, isThinking, blocksOf, Session, type StampedEvent } from "../src/index.ts";
import { openSession } from "../src/testing.ts";

const tool = defineTool({ name: "t", description: "t", input: (z) => z.object({}), run: () => "ok" });
const create = (instructions = "Be brief.") => defineAgent({ name: "t", instructions, tools: [tool] });

/** A conversation with thoughts, an edit and a cleared one before it, and its events. */
async function held(): Promise<{ session: Session; events: StampedEvent[] }> {
  const open = await openSession(
    () => create(),
    script(say("zero"), call("t"), say("one"), call("t"), say("two")),
  );
  await open.run("forgotten");
  open.session.clear();
  await open.run("go");
  const { messages } = open.session;
  const [first = { role: "user" as const, content: "" }] = messages;
  open.session.edit([{ ...first, content: "changed" }, ...messages.slice(1)]);
  await open.run("on");
  await open.close();
  return open;
}

test("it holds the same messages behind the same prefix, and the API takes it", async () => {
  const { session, events } = await held();
  const model = script(say("three"));
  const open = await openSession(() => create("Another instruction."), model);
  open.session.restore("an-id", events);
  expect(open.session.id).toBe("an-id");
  expect(open.session.messages).toEqual(session.messages);
  expect(open.session.hasNews).toBe(false);
  expect((await open.run("more")).answer).toBe("three");
  expect(model.requests[0]?.system).toBe("Be brief.");
  await open.close();
});

test("an edit that a kill left out after a new prefix is made up for: no thought of the old prefix is sent", async () => {
  const { events } = await held();
  const prefix = events.find((event) => event.type === "prefix");
  if (!prefix) throw new Error("expected a prefix");
  const model = script(say("three"));
  const open = await openSession(() => create("New."), model);
  open.session.restore("an-id", [...events, { ...prefix, system: "New." }]);
  expect(open.session.messages.flatMap((message) => blocksOf(message).filter(isThinking))).toEqual([]);
  expect((await open.run("more")).answer).toBe("three");
  await open.close();
});

test("calls that were open are known, and can be answered", async () => {
  const { events } = await held();
  const at = events.findLastIndex((event) => event.type === "tool_started");
  const open = await openSession(() => create(), script(say("three")));
  open.session.restore("an-id", events.slice(0, at + 1));
  expect(open.session.openCalls).toHaveLength(1);
  open.session.addResults([], "Not known.");
  expect(open.session.openCalls).toEqual([]);
  expect((await open.run("more")).answer).toBe("three");
  await open.close();
});

test("a listener that follows hears the old events first; after clear there are none", async () => {
  const { events } = await held();
  const open = await openSession(() => create(), script(say("three")));
  open.session.restore("an-id", events);
  const heard: string[] = [];
  open.session.follow(({ type }) => void heard.push(type));
  expect(heard).toEqual(events.map(({ type }) => type));
  open.session.notice("now");
  expect(heard.at(-1)).toBe("notice");
  open.session.clear();
  expect(open.session.history).toEqual([]);
  expect(open.session.id).not.toBe("an-id");
  await open.close();
});

test("nothing is taken up where something was said already", async () => {
  const { events } = await held();
  const open = await openSession(() => create(), script(say("three")));
  await open.run("hello");
  expect(() => open.session.restore("an-id", events)).toThrow(/before anything is said/);
  await open.close();
});
