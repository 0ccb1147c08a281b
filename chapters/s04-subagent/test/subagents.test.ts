import { getEventListeners } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  call,
  raw,
  say,
  script,
  think,
  type MessageRequest,
  type Part,
  type Turn,
} from "@course/offline-model/test";
import {
  blocksOf,
  defineAgent,
  defineTool,
  ToolError,
  type Extension,
  type Workspace,
} from "@course/runtime";
import { openSession, offeredTools } from "@course/runtime/testing";
import { runSubagent } from "@course/s04-subagent";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";

const ask = (prompt: string) => call("task", { description: prompt, prompt });
const bash = (command: string) => call("bash", { command });
const isParent = ({ tools = [] }: MessageRequest) => tools.some(({ name }) => name === "task");
const textOfLast = ({ messages }: MessageRequest) => JSON.stringify(messages.at(-1));
const textIn = (message: MessageRequest["messages"][number] | undefined) =>
  message === undefined ? "" : blocksOf(message).map((block) => ("text" in block ? block.text : ""))[0];

/** Answers each request by who asks: parent, or the subagent whose prompt it holds. */
function play(parent: Turn[], child: (request: MessageRequest) => Part | Part[]) {
  let next = 0;
  const turn = (request: MessageRequest) => {
    if (!isParent(request)) return child(request);
    const mine = parent[next++] ?? say("done");
    return typeof mine === "function" ? mine(request) : mine;
  };
  return script(...Array.from({ length: 60 }, () => turn));
}

test("offers the base tools and task", () => {
  expect(offeredTools(createAgent)).toEqual(["bash", "read_file", "write_file", "edit_file", "task"]);
});

test("the subagent starts from an empty conversation, and the parent sees its last words alone", async () => {
  const model = script(ask("find the word"), bash("echo xyzzy"), say("The word is found."), say("done"));
  const open = await openSession(createAgent, model);
  await open.run("a long story");
  const [first, child, , last] = model.requests;
  expect(child?.messages).toEqual([{ role: "user", content: [{ type: "text", text: "find the word" }] }]);
  expect(child?.tools?.map(({ name }) => name)).toEqual(["bash", "read_file", "write_file", "edit_file"]);
  expect(open.results()).toEqual(["The word is found."]);
  expect(JSON.stringify([first, last])).not.toContain("xyzzy");
  model.assertDone();
  await open.close();
});

test("a subagent that asks for task is told that there is none", async () => {
  const model = script(ask("nest"), ask("deeper"), say("I may not."), say("done"));
  const open = await openSession(createAgent, model);
  await open.run("go");
  const begun = new Set(model.requests.map(({ messages }) => textIn(messages[0])));
  expect([...begun], "what the conversations begin with that were begun").toEqual(["go", "nest"]);
  expect(textOfLast(model.requests[2] as MessageRequest)).toContain('There is no tool \\"task\\"');
  await open.close();
});

test("one that never stops ends at its limit with the last that it wrote", async () => {
  let calls = 0;
  const model = play([ask("forever")], () =>
    ++calls === 3 ? [say("Half of it is done."), bash("true")] : bash("true"),
  );
  const open = await openSession(createAgent, model);
  await open.run("go");
  const [result = ""] = open.results();
  expect(result).toContain("[The subagent did not finish (stopped at its limit of 20 model calls)]");
  const lastLine = result.split("\n").at(-1);
  expect(lastLine, "what the parent gets for 20 model calls").toBe("Half of it is done.");
  await open.close();
});

