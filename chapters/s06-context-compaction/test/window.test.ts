// Numbers that decide: how many results stay, what a count is worth, where a conversation may be cut, what fits.
import { call, say, script, type MessageRequest } from "@course/offline-model/test";
import type { Message, RequestParams, Workspace } from "@course/runtime";
import { openSession, type TestSession } from "@course/runtime/testing";
import { ContextWindow } from "@course/s06-context-compaction";
import { expect, onTestFinished, test } from "vitest";
import { createAgent } from "../src/agent.ts";
import { windowSize } from "../src/compaction.ts";
import { cutBefore, lastCut } from "../src/cuts.ts";
import { fitting } from "../src/summarise-what-fits.ts";
import { shrinkable, shrunk } from "../src/tool-results.ts";

const inWindow = (tokens: number) => (workspace: Workspace) =>
  createAgent(workspace, { "context-tokens": String(tokens) });
const command = (open: TestSession, name: string, argument = "") =>
  open.agent.extensions[0]?.commands?.[name]?.run(argument, open.session);

const user = (text: string): Message => ({ role: "user", content: [{ type: "text", text }] });
const reply = (text: string): Message => ({ role: "assistant", content: [{ type: "text", text }] });
const asks = (id: string, input: object = { command: "ls" }): Message => ({
  role: "assistant",
  content: [
    { type: "thinking", thinking: "hm", signature: "s" },
    { type: "tool_use", id, name: "bash", input },
  ],
});
const result = (id: string, content: string): Message => ({
  role: "user",
  content: [{ type: "tool_result", tool_use_id: id, content }],
});

/** A window that was counted once; four characters are a token in it, times `scale`. */
function counted(messages: Message[], tokens: (estimate: number) => number, size = 10_000): ContextWindow {
  const window = new ContextWindow(size);
  const params = { model: "m", max_tokens: 1, messages } as unknown as RequestParams;
  const usage = { input_tokens: tokens(window.tokensOf(messages)), output_tokens: 9 };
  window.count(params, usage as Parameters<ContextWindow["count"]>[1]);
  return window;
}

test("when results shrink, those of two rounds stay whole, besides those that the model has not seen", async () => {
  const model = script(
    ...Array.from({ length: 12 }, (_, round) =>
      call("bash", { command: `seq -f 'round ${round}, line %g' 60` }),
    ),
    say("done"),
  );
  const open = await openSession(inWindow(6_000), model);
  onTestFinished(() => open.close());
  await open.run("go");
  const resultsOf = ({ messages }: MessageRequest) =>
    messages.flatMap(({ content }) =>
      Array.isArray(content) ? content.filter((block) => block.type === "tool_result") : [],
    );
  const isShrunk = (block: object) => JSON.stringify(block).includes("left out to save room");
  const first = model.requests.find((request) => resultsOf(request).some(isShrunk));
  const results = first ? resultsOf(first).map(isShrunk) : [];
  expect(results.length).toBeGreaterThan(4);
  expect(results).toEqual(results.map((_, index) => index < results.length - 3));
});

test("/clear forgets what was counted: a short conversation is short again", async () => {
  const open = await openSession(inWindow(20_000), script(say("one"), say("two")));
  onTestFinished(() => open.close());
  await open.run("x".repeat(40_000));
  expect(open.agent.extensions[0]?.status?.()).toMatch(/^window \d\d % full$/);
  open.session.clear();
  open.session.addPrompt("short");
  expect(open.agent.extensions[0]?.status?.()).toBe(undefined);
  const tokens = Number(
    /about ([\d,]+) of/.exec(String(await command(open, "context")))?.[1]?.replace(",", ""),
  );
  expect(tokens).toBeLessThan(3_000);
});

