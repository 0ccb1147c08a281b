// Each request, from the events alone: with deferred tools, forks, requests that an extension changed, and prefixes made anew.
import { call, say, script } from "@course/offline-model/test";
import { afterEach, expect, test } from "vitest";
import {
  blocksOf,
  createModelClient,
  defineAgent,
  defineTool,
  isThinking,
  rebuildRequests,
  run,
  Session,
  type Extension,
  type Tool,
} from "../src/index.ts";
import { openSession, type TestSession } from "../src/testing.ts";

let open: TestSession | undefined;
afterEach(() => open?.close());

async function start(model: ReturnType<typeof script>, tools: Tool[], extensions: Extension[] = []) {
  open = await openSession(
    () => defineAgent({ name: "t", instructions: "Be brief.", tools, extensions }),
    model,
  );
  return open;
}

const plain = defineTool({ name: "t", description: "t", input: (z) => z.object({}), run: () => "ok" });

/** What a trace would hold, as requests. */
const rebuilt = ({ events }: TestSession) =>
  rebuildRequests(JSON.parse(JSON.stringify(events)) as typeof events).map((request) =>
    JSON.stringify(request),
  );
const sent = (model: ReturnType<typeof script>) => model.requests.map((request) => JSON.stringify(request));

test("requests with deferred tools, also after the conversation was cleared", async () => {
  const model = script(call("t"), say("one"), say("two"));
  const opened = await start(model, [plain, { ...plain, name: "later", deferred: true }]);
  await opened.run("go");
  opened.session.clear();
  await opened.run("anew");
  expect(sent(model).every((request) => request.includes('"later"'))).toBe(true);
  expect(rebuilt(opened)).toEqual(sent(model));
});

test("requests of forks, each of which has a conversation of its own", async () => {
  const child = defineAgent({ name: "child", instructions: "Be a child.", tools: [plain] });
  const forks = new Map<string, Session>();
  const ask = defineTool({
    name: "ask",
    description: "Asks a fork.",
    input: (z) => z.object({ name: z.string() }),
    async run({ name }, { session }) {
      const fork = forks.get(name) ?? session.fork(name);
      forks.set(name, fork);
      return (await run(child, fork, `Hello ${name}.`)).answer;
    },
  });
  const turns = ["ada", "bob", "ada"].flatMap((name) => [
    call("ask", { name }),
    call("t"),
    say(`I am ${name}.`),
  ]);
  const model = script(...turns, say("done"));
  const opened = await start(model, [ask]);
  expect((await opened.run("go")).answer).toBe("done");
  expect(rebuilt(opened)).toEqual(sent(model));
});

test("a request that an extension has lengthened: the trace names what it knows, and repeats only what was added", async () => {
  const added = { role: "user" as const, content: "Mind the time." };
  // Only behind the results: what was thought before them is bound to what stands before it.
  const late: Extension = {
    name: "late",
    wrapModelCall({ params, ...request }, next) {
      const messages = params.messages.length < 3 ? params.messages : [...params.messages, added];
      return next({ ...request, params: { ...params, messages } });
    },
  };
  const model = script(call("t"), say("one"));
  const opened = await start(model, [plain], [late]);
  await opened.run("go");
  expect(rebuilt(opened)).toEqual(sent(model));
  const traced = opened.events.flatMap((event) =>
    event.type === "model_started" ? [event.request.messages] : [],
  );
  expect(traced).toEqual([
    { from: "conversation", count: 1, added: [] },
    { from: "conversation", count: 3, added: [added] },
  ]);
});

test("a prefix that is to be made anew is, once; what was thought behind the old one is left out where it differs", async () => {
  let section = "one";
  let made = 0;
  const changing: Extension = {
    name: "changing",
    systemPrompt() {
      made += 1;
      return `Section ${section}.`;
    },
  };
  const model = script(...Array.from({ length: 4 }, () => [call("t"), say("fine")]).flat());
  const opened = await start(model, [plain], [changing]);
  const { session } = opened;
  const thoughts = () => session.messages.flatMap((message) => blocksOf(message).filter(isThinking)).length;
  await opened.run("go");
  await opened.run("on");
  expect([made, thoughts()]).toEqual([1, 2]);
  session.renewPrefix();
  await opened.run("the same again");
  expect([made, thoughts()]).toEqual([2, 3]);
  section = "two";
  session.renewPrefix();
  await opened.run("another");
  expect([made, thoughts()]).toEqual([3, 1]);
  expect(model.requests.at(-1)?.system).toContain("Section two.");
  expect(rebuilt(opened)).toEqual(sent(model));
});

test("a prefix that is renewed before there is one is made once", async () => {
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "k" } }));
  let made = 0;
  const make = () => Promise.resolve({ system: `${(made += 1)}`, tools: [] });
  session.renewPrefix();
  expect([await session.prefix(make), await session.prefix(make)]).toEqual(
    Array.from({ length: 2 }, () => ({ system: "1", tools: [] })),
  );
});
