import { setTimeout as delay } from "node:timers/promises";
import { call, say, script, scriptWith, type ScriptedModel } from "@course/offline-model/test";
import { afterEach, expect, test } from "vitest";
import { defineAgent, defineTool, type Extension, type Tool } from "../src/index.ts";
import { openSession, type TestSession } from "../src/testing.ts";

let open: TestSession | undefined;
afterEach(() => open?.close());

function tool(name: string, run: () => string | Promise<string>, readOnly = false): Tool {
  return defineTool({ name, description: name, readOnly, input: (z) => z.object({}), run });
}

async function start(
  model: ScriptedModel,
  tools: Tool[],
  extensions: Extension[] = [],
): Promise<TestSession> {
  const create = () => defineAgent({ name: "t", instructions: "Be brief.", tools, extensions, maxTurns: 5 });
  open = await openSession(create, model);
  return open;
}

test("results go back in the order of the calls, in one message", async () => {
  const model = script([call("slow"), call("fast")], say("done"));
  const slow = tool("slow", async () => delay(50, "S"), true);
  const { session, run } = await start(model, [slow, tool("fast", () => "F", true)]);
  expect(await run("go")).toMatchObject({ ending: "completed", answer: "done" });
  expect(session.messages[2]?.content).toMatchObject([{ content: "S" }, { content: "F" }]);
  model.assertDone();
});

test("read-only calls run side by side, others one by one", async () => {
  const model = script(
    [call("read"), call("read"), call("write"), call("read"), call("write"), call("write")],
    say("done"),
  );
  let running = 0;
  const seen: string[] = [];
  const watch = (name: string, readOnly: boolean) =>
    tool(
      name,
      async () => {
        seen.push(`${name}${++running}`);
        await delay(30);
        running--;
        return name;
      },
      readOnly,
    );
  const { run } = await start(model, [watch("read", true), watch("write", false)]);
  await run("go");
  expect(seen).toEqual(["read1", "read2", "write1", "read1", "write1", "write1"]);
});

test("an unknown tool, a wrong input, a throwing tool: the model is told, and the loop goes on", async () => {
  const strict = defineTool({
    name: "strict",
    description: "x",
    input: (z) => z.object({ n: z.number() }),
    run: () => "ok",
  });
  const broken = tool("broken", () => {
    throw new TypeError("boom");
  });
  const model = script([call("nope"), call("strict", { n: "x" }), call("broken")], say("done"));
  const { run, results } = await start(model, [strict, broken]);
  expect((await run("go")).ending).toBe("completed");
  expect(results()).toEqual([
    'There is no tool "nope". The tools are: strict, broken.',
    "Invalid input for strict. n: Invalid input: expected number, received string",
    "broken failed: boom",
  ]);
  expect(model.requests[1]?.messages[2]?.content).toMatchObject([
    { is_error: true },
    { is_error: true },
    { is_error: true },
  ]);
});

test("the limit of model calls ends the run, and the conversation can go on", async () => {
  const model = script(...Array.from({ length: 5 }, () => call("t")), say("done"));
  const { run } = await start(model, [tool("t", () => "ok")]);
  expect((await run("go")).ending).toBe("failed");
  expect(await run("continue")).toMatchObject({ ending: "completed", answer: "done" });
});

test("an interrupt answers every open call, and the next prompt works", async () => {
  const model = script([call("slow"), call("slow")], say("fine"));
  const stubborn = tool("slow", () => delay(60_000, "late", { ref: false }));
  const { session, run } = await start(model, [stubborn]);
  session.on((event) => event.type === "tool_started" && session.interrupt());
  expect((await run("go")).ending).toBe("interrupted");
  expect(session.messages[2]?.content).toMatchObject([
    { content: "Interrupted by the user." },
    { content: "Interrupted by the user." },
    { text: expect.stringMatching(/^<interrupted>/) },
  ]);
  expect(await run("again")).toMatchObject({ ending: "completed", answer: "fine" });
});