test("a subagent whose model call fails is an error result with the reason and its last words", async () => {
  let calls = 0;
  const model = play([ask("break")], () => {
    if (++calls === 1) return bash("true");
    throw new Error("no more");
  });
  const open = await openSession(createAgent, model);
  await open.run("go");
  expect(open.results()[0]).toMatch(/^\[The subagent did not finish \(failed\): .*failed \(500: .*no more/);
  await open.close();
});

test("three subagents in one reply run side by side, and their answers keep the order of the calls", async () => {
  const parent: Turn[] = [[ask("meet 1"), ask("meet 2"), ask("meet 3")]];
  // Each waits for the files of all three: one after the other, none would ever end.
  const model = play(parent, (request) => {
    const name = /meet (\d)/.exec(JSON.stringify(request.messages[0]))?.[1];
    if (request.messages.length > 1) return say(`${name} met`);
    return bash(`touch met${name}; until [ -e met1 ] && [ -e met2 ] && [ -e met3 ]; do sleep 0.02; done`);
  });
  const open = await openSession(createAgent, model);
  await open.run("go");
  const results = open.session.messages[2]?.content;
  expect(results).toMatchObject([{ content: "1 met" }, { content: "2 met" }, { content: "3 met" }]);
  await open.close();
});

test("an interrupt stops the parent and its subagents, and the conversation stays valid", async () => {
  const model = play([[ask("wait 1"), ask("wait 2")], say("fine")], () => bash("touch started; sleep 60"));
  const open = await openSession(createAgent, model);
  const ended = open.run("go");
  while (!existsSync(join(open.workspace.root, "started"))) await new Promise((done) => setTimeout(done, 10));
  open.session.interrupt();
  expect(await ended).toMatchObject({ ending: "interrupted" });
  expect(await open.run("and now?")).toMatchObject({ ending: "completed", answer: "fine" });
  await open.close();
});

test("its tokens are counted apart, and its events carry its name", async () => {
  const model = script(ask("count me"), bash("true"), say("counted"), say("done"));
  const open = await openSession(createAgent, model);
  await open.run("go");
  expect(open.session.usage.turns).toBe(2);
  expect(open.session.forkUsage.turns).toBe(2);
  const ended = open.events.flatMap((event) =>
    event.type === "subagent" && event.event.type === "tool_ended" ? [event.label] : [],
  );
  expect(ended).toEqual(["count me"]);
  await open.close();
});

test("what guards the parent guards its subagents; what only the parent has, they have not", async () => {
  const guard: Extension = {
    name: "guard",
    tools: [defineTool({ name: "secret", description: "x", input: (z) => z.object({}), run: () => "never" })],
    systemPrompt: () => "GUARDED",
    wrapToolCall(toolCall, next) {
      if (toolCall.name === "bash") throw new ToolError("bash is forbidden");
      return next(toolCall);
    },
  };
  const guarded = (workspace: Workspace) => {
    const agent = createAgent(workspace);
    return defineAgent({ ...agent, extensions: [guard, ...agent.extensions] });
  };
  const model = script(ask("try bash"), bash("touch pwned"), say("refused"), say("done"));
  const open = await openSession(guarded, model);
  await open.run("go");
  const isThere = existsSync(join(open.workspace.root, "pwned"));
  expect(isThere, "the subagent has written a file with the bash that its parent may not use").toBe(false);
  expect(textOfLast(model.requests[2] as MessageRequest)).toContain("bash is forbidden");
  expect(JSON.stringify(model.requests[1])).not.toMatch(/GUARDED|secret/);
  await open.close();
});

test("a question of a subagent reaches the person at the parent's prompt, with its name", async () => {
  const model = script(say("unused"));
  const open = await openSession(createAgent, model);
  const asked: string[] = [];
  open.session.human = ({ text }) => {
    asked.push(text);
    return Promise.resolve({ choice: "yes" });
  };
  const question = { text: "May I?", choices: ["yes"], withoutHuman: "no" };
  expect(await open.session.fork("reader").ask(question)).toEqual({ choice: "yes" });
  expect(asked).toEqual(["reader: May I?"]);
  await open.close();
});

test("its report says what it cost", async () => {
  const model = script(bash("cat big"), say("read"));
  const open = await openSession(createAgent, model);
  writeFileSync(join(open.workspace.root, "big"), "word ".repeat(2000));
  const report = await runSubagent(open.agent, open.session, { description: "read", prompt: "read big" });
  expect(report).toMatchObject({ ending: "completed", answer: "read", modelCalls: 2 });
  expect(report.contextTokens).toBeGreaterThan(2500);
  await open.close();
});

test("a call without a name or a prompt is refused with the field at fault", async () => {
  const model = script(call("task", { description: " ", prompt: "x" }), say("done"));
  const open = await openSession(createAgent, model);
  await open.run("go");
  expect(open.results()[0]).toContain("description");
  await open.close();
});

test("an answer that was cut off is marked, and earlier words are not taken for one", async () => {
  const cut = { parts: [say("The answer has three parts. First")], stopReason: "max_tokens" as const };
  const model = script(
    ask("explain"),
    cut,
    ask("blank"),
    [say("I look."), bash("true")],
    say("   "),
    say("done"),
  );
  const open = await openSession(createAgent, model);
  await open.run("go");
  expect(open.results()).toEqual([
    "[The subagent did not finish (its last message was cut off)]\nThe last that it wrote:\nThe answer has three parts. First",
    "(the subagent said nothing)",
  ]);
  await open.close();
});

test("a subagent that is done is let go", async () => {
  const model = script(ask("one"), say("1"), ask("two"), say("2"), say("done"));
  const open = await openSession(createAgent, model);
  const before = getEventListeners(open.session.signal, "abort").length;
  await open.run("go");
  expect(getEventListeners(open.session.signal, "abort")).toHaveLength(before);
  await open.close();
});

test.each<[string, Turn]>([
  ["input that is no JSON", raw({ type: "tool_use", id: "a", name: "bash", input: '{"command": ' })],
  ["an id and a name that the API would refuse", raw({ type: "tool_use", id: "a b", name: "c d", input: 7 })],
  ["a whole call under end_turn", { parts: [bash("echo ran")], stopReason: "end_turn" }],
  ["nothing but a thought", { parts: [think("hm")] }],
])("a subagent whose model sends %s comes back, and the next prompt works", async (_, turn) => {
  const model = script(ask("look"), turn, ...Array.from({ length: 4 }, () => say("fine")));
  const open = await openSession(createAgent, model);
  expect((await open.run("go")).ending).toBe("completed");
  expect((await open.run("and now?")).ending).toBe("completed");
  await open.close();
});
