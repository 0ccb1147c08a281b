import { readFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, script, type Turn } from "@course/offline-model/test";
import type { Workspace } from "@course/runtime";
import { openSession, runChapter, temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";
import { whatCanBeSentBack } from "../src/sent-back.ts";

const turns = (): Turn[] => [
  [say("Two at once."), call("bash", { command: "echo one" }), call("bash", { command: "echo two; exit 2" })],
  call("bash", { command: 7 }),
  call("nonsense"),
  say("done"),
];

/** Ids are random, and signatures are over ids; what matters is which answer goes to which call. */
function withoutIds(value: unknown): unknown {
  const names = new Map<string, string>();
  return JSON.parse(
    JSON.stringify(value)
      .replace(/"signature":"[^"]*"/g, '"signature":""')
      .replace(
        /toolu_\w+/g,
        (id) => names.get(id) ?? (names.set(id, `call ${names.size}`), `call ${names.size}`),
      ),
  );
}

test("the bare loop and the runtime's loop hold the same conversation", async () => {
  const folder = temporaryFolder();
  const models = [script(...turns()), script(...turns())];
  const onRuntime = (workspace: Workspace) => {
    const { loop: _, ...agent } = createAgent(workspace);
    return agent;
  };
  const seen = [];
  for (const [index, create] of [createAgent, onRuntime].entries()) {
    const model = models[index];
    if (!model) throw new Error("two agents, two models");
    const open = await openSession(create, model, folder);
    expect(await open.run("go")).toMatchObject({ ending: "completed", answer: "done" });
    seen.push(withoutIds([model.requests, open.session.messages]));
    await open.close();
  }
  expect(seen[0]).toEqual(seen[1]);
});

/** Runs to the model's last word, which must be "done"; where the API complains, its words are the failure's. */
async function expectDone(...replies: Turn[]): Promise<void> {
  const open = await openSession(createAgent, script(...replies));
  const { answer } = await open.run("go");
  await open.close();
  expect(answer, answer.replace(/^.*?: (?=messages)(.*)\)\.$/s, "the API says: $1")).toBe("done");
}

test("the reply goes into the history before the results of its calls", () =>
  expectDone(call("bash", { command: "echo one" }), say("done")));

test("each call of a reply is answered", () =>
  expectDone([call("bash", { command: "echo one" }), call("bash", { command: "echo two" })], say("done")));

test("several calls in one reply are answered in one message, in order", async () => {
  const model = script(...turns());
  const open = await openSession(createAgent, model);
  await open.run("go");
  expect(open.session.messages[2]?.content).toMatchObject([
    { content: "one" },
    { content: "two\n[exit code 2]" },
  ]);
  await open.close();
});

test.each(["end_turn", "stop_sequence", "pause_turn"] as const)(
  "runs a whole call, though the reply says that it ended with %s",
  async (stopReason) => {
    const model = script({ parts: [call("bash", { command: "echo yes" })], stopReason }, say("done"));
    const open = await openSession(createAgent, model);
    const { answer } = await open.run("go");
    expect(open.results(), "what came of the call").toEqual(["yes"]);
    expect(answer).toBe("done");
    await open.close();
  },
);

test.each(["max_tokens", "model_context_window_exceeded", "refusal"] as const)(
  "runs no call of a reply that was cut off by %s, and stops",
  async (stopReason) => {
    const model = script(
      { parts: [say("so far"), call("bash", { command: "echo no" })], stopReason },
      say("and on"),
    );
    const open = await openSession(createAgent, model);
    await open.run("go");
    expect(open.results()).toEqual([]);
    expect((await open.run("on")).answer).toBe("and on");
    await open.close();
  },
);

test("stops at the turn limit", async () => {
  const model = script(...Array.from({ length: 3 }, () => call("bash", { command: "true" })));
  const open = await openSession((workspace) => ({ ...createAgent(workspace), maxTurns: 3 }), model);
  expect((await open.run("go")).ending).toBe("failed");
  model.assertDone();
  await open.close();
});

test("without the loop, a tool is asked for and nothing happens", async () => {
  const { stdout, stderr } = await runChapter(import.meta.url, [
    "--offline",
    "--no-loop",
    "-p",
    "Create x.txt with hello",
    "--dir",
    temporaryFolder(),
  ]);
  expect(stderr).toMatch(/asks for bash .*x\.txt.*Nothing runs it/);
  expect(stdout.trim()).toBe("");
});

test("without the loop, a call that nobody answered is forgotten, so that the next prompt works", async () => {
  const model = script(call("bash", { command: "true" }), say("fine"));
  const open = await openSession((workspace) => createAgent(workspace, { "no-loop": true }), model);
  expect(await open.run("go")).toMatchObject({ stopReason: "tool_use" });
  expect(open.session.messages).toEqual([]);
  expect(await open.run("again")).toMatchObject({ stopReason: "end_turn" });
  expect(model.requests[1]?.messages).toHaveLength(1);
  await open.close();
});

test("loop.ts is a page that can be read at once", () => {
  const source = readFileSync(join(import.meta.dirname, "../src/loop.ts"), "utf8");
  expect(source.trimEnd().split("\n").length).toBeLessThanOrEqual(40);
});

type Reply = Parameters<typeof whatCanBeSentBack>[0];
const TEXT = { type: "text", text: "so far" };
const CALL = { type: "tool_use", id: "toolu_1", name: "bash", input: { command: "echo" } };
const THOUGHT = { type: "thinking", thinking: "well", signature: "s" };
const HIDDEN_THOUGHT = { type: "redacted_thinking", data: "d" };

/** The types of the blocks that may go back. */
function sentBack(stop_reason: string, content: unknown[]): string[] {
  return whatCanBeSentBack({ content, stop_reason } as Reply).map(({ type }) => type);
}

test.each([
  ["a blank text", "tool_use", [{ type: "text", text: " \n" }, CALL], ["tool_use"]],
  ["half of a call", "max_tokens", [TEXT, CALL], ["text"]],
  ["a call of a refused reply", "refusal", [TEXT, CALL], ["text"]],
  ["a thought at the end", "max_tokens", [TEXT, THOUGHT, HIDDEN_THOUGHT], ["text"]],
  ["a thought before half of a call", "max_tokens", [TEXT, THOUGHT, CALL], ["text"]],
])("of a reply, %s is left out of the next request", (_, stopReason, content, types) => {
  expect(sentBack(stopReason, content), "what goes back").toEqual(types);
});

test("of a whole reply, all blocks are sent back in their order", () => {
  const types = ["thinking", "text", "thinking", "tool_use"];
  expect(sentBack("tool_use", [THOUGHT, TEXT, THOUGHT, CALL]), "what goes back").toEqual(types);
});
