// Conversations that are forked from one: what they tell it, what ends them, and whom they ask.
import { expect, test } from "vitest";
import { createModelClient, Session, type StampedEvent } from "../src/index.ts";

const newSession = () => new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "k" } }));
const usage = { input_tokens: 5, output_tokens: 1 };

test("each fork has its number and name in what it tells, and its tokens count here", () => {
  const session = newSession();
  const events: StampedEvent[] = [];
  session.on((event) => void events.push(event));
  const forks = ["ada", "bob"].map((name) => session.beside(name));
  for (const fork of forks) fork.countReply({ usage, stop_reason: "end_turn" } as never, 1);
  forks[0]?.countReply({ usage, stop_reason: "end_turn" } as never, 1);
  expect(events.map((event) => event.type === "subagent" && [event.id, event.label])).toEqual([
    [1, "ada"],
    [2, "bob"],
    [1, "ada"],
  ]);
  expect(session.forkUsage.turns).toBe(3);
  expect(session.forkUsage.total.input).toBe(15);
  expect(session.forkUsage.forks.map(({ name, usage: { turns } }) => [name, turns])).toEqual([
    ["ada", 2],
    ["bob", 1],
  ]);
  expect(session.usage.turns).toBe(0);
});

test("a fork ends with what interrupts its conversation; one beside it goes on, and neither outlives its close", () => {
  const session = newSession();
  const [fork, beside] = [session.fork("ada"), session.beside("bob")];
  session.interrupt();
  expect([fork.isClosed, beside.isClosed]).toEqual([true, false]);
  expect(session.fork("late").isClosed).toBe(true);
  session.beginRun();
  expect(session.signal.aborted).toBe(false);
  expect(session.fork("next").isClosed).toBe(false);
  session.close();
  session.beginRun();
  expect(session.signal.aborted).toBe(true);
});

test("a question of a fork reaches the human under its name; one from beside says so, and may be given up", async () => {
  const session = newSession();
  const asked: object[] = [];
  session.human = (question) => {
    asked.push({ text: question.text, isBeside: question.isBeside, gaveUp: question.signal?.aborted });
    return Promise.resolve({ choice: "Yes" });
  };
  const question = { text: "May I?", choices: ["Yes"], withoutHuman: "--yes would allow it" };
  const beside = session.beside("bob");
  beside.close();
  for (const one of [session.fork("ada"), beside]) expect(await one.ask(question)).toEqual({ choice: "Yes" });
  expect(asked).toEqual([
    { text: "ada: May I?", isBeside: undefined, gaveUp: undefined },
    { text: "bob: May I?", isBeside: true, gaveUp: true },
  ]);
  expect(await newSession().ask(question)).toEqual({ refused: "--yes would allow it" });
});
