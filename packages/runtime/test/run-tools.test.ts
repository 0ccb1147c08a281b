// What becomes of a call, whatever its tool does, without a model that is asked.
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { createModelClient, defineAgent, defineTool, Session, ToolError } from "../src/index.ts";
import type { AgentEvent, Extension, Tool, ToolResult } from "../src/index.ts";
import { runTools } from "../src/tools/run-tools.ts";

const tool = (name: string, run: () => unknown, more: Partial<Tool> = {}): Tool => ({
  ...defineTool({ name, description: "", input: (z) => z.object({}), run: run as () => ToolResult }),
  ...more,
});

/** Answers calls of these names, and says what was told meanwhile. */
async function answersTo(names: readonly string[], tools: readonly Tool[], extensions: Extension[] = []) {
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "k" } }));
  const events: AgentEvent[] = [];
  session.on((event) => void events.push(event));
  const agent = defineAgent({ name: "t", instructions: "", tools, extensions });
  const calls = names.map((name, index) => ({ id: `c${index}`, name, input: {} }));
  const results = runTools(agent, session, calls);
  return { session, events, results };
}

test.each<[string, () => unknown, object]>([
  ["a text", () => "ok", { content: "ok" }],
  ["a text with half of a character", () => "a\ud83d", { content: "a\ufffd" }],
  ["a failure that it tells", () => ({ content: "no", isError: true }), { content: "no", is_error: true }],
  [
    "a failure without a word",
    () => ({ content: " ", isError: true }),
    { content: "(no output)", is_error: true },
  ],
  [
    "a failure with a picture",
    () => ({
      content: [
        { type: "image", source: {} },
        { type: "text", text: "no" },
      ],
      isError: true,
    }),
    {
      content: [
        { type: "text", text: "[image]" },
        { type: "text", text: "no" },
      ],
      is_error: true,
    },
  ],
  [
    "nothing",
    () => undefined,
    { content: "t returned no result: expected a text, or { content }.", is_error: true },
  ],
  ["a number as its content", () => ({ content: 7 }), { content: /returned no result/, is_error: true }],
  ["no blocks", () => ({ content: [] }), { content: "(no output)" }],
  ["a blank block", () => ({ content: [{ type: "text", text: " \n" }] }), { content: "(no output)" }],
  [
    "blocks, one of them blank",
    () => ({
      content: [
        { type: "text", text: "a\ud83d" },
        { type: "text", text: "" },
      ],
    }),
    { content: [{ type: "text", text: "a\ufffd" }] },
  ],
  [
    "a block of another kind",
    () => ({ content: [{ type: "tool_reference", tool_name: "x" }] }),
    { content: [{ type: "tool_reference", tool_name: "x" }] },
  ],
])("a tool that returns %s has an answer that the API takes", async (_, run, expected) => {
  const { results, events } = await answersTo(["t"], [tool("t", run)]);
  const { content, ...rest } = expected as { content: unknown };
  const [answer] = await results;
  expect(answer).toMatchObject({ type: "tool_result", tool_use_id: "c0", ...rest });
  expect("is_error" in (answer ?? {})).toBe("is_error" in rest);
  if (content instanceof RegExp) expect(answer?.content).toMatch(content);
  else expect(answer?.content).toEqual(content);
  expect(events.map(({ type }) => type)).toEqual(["tool_started", "tool_ended"]);
});

test("what the model can mend is its answer; a fault of the tool is told to the user, too", async () => {
  const fails = (error: unknown) => () => {
    throw error;
  };
  const { results, events } = await answersTo(
    ["mends", "broken", "odd"],
    [
      tool("mends", fails(new ToolError("give x"))),
      tool("broken", fails(new Error("oh"))),
      tool("odd", fails("hm")),
    ],
  );
  expect((await results).map(({ content, is_error: isError }) => [content, isError])).toEqual([
    ["give x", true],
    ["broken failed: oh", true],
    ["odd failed: hm", true],
  ]);
  const errors = events.flatMap((event) =>
    event.type === "error" ? [[event.message, typeof event.stack]] : [],
  );
  expect(errors).toEqual([
    ["broken failed: oh", "string"],
    ["odd failed: hm", "undefined"],
  ]);
});

