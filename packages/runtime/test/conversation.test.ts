import { call, say, script } from "@course/offline-model/test";
import { afterEach, expect, test } from "vitest";
import {
  blocksOf,
  defineAgent,
  defineTool,
  isThinking,
  rebuildRequests,
  type Extension,
} from "../src/index.ts";
import { openSession, type TestSession } from "../src/testing.ts";

let open: TestSession | undefined;
afterEach(() => open?.close());

const tool = (run: () => string) =>
  defineTool({ name: "t", description: "t", input: (z) => z.object({}), run });

async function start(model: ReturnType<typeof script>, extensions: Extension[] = [], run = () => "ok") {
  open = await openSession(
    () => defineAgent({ name: "t", instructions: "Be brief.", tools: [tool(run)], extensions }),
    model,
  );
  return open;
}

const thoughts = ({ session }: TestSession) =>
  session.messages.map((message) => blocksOf(message).filter(isThinking).length).reduce((a, b) => a + b, 0);

test("thinking goes back unchanged, and the server that binds it accepts every request", async () => {
  const model = script(call("t"), call("t"), say("one"), call("t"), say("two"));
  const opened = await start(model);
  await opened.run("go");
  await opened.run("on");
  expect(thoughts(opened)).toBe(3);
  model.assertDone();
});

test("an edit leaves out every thought from the first change on, and keeps those before it", async () => {
  const model = script(call("t"), say("one"), call("t"), say("two"), call("t"), say("three"));
  const opened = await start(model);
  await opened.run("go");
  await opened.run("on");
  const { session } = opened;
  const changed = session.messages.map((message, index) =>
    index === 4 ? { role: "user" as const, content: [{ type: "text" as const, text: "changed" }] } : message,
  );
  session.edit(changed);
  expect(thoughts(opened)).toBe(1);
  expect((await opened.run("and now?")).answer).toBe("three");
  expect(thoughts(opened)).toBe(2);
});

test("an edit that keeps thinking is refused by the API, with every prompt after it", async () => {
  const model = script(call("t"), say("one"), say("two"), say("three"));
  const { session, run } = await start(model);
  await run("go");
  session.edit([{ role: "user", content: "a summary" }, ...session.messages.slice(1)], {
    keepThinking: true,
  });
  for (const prompt of ["two", "three"])
    expect((await run(prompt)).answer).toMatch(
      /messages\.1\.content\.0: Invalid `signature`.*different conversation/,
    );
});

test("system and tools are made once for a conversation, whatever the extensions say later", async () => {
  let count = 0;
  const extension: Extension = { name: "e", systemPrompt: () => `section ${++count}` };
  const model = script(call("t"), say("one"), say("two"), say("three"));
  const { session, run } = await start(model, [extension]);
  await run("go");
  await run("on");
  expect(new Set(model.requests.map(({ system }) => system)).size).toBe(1);
  session.clear();
  await run("anew");
  expect(model.requests.at(-1)?.system).toContain("section 2");
});

test("after an edit of the beginning the prefix is made anew, and nothing thought before it is sent", async () => {
  let count = 0;
  const extension: Extension = { name: "e", systemPrompt: () => `section ${++count}` };
  const model = script(call("t"), say("one"), call("t"), say("two"));
  const opened = await start(model, [extension]);
  await opened.run("go");
  opened.session.edit([{ role: "user", content: "a summary" }]);
  expect((await opened.run("on")).answer).toBe("two");
  expect(model.requests.at(-1)?.system).toContain("section 2");
});

test("what is injected while calls are open comes after their results", async () => {
  const model = script(call("t"), say("done"));
  const opened = await start(model, [], () => {
    opened.session.inject("<note>a task ended</note>");
    return "ok";
  });
  expect((await opened.run("go")).answer).toBe("done");
  expect(opened.session.messages[2]?.content).toMatchObject([
    { type: "tool_result" },
    { text: /a task ended/ },
  ]);
});

test("what joins a message that is one text is rebuilt with that text", async () => {
  const { session, run, events } = await start(script(say("one"), say("two")));
  await run("go");
  session.edit([{ role: "user", content: "a summary" }]);
  await run("on");
  const texts = rebuildRequests(events).at(-1)?.["messages"];
  expect(texts).toMatchObject([{ content: [{ text: "a summary" }, { text: "on" }] }]);
});

test("messages cannot be changed from outside", async () => {
  const { session, run } = await start(script(call("t"), say("done")));
  await run("go");
  const [first] = session.messages;
  if (!first) throw new Error("a message was expected");
  expect(() => Object.assign(first, { role: "assistant" })).toThrow(TypeError);
  expect(() => Object.assign(blocksOf(first)[0] ?? {}, { text: "other" })).toThrow(TypeError);
});

test("each request is rebuilt byte for byte from the events", async () => {
  const model = script(call("t"), [call("t"), call("t")], say("one"), call("t"), say("two"), say("three"));
  const { session, run, events } = await start(model);
  await run("go");
  session.inject("<note>hm</note>");
  await run("on");
  session.edit([{ role: "user", content: "short" }, ...session.messages.slice(5)]);
  await run("last");
  const rebuilt = rebuildRequests(JSON.parse(JSON.stringify(events)) as typeof events);
  expect(rebuilt.map((request) => JSON.stringify(request))).toEqual(
    model.requests.map((request) => JSON.stringify(request)),
  );
  expect(rebuilt).toHaveLength(6);
});