test("what was counted is taken as it is, and what came since as long as the estimate was wrong", () => {
  const first = user("x".repeat(4_000));
  const added = reply("y".repeat(4_000));
  const alone = new ContextWindow(10_000).tokensOf([added]);
  const window = counted([first], (estimate) => 2 * estimate);
  const total = window.tokens([first]);
  expect(total).toBe(2 * new ContextWindow(1).tokensOf([first]));
  expect(window.tokens([first, added])).toBe(total + 2 * alone);
  expect(window.tokensOf([added])).toBe(2 * alone);
  window.forgetCount();
  expect(window.tokens([user("z")])).toBeLessThan(100);
});

test.each([
  ["ten times", 10, 4],
  ["four times", 4, 4],
  ["half", 0.5, 0.5],
  ["a hundredth", 0.01, 0.25],
])("a count of %s the estimate scales what comes by %d, between a quarter and four", (_, off, scale) => {
  const long = user("x".repeat(40_000));
  const window = counted([long], (estimate) => estimate * off);
  expect(window.tokens([long]), "what was counted is as it was counted").toBeCloseTo(
    new ContextWindow(1).tokensOf([long]) * off,
  );
  const plain = new ContextWindow(1).tokensOf([reply("y".repeat(4_000))]);
  expect(window.tokensOf([reply("y".repeat(4_000))]) / plain).toBeCloseTo(scale, 2);
});

test("an endpoint that counts nothing leaves the estimate, and a refusal teaches size and scale", () => {
  const long = user("x".repeat(40_000));
  const window = counted([long], () => 0);
  const plain = new ContextWindow(1).tokensOf([long]);
  expect(window.tokens([long])).toBe(plain);
  window.learn(3 * plain, 5_000);
  expect(window.size).toBe(5_000);
  expect(window.tokens([long])).toBe(3 * plain);
  window.learn(3 * plain, 9_000);
  expect(window.size, "a window does not grow").toBe(5_000);
  const sum = Object.values(window.parts([long])).reduce((a, b) => a + b, 0);
  expect(sum).toBe(3 * plain);
});

test("an image is worth its tokens, and not its bytes; the system prompt and the tools count", () => {
  const data = "A".repeat(400_000);
  const image: Message = {
    role: "user",
    content: [{ type: "image", source: { type: "base64", media_type: "image/png", data } }],
  };
  const tokens = new ContextWindow(1).tokensOf([image]);
  expect(tokens).toBeGreaterThan(1_600);
  expect(tokens).toBeLessThan(1_700);
  const window = new ContextWindow(1_000);
  const params = { system: "s".repeat(400), tools: [{ name: "t".repeat(800) }], messages: [] };
  window.noteRequest(params as unknown as RequestParams);
  const parts = window.parts([
    user("u".repeat(400)),
    reply("r".repeat(1_200)),
    result("1", "t".repeat(2_000)),
  ]);
  for (const [part, least] of Object.entries({
    system: 100,
    tools: 200,
    user: 100,
    replies: 300,
    results: 500,
  }))
    expect((parts as unknown as Record<string, number>)[part]).toBeOneOf(
      Array.from({ length: 40 }, (_, more) => least + more),
    );
});

test("a conversation is cut where no call loses its result", () => {
  expect(lastCut([user("a"), reply("b")])).toBe(2);
  expect(lastCut([user("a"), reply("b"), user("c")])).toBe(2);
  expect(lastCut([user("a"), asks("1"), result("1", "x")])).toBe(1);
  expect(lastCut([])).toBe(0);
  const messages = [
    user("a"),
    asks("1"),
    result("1", "x".repeat(400)),
    asks("2"),
    result("2", "y"),
    reply("z"),
  ];
  const window = new ContextWindow(1_000);
  const from = (index: number) => window.tokensOf(messages.slice(index));
  expect(cutBefore(window, messages, 0)).toBe(6);
  // Sums of parts are rounded up one by one.
  expect(cutBefore(window, messages, from(3) + 5)).toBe(3);
  expect(cutBefore(window, messages, from(4) + 1)).toBe(5);
  expect(cutBefore(window, messages, from(1) + 9)).toBe(1);
  expect(cutBefore(window, messages, 1_000_000), "the first message is what the summary is of").toBe(1);
});