test.each<[string, unknown, RegExp]>([
  ["a field of another type", { n: "1" }, /^Invalid input for t\. n: .*number/],
  ["a field within a field", { n: 1, deep: { x: 1 } }, /^Invalid input for t\. deep\.x: .*string/],
  ["no object", 7, /^Invalid input for t\. input: .*object/],
  ["two faults", {}, /n: .*; deep: /],
])("an input with %s is refused by the name of the field", async (_, input, message) => {
  const made = defineTool({
    name: "t",
    description: "",
    input: (z) => z.object({ n: z.number(), deep: z.object({ x: z.string() }) }),
    run: () => "ok",
  });
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "k" } }));
  const context = { session, signal: session.signal, toolUseId: "c" };
  await expect(made.run(input, context)).rejects.toThrow(message);
  expect(await made.run({ n: 1, deep: { x: "" } }, context)).toEqual({ content: "ok" });
});

test("a tool that is not there is answered with those that are, without those that are loaded later", async () => {
  const { results } = await answersTo(
    ["none"],
    [tool("a", () => ""), tool("later", () => "", { deferred: true }), tool("b", () => "")],
  );
  expect(await results).toMatchObject([
    { content: 'There is no tool "none". The tools are: a, b.', is_error: true },
  ]);
});

test("parallel calls that follow each other run side by side, the others one by one, and the order stays", async () => {
  const log: string[] = [];
  const timed = (name: string, ms: number, parallel: boolean) =>
    tool(
      name,
      async () => {
        log.push(`${name} begins`);
        await delay(ms);
        log.push(`${name} ends`);
        return name;
      },
      { parallel },
    );
  const { results } = await answersTo(
    ["slow", "quick", "alone", "alone", "quick"],
    [timed("slow", 120, true), timed("quick", 10, true), timed("alone", 10, false)],
  );
  expect((await results).map(({ content }) => content)).toEqual(["slow", "quick", "alone", "alone", "quick"]);
  const [side, alone] = [log.slice(0, 4), log.slice(4)];
  expect(side).toEqual(["slow begins", "quick begins", "quick ends", "slow ends"]);
  const oneByOne = ["alone", "alone", "quick"].flatMap((name) => [`${name} begins`, `${name} ends`]);
  expect(alone).toEqual(oneByOne);
});

test("after an interrupt no call is begun, and one that does not stop is answered without it", async () => {
  let begun = 0;
  const stuck = tool("stuck", () => {
    begun += 1;
    return new Promise(() => {});
  });
  const { session, results } = await answersTo(["stuck", "stuck"], [stuck]);
  await delay(20);
  session.interrupt();
  const answer = { content: "Interrupted by the user.", is_error: true };
  expect(await results).toMatchObject([answer, answer]);
  expect(begun).toBe(1);
});

test("an interrupted call's own result counts if it comes soon, its failure does not", async () => {
  const wait = (session: () => Session, end: () => unknown) => async () => {
    session().interrupt();
    await delay(20);
    return end();
  };
  const open: { session?: Session } = {};
  const current = () => {
    if (!open.session) throw new Error("the session is there before a tool runs");
    return open.session;
  };
  const fail = () => {
    throw new Error("aborted");
  };
  const tools = [
    tool(
      "cleans",
      wait(current, () => "half"),
    ),
    tool("fails", wait(current, fail)),
  ];
  for (const [name, content] of [
    ["cleans", "half"],
    ["fails", "Interrupted by the user."],
  ] as const) {
    const wrap: Extension = {
      name: "e",
      wrapToolCall: (call, next) => ((open.session = call.session), next(call)),
    };
    const { results, events } = await answersTo([name], tools, [wrap]);
    expect(await results).toMatchObject([{ content }]);
    expect(events.filter(({ type }) => type === "error")).toEqual([]);
  }
});

test("a wrapper sees what a call may do, may send it to another tool, and a fault of it is an answer", async () => {
  const seen: object[] = [];
  const wrap: Extension = {
    name: "e",
    wrapToolCall(call, next) {
      seen.push([call.name, call.readOnly, call.tool?.name]);
      if (call.name === "none") throw new Error("no");
      return next({ ...call, name: "other" });
    },
  };
  const { results } = await answersTo(
    ["reads", "none"],
    [tool("reads", () => "", { readOnly: true }), tool("other", () => "from the other")],
    [wrap],
  );
  expect((await results).map(({ content }) => content)).toEqual([
    "from the other",
    'none failed: The extension "e" failed in wrapToolCall: no',
  ]);
  expect(seen).toEqual([
    ["reads", true, "reads"],
    ["none", false, undefined],
  ]);
});
