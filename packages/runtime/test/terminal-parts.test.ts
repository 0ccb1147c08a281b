// What the terminal is made of, without a terminal: a question, a message in JSON, chapters stacked.
import { expect, test } from "vitest";
import { defineAgent } from "../src/index.ts";
import { entryFor, missingPrompt, stack } from "../src/terminal/chapter.ts";
import { harmless, visible } from "../src/terminal/control-characters.ts";
import { promptOf } from "../src/terminal/json-formats.ts";
import { indented, inputLine, preview } from "../src/terminal/previews.ts";
import { progressLine } from "../src/terminal/progress.ts";
import { OpenQuestion, showQuestion } from "../src/terminal/questions.ts";
import { card, newScreen, tool } from "./new-screen.ts";

test("of two choices both numbers are named", () => {
  const { screen, seen } = newScreen();
  const open = new OpenQuestion({ text: "Shall I?", choices: ["Yes", "No"], withoutHuman: "" }, screen);
  open.open();
  open.take({ text: "3" });
  expect(seen().at(-1)).toContain("Type 1 or 2.");
});

test("a question takes the number or the beginning of a choice, once it stands", async () => {
  const question = {
    text: "Shall I?\nrm x",
    choices: ["Yes", "No\nway", "Other"],
    withText: "Other",
    withoutHuman: "",
  };
  const { screen, seen } = newScreen();
  showQuestion(question, screen);
  expect(seen()).toEqual(["Shall I?", "│ rm x", "  1  Yes", "  2  No\\nway", "  3  Other"]);
  const ask = () => new OpenQuestion(question, screen);

  const early = ask();
  expect(early.prompt).toBe(undefined);
  expect(early.take({ text: "1" })).toBe(true);
  expect(seen()).toEqual(["Too soon after the question: 1 is no answer yet."]);
  expect(early.take({ text: "other words than a choice" })).toBe(false);
  early.giveUp();
  expect(await early.answer).toEqual({ refused: "The user gave no answer" });

  const open = ask();
  open.open();
  expect(open.prompt).toBeDefined();
  for (const wrong of ["", "4", "0", "maybe"]) expect(open.take({ text: wrong })).toBe(true);
  expect(seen().filter((line) => line.includes("Type a number from 1 to 3."))).toHaveLength(4);
  open.take({ text: "1", pastedAt: 0 });
  expect(seen().join()).toContain("What is pasted is no answer. Type the number.");
  open.take({ text: " NO " });
  expect(await open.answer).toEqual({ choice: "No\nway" });

  const words = ask();
  words.open();
  const before = JSON.stringify(words.prompt);
  words.take({ text: "3" });
  expect(JSON.stringify(words.prompt)).not.toBe(before);
  words.take({ text: "why not", pastedAt: 2 });
  expect(await words.answer).toEqual({ choice: "Other", text: "why not" });
});

test.each([
  [true, ["? 2"]],
  [false, []],
])("an answer stays on the screen, where the terminal has not echoed it (live: %s)", (isLive, lines) => {
  const { screen, seen } = newScreen({ isLive });
  const open = new OpenQuestion({ text: "", choices: ["Yes", "No"], withoutHuman: "" }, screen);
  open.open();
  seen();
  open.take({ text: "2" });
  expect(seen()).toEqual(lines);
});

test("a message in JSON is its text, of one string or of blocks; anything else is said to be wrong", () => {
  const user = (content: unknown, type = "user") => promptOf(JSON.stringify({ type, message: { content } }));
  expect(promptOf("null")).toMatchObject({
    message: expect.stringMatching(/^A line of input is no message/),
  });
  expect(promptOf(`\uFEFF${JSON.stringify({ type: "user", message: { content: "a" } })}`)).toBe("a");
  expect(user("hello")).toBe("hello");
  expect(
    user([
      { type: "text", text: "one" },
      { type: "text", text: "two" },
    ]),
  ).toBe("one\ntwo");
  const wrong = (value: string | Error) => (value instanceof Error ? value.message.split(":")[0] : value);
  expect(wrong(user("hello", "assistant"))).toBe("A line of input is no message");
  expect(wrong(user({ type: "text", text: "x" }))).toBe("A line of input is no message");
  expect(wrong(user([{ type: "text", text: 7 }]))).toBe("A message holds something else than text");
  expect(wrong(user([{ type: "image", text: "x" }]))).toBe("A message holds something else than text");
  expect(wrong(user([null]))).toBe("A message holds something else than text");
  expect(wrong(user(" \n"))).toBe("A message is empty");
  expect(wrong(user([]))).toBe("A message is empty");
  expect(wrong(promptOf("{}"))).toBe("A line of input is no message");
  expect(wrong(promptOf("{"))).toMatch(/^A line of input is no JSON/);
});

