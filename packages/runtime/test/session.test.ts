// What a session keeps of what is said in it, without a model that is asked.
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { blocksOf, createModelClient, Session, type AgentEvent, type StampedEvent } from "../src/index.ts";

const newSession = () => new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "k" } }));
const usage = { input_tokens: 5, output_tokens: 1 };

/** Says that the model asks for a call of this id, and returns the id under which it was let in. */
function reply(session: Session, id: string): string | undefined {
  const content = [{ type: "tool_use", id, name: "t", input: {} }];
  const [call] = session.addReply({ content, stop_reason: "tool_use" } as never);
  return call?.id;
}

const answer = (session: Session, id = "") =>
  session.addResults([{ type: "tool_result", tool_use_id: id, content: "ok" }]);

/** A prompt, two calls and their results. */
function withTwoCalls(session = newSession()): Session {
  session.addPrompt("go");
  for (const id of ["one", "two"]) answer(session, reply(session, id));
  return session;
}

const texts = ({ messages }: Session) => messages.map(({ content }) => JSON.stringify(content)).join("\n");

function eventsOf(session: Session): StampedEvent[] {
  const events: StampedEvent[] = [];
  session.on((event) => void events.push(event));
  return events;
}

test("an id is taken while the conversation holds its call: after an edit what is left, after clear none", () => {
  const session = withTwoCalls();
  session.edit(session.messages.slice(0, 3));
  expect(reply(session, "one")).not.toBe("one");
  answer(session);
  expect(reply(session, "two")).toBe("two");
  session.clear();
  expect(session.openCalls).toEqual([]);
  session.addPrompt("anew");
  expect(reply(session, "one")).toBe("one");
});

test("the ids of a conversation that is taken up are taken", () => {
  const session = newSession();
  const events = eventsOf(session);
  withTwoCalls(session);
  const next = newSession();
  next.restore("an-id", events);
  expect(next.hasNews).toBe(true);
  expect(reply(next, "two")).not.toBe("two");
  expect(reply(next, "three")).toBe("three");
});

test("a conversation whose beginning was edited has its prefix made anew where it is taken up, unless it was answered", async () => {
  const session = newSession();
  const events = eventsOf(session);
  const make = (system: string) => () => Promise.resolve({ system, tools: [] });
  await session.prefix(make("old"));
  withTwoCalls(session);
  session.edit([{ role: "user", content: "a summary" }]);
  const taken = (known: readonly StampedEvent[]) => {
    const next = newSession();
    next.restore("an-id", known);
    return next.prefix(make("new"));
  };
  expect(await taken(events)).toMatchObject({ system: "new" });
  reply(session, "three");
  expect(await taken(events)).toMatchObject({ system: "old" });
  session.clear();
  expect(await taken(events)).toMatchObject({ system: "new" });
});

test("one message is enough for a conversation to have begun", () => {
  const session = newSession();
  session.addPrompt("go");
  expect(() => session.restore("an-id", [])).toThrow(/before anything is said/);
  session.clear();
  session.restore("an-id", []);
  expect(session.id).toBe("an-id");
});

test("a prompt is taken back while nothing was said after it, with what stands beside it left", () => {
  const session = newSession();
  expect(session.takeBackPrompt()).toBe(false);
  const events = eventsOf(session);
  session.inject("<note>before</note>");
  session.addPrompt("a mistake");
  expect(session.takeBackPrompt()).toBe(true);
  expect(session.messages).toEqual([
    { role: "user", content: [{ type: "text", text: "<note>before</note>" }] },
  ]);
  expect(events.at(-1)).toMatchObject({ type: "prompt_taken_back", text: "a mistake" });
  const told = events.length;
  expect(session.takeBackPrompt()).toBe(false);
  expect(events).toHaveLength(told);
});

test("a prompt that was answered, or replaced by an edit, is not taken back", () => {
  const answered = newSession();
  answered.addPrompt("go");
  reply(answered, "one");
  expect(answered.takeBackPrompt()).toBe(false);
  const replaced = newSession();
  for (const content of ["a summary", [{ type: "text" as const, text: "a summary" }]]) {
    replaced.addPrompt("go");
    replaced.edit([{ role: "user", content }]);
    expect(replaced.takeBackPrompt()).toBe(false);
    expect(texts(replaced)).toContain("a summary");
  }
});

test("what is said while calls are open follows their results, in its order, and is told when it is added", () => {
  const session = newSession();
  session.addPrompt("go");
  const id = reply(session, "one");
  const events = eventsOf(session);
  session.inject("<note>first</note>");
  session.addPrompt("second");
  expect(events).toEqual([]);
  answer(session, id);
  expect(texts(session)).toMatch(/tool_result.*first.*second/);
  expect(events.map(({ type }) => type)).toEqual(["appended", "appended", "injected", "appended", "prompt"]);
  answer(session, id);
  expect(events).toHaveLength(5);
});

