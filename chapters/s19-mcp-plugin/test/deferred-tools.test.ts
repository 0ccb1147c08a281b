// Tools that are loaded later: what they cost, that one is found and used, and that no thought is lost by it. The model of
// these tests thinks before each call, signs that over everything before it, and refuses a request whose prefix has changed.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, scriptWith, type MessageRequest } from "@course/offline-model/test";
import {
  baseTools,
  createModelClient,
  defineAgent,
  rebuildRequests,
  run,
  Session,
  Workspace,
  type StampedEvent,
} from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { mcp, readServerFile } from "@course/s19-mcp-plugin";
import { expect, test } from "vitest";
import { lastOf, odd, open, tracker, until, writeFiles } from "./open.ts";

const load = (query: string) => call("load_tool", { query });
const deferred = ({ tools = [] }: MessageRequest) =>
  tools.filter((tool) => "defer_loading" in tool).map(({ name }) => name);
const thoughts = ({ messages }: MessageRequest) =>
  messages
    .flatMap(({ content }) => (typeof content === "string" ? [] : content))
    .filter(({ type }) => type === "thinking").length;

test("300 tools cost under 2,000 tokens, one of them is found and used, and nothing that was thought is lost", async () => {
  const tokens = async (...ways: string[]) => {
    const { run, session, requests, results, events, close } = await open(
      { servers: { odd: odd(...ways) } },
      ...(ways.length > 0 ? [load("case 217")] : []),
      ...(ways.length > 0 ? [call("mcp__odd__handle_217"), call("bash", { command: "echo ok" })] : []),
      say("done"),
    );
    await run("go");
    const { input, cacheRead, cacheWrite } = session.usage.total;
    const [first] = events.flatMap((event) => (event.type === "model_ended" ? [event.usage] : []));
    await close();
    return {
      first: (first?.input ?? 0) + (first?.cacheRead ?? 0) + (first?.cacheWrite ?? 0),
      total: input + cacheRead + cacheWrite,
      requests,
      results: results(),
    };
  };
  const few = await tokens();
  const many = await tokens("many=300");
  expect(many.first - few.first, "tokens that 300 tools add to the first request").toBeLessThan(2_000);
  expect(deferred(many.requests[0] ?? ({} as MessageRequest))).toHaveLength(301);
  expect(many.results[0]).toContain("Unknown tool: handle_217");
  expect(many.requests.map(thoughts), "each thought goes back with every later request").toEqual([
    0, 1, 2, 3,
  ]);
});

test("a list that changes while the conversation lasts reaches the model at its end, and unbinds no thought", async () => {
  const { run, requests, results, command, close } = await open(
    { servers: { tracker } },
    load("sign in"),
    call("mcp__tracker__sign_in", { name: "ada" }),
    say("signed in"),
    load("select:mcp__tracker__add_comment"),
    call("mcp__tracker__add_comment", { id: 3, text: "On it." }),
    say("done"),
  );
  expect(await run("sign in")).toMatchObject({ answer: "signed in" });
  await until(async () => (await command("/mcp")).includes("add_comment"), "the list has changed");
  expect(await run("comment")).toMatchObject({ ending: "completed", answer: "done" });
  expect(deferred(requests[0] ?? ({} as MessageRequest))).not.toContain("mcp__tracker__add_comment");
  expect(lastOf(requests[3])).toMatch(/<mcp-servers>[\s\S]*add_comment/);
  expect(results().at(-1)).toContain("ada: On it.");
  expect(requests.map(thoughts)).toEqual([0, 1, 2, 2, 3, 4]);
  expect(new Set(requests.map(({ system }) => JSON.stringify(system))).size).toBe(1);
  await close();
});

test("a tool that was loaded stays in the list as it was when its server takes it away, and says that it is gone", async () => {
  const { run, requests, results, command, close } = await open(
    { servers: { odd: odd("shrink") } },
    load("select:mcp__odd__echo,mcp__odd__shrink"),
    call("mcp__odd__shrink"),
    say("shrunk"),
    call("mcp__odd__echo", { text: "hi" }),
    say("done"),
  );
  await run("shrink");
  await until(async () => !(await command("/mcp")).includes("echo"), "the list has changed");
  expect(await run("go")).toMatchObject({ ending: "completed" });
  expect(requests.map((request) => deferred(request).includes("mcp__odd__echo"))).toEqual([
    true,
    true,
    true,
    true,
    true,
  ]);
  expect(results().at(-1)).toMatch(/There is no tool "mcp__odd__echo"/);
  await close();
});