test("a number stands for a prompt of the card where there is one", () => {
  expect(["1", "2", "3", "x1"].map((line) => entryFor(line, card)?.prompt)).toEqual([
    "the first of them",
    "second",
    undefined,
    undefined,
  ]);
  expect(missingPrompt("3", card)).toBe("There is no prompt 3; type 1 to 2, or your own words.");
  for (const line of ["1", "2", "100", "x"]) expect(missingPrompt(line, card)).toBe(undefined);
});

test("stacked chapters have each tool and each extension once, and the instructions of those that add one", () => {
  const agent = (name: string, tools: string[], extensions: string[]) =>
    defineAgent({
      name,
      instructions: `I am ${name}.`,
      tools: tools.map(tool),
      extensions: extensions.map((one) => ({ name: one })),
    });
  const stacked = stack(agent("a", ["bash"], ["x"]), [
    agent("b", ["bash", "more"], ["x", "y"]),
    agent("c", [], ["y"]),
  ]);
  expect(stacked.name).toBe("a");
  expect(stacked.tools.map(({ name }) => name)).toEqual(["bash", "more"]);
  expect(stacked.extensions.map(({ name }) => name)).toEqual(["x", "y"]);
  expect(stacked.instructions).toBe("I am a.\nI am b.");
  const looping = { ...agent("l", [], []), loop: () => Promise.resolve("end_turn" as const) };
  expect(stack(looping, []).loop).toBeDefined();
  expect(() => stack(looping, [agent("b", [], [])])).toThrow("--with: l has a loop of its own");
});

test("foreign text in little room", () => {
  expect(inputLine(undefined)).toBe("");
  expect(inputLine(null)).toBe("null");
  expect(inputLine([1, 2])).toBe("0: 1, 1: 2");
  expect(inputLine({ one: ["a"] })).toBe('["a"]');
  expect(preview("a\nb\nc\n\n", 2, 80)).toEqual(["a", "b", "c"]);
  expect(preview("a\nb\nc\nd", 2, 80)).toEqual(["a", "b", "… 2 more lines"]);
  expect(preview("abcdef", 2, 4)).toEqual(["abc…"]);
  expect(indented("a\r\nb\rc\n")).toBe("a\n  b\n  c");
  expect(visible("a\rb\nc\td")).toBe("a\\rb\nc\\td");
  expect(harmless("a\rb")).toBe("a\nb");
});

test.each<[{ done: number; total?: number; message?: string }, string]>([
  [{ done: 1_200 }, "t 1,200"],
  [{ done: 3, total: 0 }, "t 3"],
  [{ done: 1, total: 4, message: "so far" }, `t ${"█".repeat(5)}${"░".repeat(15)} 25% so far`],
  [{ done: 9, total: 4 }, `t ${"█".repeat(20)} 100%`],
  [{ done: -9, total: 4 }, `t ${"░".repeat(20)} 0%`],
  [{ done: Number.NaN, total: 4 }, `t ${"░".repeat(20)} 0%`],
])("progress %o", (event, line) => {
  expect(progressLine({ type: "tool_progress", id: "1", name: "t", ...event }, 80)).toBe(line);
});

test("where nothing can be redrawn, what comes while a prompt stands begins on a line of its own", () => {
  const { screen, seen } = newScreen();
  screen.prompt("t > ");
  screen.line("ada is done");
  screen.line("bob is done");
  expect(seen()).toEqual(["t >", "ada is done", "bob is done"]);
  screen.prompt("t > ");
  // The terminal has echoed the line and its end.
  screen.typed();
  screen.line("an answer");
  expect(seen()).toEqual(["t > an answer"]);
});
