import type Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { createBrain, intent, only } from "../src/brain.ts";
import { call, type MessageRequest } from "../src/reply.ts";
import { spoken, Toolbox } from "../src/toolbox.ts";

const think = createBrain([
  // oxlint-disable-next-line require-yield
  intent(/^<note>/, function* ({ prompt }) {
    return `noted ${prompt.length}`;
  }),
  intent(
    /^twice (\w+)/,
    function* ({ match, notes }) {
      const first = only(yield call("bash", { command: `${match[1]} 1` }));
      const second = only(yield call("bash", { command: `${match[1]} 2` }));
      return `${first.text} then ${second.text}, ${notes().length} notes`;
    },
    "twice x",
  ),
]);

const ask = (...messages: Anthropic.MessageParam[]): MessageRequest => ({
  model: "claude-x",
  max_tokens: 9,
  messages,
  tools: [{ name: "bash", input_schema: { type: "object" } }],
});
const callsIn = async (request: MessageRequest) =>
  (await think(request)).parts.filter(({ type }) => type === "call");
const use = (id: string): Anthropic.MessageParam => ({
  role: "assistant",
  content: [{ type: "tool_use", id, name: "bash", input: {} }],
});
const answer = (id: string, content: string, ...texts: string[]): Anthropic.MessageParam => ({
  role: "user",
  content: [
    { type: "tool_result", tool_use_id: id, content },
    ...texts.map((text) => ({ type: "text" as const, text })),
  ],
});
const user = (content: string): Anthropic.MessageParam => ({ role: "user", content });

test("an episode is replayed against the conversation so far", async () => {
  expect(await callsIn(ask(user("twice x")))).toEqual([call("bash", { command: "x 1" })]);
  expect(await callsIn(ask(user("twice x"), use("a"), answer("a", "A")))).toEqual([
    call("bash", { command: "x 2" }),
  ]);
  const whole = ask(
    user("twice x"),
    use("a"),
    answer("a", "A"),
    use("b"),
    answer("b", "B", "<note>hi</note>"),
  );
  expect((await think(whole)).parts).toEqual([{ type: "text", text: "A then B, 1 notes" }]);
});

test("a prompt after an interrupted call begins a new episode", async () => {
  const request = ask(user("twice x"), use("a"), answer("a", "Interrupted by the user.", "twice y"));
  expect(await callsIn(request)).toEqual([call("bash", { command: "y 1" })]);
});

test("a note that wakes an idle model is an episode of its own", async () => {
  const done: Anthropic.MessageParam = { role: "assistant", content: "done" };
  const request = ask(user("twice x"), done, user("<note>ended</note>"));
  expect((await think(request)).parts).toEqual([{ type: "text", text: "noted 18" }]);
});

test("a request that is not understood is answered with what is", async () => {
  const [part] = (await think(ask(user("sing")))).parts;
  expect(part).toMatchObject({
    type: "text",
    text: expect.stringMatching(/offline model[\s\S]*twice x[\s\S]*ANTHROPIC_API_KEY/),
  });
});

test("it thinks before its calls, and not before its last words", async () => {
  expect((await think(ask(user("twice x")))).parts[0]).toEqual({
    type: "thinking",
    text: 'The request is "twice x". I\'ll run x 1.',
  });
  expect((await think(ask(user("sing")))).parts.map(({ type }) => type)).toEqual(["text"]);
});

test.each([
  [{ asked: "<mail>\n  <message>hi</message>\n</mail>" }, "A note has come (mail). I'll run pwd."],
  [
    { asked: "x", last: [{ text: "[exit code 1]", isError: false }] },
    "That printed nothing (exit code 1). I'll run pwd.",
  ],
  [
    { asked: "x", last: [{ text: "no such file\n[exit code 1]", isError: false }] },
    "That did not work (exit code 1). I'll run pwd.",
  ],
  [{ asked: "x", last: [{ text: "a match", isError: false }] }, "That worked. Next I'll run pwd."],
])("a thought says what it follows: %j", (moment, said) => {
  const [thought] = spoken(
    { parts: [call("bash", { command: "pwd" })] },
    new Toolbox(new Set(["bash"])),
    moment,
  ).parts;
  expect(thought).toEqual({ type: "thinking", text: said });
});

test("it calls nothing that the client does not offer, and Claude Code's tools under their names", async () => {
  const without = { ...ask(user("twice x")), tools: [] };
  expect((await think(without)).parts).toEqual([
    { type: "text", text: "I would call bash for that, and this client does not offer it." },
  ]);
  const theirs = {
    ...ask(user("twice x")),
    tools: [{ name: "Bash", input_schema: { type: "object" as const } }],
  };
  expect(await callsIn(theirs)).toEqual([call("Bash", { command: "x 1" })]);
});