test("a server that comes late is told at the end, and its tools are used in the same conversation", async () => {
  const gate = join(temporaryFolder(), "gate");
  const { agent, session, requests, close } = await openMcp("claude-sonnet-5-5", odd(`gate=${gate}`), [
    call("bash", { command: "echo first" }),
    say("early"),
    load("echo"),
    call("mcp__late__echo", { text: "hi" }),
    say("late"),
  ]);
  session.human = () => Promise.resolve({ choice: "Yes" });
  expect(await run(agent, session, "go")).toMatchObject({ answer: "early" });
  expect(requests.map(deferred)).toEqual([[], []]);
  writeFileSync(gate, "");
  await until(() => agent.extensions[0]?.status?.() === undefined, "the server is ready");
  expect(await run(agent, session, "again")).toMatchObject({ ending: "completed", answer: "late" });
  expect(lastOf(requests[2])).toContain("- late, mcp__late__*: echo");
  expect(requests.map(thoughts)).toEqual([0, 1, 1, 2, 3]);
  await close();
});

test("where nobody can ask again, the first request waits for each server as long as it may take", async () => {
  const gate = join(temporaryFolder(), "gate");
  const late = odd(`gate=${gate}`);
  const { agent, session, requests, close } = await openMcp("claude-sonnet-5-5", late, [say("done")]);
  setTimeout(() => writeFileSync(gate, ""), 500);
  await run(agent, session, "go");
  expect(lastOf(requests[0])).toContain("- late, mcp__late__*: echo");
  await close();
});

test("for a model that cannot load tools later, all are in the prompt from the start, and none is deferred", async () => {
  const { agent, session, requests, close } = await openMcp("claude-opus-4-1", odd(), [
    load("echo"),
    call("mcp__late__echo", { text: "hi" }),
    say("done"),
  ]);
  expect(await run(agent, session, "go")).toMatchObject({ ending: "completed" });
  expect(requests[0]?.tools?.map(({ name }) => name)).toContain("mcp__late__echo");
  expect(requests.flatMap(deferred)).toEqual([]);
  expect(lastOf(requests[1])).toContain("Loaded from the start, call them: mcp__late__echo");
  await close();
});

test("after an edit of the beginning, as compaction makes, the servers are told anew and their tools load again", async () => {
  const { run, session, requests, results, close } = await open(
    { servers: { odd: odd() } },
    load("echo"),
    call("mcp__odd__echo", { text: "one" }),
    say("one"),
    load("echo"),
    call("mcp__odd__echo", { text: "two" }),
    say("two"),
  );
  await run("go");
  session.edit([
    {
      role: "user",
      content: [{ type: "text", text: "<conversation-summary>One echo.</conversation-summary>" }],
    },
  ]);
  expect(await run("again")).toMatchObject({ ending: "completed", answer: "two" });
  expect(lastOf(requests[3])).toContain("- odd, mcp__odd__*: echo");
  expect(results()).toEqual(["echo: one", "echo: two"]);
  await close();
});

test("the trace rebuilds every request, the deferred tools too", async () => {
  const { run, events, requests, command, close } = await open(
    { servers: { odd: odd("grow") } },
    call("mcp__odd__grow"),
    say("grown"),
    load("grown"),
    say("done"),
  );
  await run("grow");
  await until(async () => (await command("/mcp")).includes("grown"), "the list has changed");
  await run("go");
  expect(requests.map((request) => deferred(request).includes("mcp__odd__grown"))).toEqual([
    false,
    false,
    true,
    true,
  ]);
  expect(rebuildRequests(JSON.parse(JSON.stringify(events)) as StampedEvent[])).toEqual(
    requests.map((request) => JSON.parse(JSON.stringify(request)) as object),
  );
  await close();
});

test("words find the tool whose name or description has them; none, and the model is told what there is", async () => {
  const { run, results, requests, close } = await open(
    { servers: { tracker } },
    load("issues"),
    load("quantum physics"),
    say("done"),
  );
  await run("go");
  expect(lastOf(requests[1])).toMatch(/search_issues[\s\S]*import_issues/);
  expect(results()[0]).toMatch(/^No tool fits "quantum physics". There are 4, of: tracker/);
  await close();
});

/** An agent on a given model, with one server named "late", for which the first request hardly waits if there is a human. */
async function openMcp(model: string, server: object, turns: Parameters<typeof scriptWith>[1][]) {
  const folder = temporaryFolder();
  writeFiles(folder, { "servers.json": JSON.stringify({ mcpServers: { late: server } }) });
  const found = readServerFile({
    file: join(folder, "servers.json"),
    shown: "servers.json",
    cwd: folder,
    variables: {},
  });
  const scripted = scriptWith({}, ...turns);
  const env = { ANTHROPIC_BASE_URL: await scripted.start(), ANTHROPIC_API_KEY: "test", MODEL_ID: model };
  const session = new Session(createModelClient({ env }));
  const workspace = new Workspace(folder);
  const find = async () => found ?? { servers: [], problems: [] };
  const extension = mcp(workspace, { find, waitMs: 50 });
  const agent = defineAgent({
    name: "test",
    instructions: "Test.",
    tools: baseTools(workspace),
    extensions: [extension],
  });
  await extension.start?.(session, agent);
  return {
    agent,
    session,
    requests: scripted.requests,
    async close() {
      await extension.stop?.();
      await scripted.close();
    },
  };
}