test("a failed model call is one line, and what was said is kept", async () => {
  const model = scriptWith({ faults: "401" }, say("fine"));
  const { session, run } = await start(model, []);
  expect(await run("first")).toMatchObject({
    ending: "failed",
    answer: expect.stringMatching(/refused the credentials \(401: .*ANTHROPIC_API_KEY/),
  });
  expect((await run("second")).answer).toBe("fine");
  expect(session.messages[0]?.content).toMatchObject([{ text: "first" }, { text: "second" }]);
});

test("a prompt that is too long for the model is taken back, and the next one works", async () => {
  const model = scriptWith({ contextTokens: 1_000 }, say("fine"), say("fine again"));
  const { session, run } = await start(model, []);
  await run("hello");
  expect(await run("z ".repeat(5_000))).toMatchObject({
    ending: "failed",
    answer: expect.stringMatching(/^The conversation is too long for the model \(400: .* was taken back/),
  });
  expect((await run("hi")).answer).toBe("fine again");
  expect(session.messages.at(-2)?.content).toMatchObject([{ text: "hi" }]);
});

test("a reply that was cut off in a call leaves a conversation that the API accepts", async () => {
  const model = script({ parts: [say("I will"), call("t")], stopReason: "max_tokens" }, say("fine"));
  const { run } = await start(model, [tool("t", () => "ok")]);
  await run("go");
  expect((await run("go on")).answer).toBe("fine");
});

test("blank text and half of a character do not spoil the conversation", async () => {
  const model = script([say("  "), call("t")], say("\n"), say("fine"));
  const { run } = await start(model, [tool("t", () => "cut \ud83d")]);
  await run("go");
  expect((await run("go on \ud83d")).answer).toBe("fine");
});

test("after an interrupt the model is told so", async () => {
  const model = script(call("slow"), say("fine"));
  const { session, run } = await start(model, [tool("slow", () => delay(60_000, "late", { ref: false }))]);
  session.on((event) => event.type === "tool_started" && session.interrupt());
  await run("delete everything");
  await run("hello");
  expect(model.requests[1]?.messages.at(-1)?.content).toMatchObject([
    { type: "tool_result" },
    { text: expect.stringMatching(/^<interrupted>/) },
    { text: "hello" },
  ]);
});

test("a closed session runs nothing any more, and wakes nobody", async () => {
  const model = script(say("never"));
  const { session, run, events } = await start(model, []);
  session.wake("before");
  session.close();
  session.wake("after");
  expect((await run("go")).ending).toBe("interrupted");
  await delay(100);
  expect(events.some(({ type }) => type === "wake")).toBe(false);
  expect(model.requests).toEqual([]);
});

test("an injected note follows the tool results, or starts a user message", async () => {
  const model = script(call("t"), say("one"), say("two"));
  const notes = ["<n>a</n>", "<n>b</n>", "<n>c</n>"];
  const extension: Extension = {
    name: "notes",
    beforeModel: (session) => session.inject(notes.shift() ?? ""),
  };
  const { session, run } = await start(model, [tool("t", () => "ok")], [extension]);
  await run("go");
  await run();
  expect(session.messages.map(({ role }) => role)).toEqual([
    "user",
    "assistant",
    "user",
    "assistant",
    "user",
    "assistant",
  ]);
  expect(session.messages[0]?.content).toMatchObject([{ text: "go" }, { text: "<n>a</n>" }]);
  expect(session.messages[2]?.content).toMatchObject([{ type: "tool_result" }, { text: "<n>b</n>" }]);
  expect(session.messages[4]?.content).toMatchObject([{ text: "<n>c</n>" }]);
});

test("a wake with nothing to tell asks the model nothing", async () => {
  const model = script(say("one"));
  const { run } = await start(model, []);
  await run("go");
  expect((await run()).ending).toBe("completed");
  expect(model.requests).toHaveLength(1);
});

test("extensions wrap model and tool calls, the first outermost", async () => {
  const order: string[] = [];
  const wrap = (name: string): Extension => ({
    name,
    systemPrompt: () => `Section ${name}.`,
    async wrapModelCall(request, next) {
      order.push(`${name} model`);
      return next(request);
    },
    async wrapToolCall(toolCall, next) {
      order.push(`${name} tool`);
      const result = await next(toolCall);
      return { ...result, content: `${name}(${JSON.stringify(result.content)})` };
    },
  });
  const model = script(call("t"), say("done"));
  const { run, results } = await start(model, [tool("t", () => "ok")], [wrap("a"), wrap("b")]);
  await run("go");
  expect(order).toEqual(["a model", "b model", "a tool", "b tool", "a model", "b model"]);
  expect(results()).toEqual(['a("b(\\"ok\\")")']);
  expect(model.requests[0]?.system).toBe("Be brief.\n\nSection a.\n\nSection b.");
});

test("the prefix of every request is the same, so that it is read from the cache", async () => {
  const model = script(call("t"), call("t"), say("done"));
  const long: Tool = { ...tool("t", () => "ok"), description: "long ".repeat(1200) };
  const { session, run } = await start(model, [long]);
  await run("go");
  expect(new Set(model.requests.map(({ system, tools }) => JSON.stringify([system, tools]))).size).toBe(1);
  expect(session.usage.total.cacheRead).toBeGreaterThan(2 * 1500);
});

test("two tools of one name are refused at the start", () => {
  expect(() =>
    defineAgent({ name: "t", instructions: "x", tools: [tool("a", () => ""), tool("a", () => "")] }),
  ).toThrow('named "a"');
});

test("a question without a human is refused, and the refusal names the flag", async () => {
  const { session } = await start(script(), []);
  const question = {
    text: "May I?",
    choices: ["yes", "no"],
    withoutHuman: "Start with --allow to permit it.",
  };
  expect(await session.ask(question)).toEqual({ refused: "Start with --allow to permit it." });
  session.human = async () => ({ choice: "yes" });
  expect(await session.ask(question)).toEqual({ choice: "yes" });
});
