// A number of the card typed in a real terminal: its prompt gets the flags and the lines that it needs.
import { say, script } from "@course/offline-model/test";
import { expect, test } from "vitest";
import { start } from "./terminal/start.ts";

test("a number whose prompt needs a flag starts the program anew with it, once, and runs the prompt", async () => {
  const model = script(say("brief"), say("loud"), say("louder"));
  const terminal = await start(model);
  terminal.type("1\r");
  await terminal.shows("brief");
  terminal.type("3\r");
  await terminal.shows("This prompt needs --loud: the program starts anew with it.");
  await terminal.shows(/third of the card[^]*^loud$[^]*test >/m);
  expect(model.requests.map(({ system }) => JSON.stringify(system).includes("Be loud."))).toEqual([
    false,
    true,
  ]);
  terminal.type("3\r");
  await terminal.shows("louder");
  terminal.type("exit\r");
  expect(await terminal.exit).toBe(0);
  expect(terminal.screen.text.match(/starts anew/g)).toHaveLength(1);
  // The list of prompts does not run into the line that is served first.
  expect(terminal.screen.text).not.toMatch(/\S *\n\S* *test > 3/);
});

test("a program that starts anew is over for the one that follows, whose claims it would hold up", async () => {
  const terminal = await start(script(say("loud")));
  terminal.type("/parent\r");
  await terminal.shows("Its parent runs.");
  terminal.type("3\r");
  await terminal.shows(/^loud$[^]*test >/m);
  terminal.type("/parent\r");
  await terminal.shows("Its parent is over.");
});

test("what starting anew added for one prompt is not kept for the next that needs something else", async () => {
  const model = script(say("once"), say("twice"));
  const terminal = await start(model);
  terminal.type("3\r");
  await terminal.shows(/^once$[^]*test >/m);
  terminal.type("6\r");
  await terminal.shows(/^twice$[^]*test >/m);
  const instructions = model.requests.map(
    ({ system }) => /Be \w+\.( Be \w+\.)?/.exec(JSON.stringify(system))?.[0],
  );
  expect(instructions).toEqual(["Be loud.", "Be brief. Be slow."]);
});

test("a number whose prompt follows other lines has them run first, once", async () => {
  const model = script(say("built"), say("fourth answer"), say("other"), say("fourth again"));
  const terminal = await start(model);
  terminal.type("4\r");
  await terminal.shows('This prompt needs "what it builds on", then "/clear" first.');
  await terminal.shows(/what it builds on$[^]*^built$[^]*empty again[^]*^fourth answer$[^]*test >/m);
  expect(model.requests.map(({ messages }) => messages.length)).toEqual([1, 1]);
  terminal.type("something else\r");
  await terminal.shows("other");
  terminal.type("4\r");
  await terminal.shows(/needs "\/clear" first\.[^]*^fourth again$/m);
  expect(model.requests).toHaveLength(4);
});

test("a number whose prompt follows that of another number says so, until that one has run", async () => {
  const model = script(say("too early"), say("first answer"), say("in time"));
  const terminal = await start(model);
  terminal.type("5\r");
  await terminal.shows(/This prompt follows 1: if you have not run that yet, type it first\.[^]*too early/);
  terminal.type("1\r");
  await terminal.shows("first answer");
  terminal.type("5\r");
  await terminal.shows("in time");
  expect(terminal.screen.text.match(/This prompt follows/g)).toHaveLength(1);
});