test("clear forgets what waited for results", () => {
  const session = newSession();
  session.addPrompt("go");
  reply(session, "one");
  session.inject("<note>old</note>");
  session.clear();
  session.addPrompt("anew");
  answer(session, reply(session, "two"));
  expect(texts(session)).not.toContain("old");
});

test("a whole message that answers some of the open calls leaves the others open", () => {
  const session = newSession();
  session.append({ role: "user", content: "go" });
  const call = (id: string) => ({ type: "tool_use" as const, id, name: "t", input: {} });
  const result = (id: string) => ({ type: "tool_result" as const, tool_use_id: id, content: "ok" });
  session.append({ role: "assistant", content: [call("a"), call("b")] });
  expect(session.hasNews).toBe(false);
  session.inject("<note>later</note>");
  session.append({ role: "user", content: [result("a")] });
  expect(session.openCalls).toEqual(["b"]);
  expect(texts(session)).not.toContain("later");
  session.append({ role: "user", content: [result("b")] });
  expect(session.openCalls).toEqual([]);
  expect(texts(session)).toMatch(/"a".*"b".*later/s);
  expect(session.hasNews).toBe(true);
});

test("half of a character in a text is replaced, as the API takes no half", () => {
  const session = newSession();
  session.addPrompt("a\ud83d");
  expect(texts(session)).toContain("a\ufffd");
});

test("a listener that fails harms nobody, is told to the others, and one that is taken away hears no more", async () => {
  const session = newSession();
  const heard: string[] = [];
  const off = session.on((event) => {
    heard.push(`${event.type}${"message" in event ? `: ${event.message}` : ""}`);
  });
  session.on(({ type }) => {
    if (type === "notice") throw new Error("no");
  });
  session.on(({ type }) => (type === "display" ? Promise.reject(new Error("late")) : undefined));
  session.notice("hello");
  session.emit({ type: "display", text: "x" });
  await delay(0);
  off();
  session.notice("unheard");
  expect(heard).toEqual([
    "notice: hello",
    "error: A listener failed: no",
    "display",
    "error: A listener failed: late",
  ]);
});

test("who waits for a wake is told by an interrupt too, at once where that was before, and a closed session wakes nobody", async () => {
  const session = newSession();
  const events = eventsOf(session);
  const waiting = session.nextWake();
  session.interrupt();
  await waiting;
  await session.nextWake();
  session.beginRun();
  session.wake("too late");
  session.close();
  session.wake("closed");
  await delay(400);
  expect(events.filter(({ type }) => type === "wake")).toEqual([]);
});

test("after a wake the next one is told, too, with its own reason", async () => {
  const session = newSession();
  const events = eventsOf(session);
  for (const reason of ["one", "two"]) {
    session.wake(reason);
    await session.nextWake();
    session.beginRun();
  }
  expect(events.map((event) => event.type === "wake" && event.reason)).toEqual(["one", "two"]);
});

test("what an endpoint does not count is 0", () => {
  const session = newSession();
  const events: AgentEvent[] = eventsOf(session);
  session.countReply({ usage: undefined, stop_reason: "end_turn" } as never, 1);
  session.countReply({ usage, stop_reason: "end_turn" } as never, 1);
  const counted = events.flatMap((event) => (event.type === "model_ended" ? [event.usage] : []));
  const none = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, thinking: 0 };
  expect(counted).toEqual([none, { ...none, input: 5, output: 1 }]);
  expect(session.usage).toMatchObject({ turns: 2, total: { input: 5, output: 1 }, last: { input: 5 } });
});

test("before there is a prefix, a request's tools are those that are loaded later, as they come and go", () => {
  const [later, other] = ["later", "other"].map((name) => ({
    name,
    input_schema: { type: "object" as const },
  }));
  const session = newSession();
  for (const tools of [[], [later, other], [later], [other], []])
    expect(session.tools(tools.filter((tool) => tool !== undefined))).toEqual(tools);
});

test("a message, its list of blocks and each block are frozen, whoever added them", () => {
  const session = withTwoCalls();
  session.append({ role: "user", content: [{ type: "text", text: "more" }] });
  session.edit([...session.messages, { role: "assistant", content: [{ type: "text", text: "so" }] }]);
  const parts = session.messages.flatMap((message) => [message, message.content, ...blocksOf(message)]);
  expect(parts.length).toBeGreaterThan(15);
  expect(parts.filter((part) => !Object.isFrozen(part))).toEqual([]);
});