test("what is to be summarised is all of it, else what goes, else the newest of that, without thinking", () => {
  const messages = [
    user("a".repeat(400)),
    asks("1"),
    result("1", "b".repeat(4_000)),
    asks("2"),
    result("2", "c".repeat(400)),
    reply("d".repeat(400)),
  ];
  const window = new ContextWindow(10_000);
  const share = (tokens: number) => tokens / window.size;
  const whole = window.tokensOf(messages);
  expect(fitting(window, messages, 5, share(whole), "f")).toBe(messages);
  const dropped = window.tokensOf(messages.slice(0, 5));
  expect(fitting(window, messages, 5, share(whole - 1), "f")).toEqual(messages.slice(0, 5));
  expect(fitting(window, messages, 5, share(dropped), "f")).toEqual(messages.slice(0, 5));
  const rest = fitting(window, messages, 5, share(window.tokensOf(messages.slice(3, 5)) + 5), "f");
  expect(rest).toHaveLength(3);
  expect(rest[0]).toEqual(user("<left-out>The beginning did not fit.</left-out>"));
  expect(rest[1]).toMatchObject({ content: [{ type: "tool_use", id: "2" }] });
  expect(JSON.stringify(rest)).not.toContain("thinking");
  const least = fitting(window, messages, 5, 0, "f");
  expect(least, "the last round of what goes is tried, whatever its length").toHaveLength(3);
  expect(least[1]).toMatchObject({ content: [{ type: "tool_use", id: "2" }] });
  expect(least[2]).toMatchObject({
    content: [{ type: "tool_result", content: expect.stringMatching(/400 characters left out .* in f\]$/) }],
  });
});

test("of a result only what is worth it shrinks, and never to something longer", () => {
  const messages = [
    user("go"),
    asks("1", { command: "x".repeat(300) }),
    result("1", "r".repeat(400)),
    asks("2"),
    result("2", "r".repeat(399)),
    asks("3"),
    result("3", "r".repeat(5_000)),
    { role: "user", content: [{ type: "tool_result", tool_use_id: "3", content: [] }] } satisfies Message,
  ];
  const found = shrinkable(messages);
  expect(found.map(({ length }) => length)).toEqual([400, 5_000]);
  expect(found[0]?.label).toMatch(
    /^bash \{"command":"x{188}\.\.\.: 400 characters left out to save room; in full in $/,
  );
  expect(found[1]?.label).toBe('bash {"command":"ls"}: 5,000 characters left out to save room; in full in ');
  const [, , first, , second, , third] = messages as [
    Message,
    Message,
    Message,
    Message,
    Message,
    Message,
    Message,
  ];
  expect(shrunk(third, found, "FILE")).toEqual(result("3", `[${found[1]?.label}FILE]`));
  expect(shrunk(second, found, "FILE")).toBe(second);
  expect(shrunk(first, found, "F".repeat(200))).toEqual(first);
});

test.each([
  [200, ""],
  [201, "..."],
])(
  "a line for a result names an input of up to 200 characters whole: of %d, it ends with %j",
  (length, end) => {
    const input = { command: "x".repeat(length - JSON.stringify({ command: "" }).length) };
    const [one] = shrinkable([asks("1", input), result("1", "r".repeat(1_000))]);
    expect(one?.label).toBe(
      `bash ${JSON.stringify(input).slice(0, 200)}${end}: 1,000 characters left out to save room; in full in `,
    );
  },
);

test("the window's size is a whole number from 6,000", () => {
  expect(windowSize({})).toBe(200_000);
  expect(windowSize({ "context-tokens": "6000" })).toBe(6_000);
  for (const value of ["5999", "6000.5", "many"])
    expect(() => windowSize({ "context-tokens": value })).toThrow(`--context-tokens ${value}: expected`);
});
