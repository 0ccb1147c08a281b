// When room is made: at which share of the window, for how much, and what of the requests stays in whose words.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, script } from "@course/offline-model/test";
import {
  createModelClient,
  Session,
  Workspace,
  type Message,
  type ModelCall,
  type RequestParams,
  type ToolCall,
} from "@course/runtime";
import { openSession, temporaryFolder } from "@course/runtime/testing";
import { expect, onTestFinished, test } from "vitest";
import { createAgent } from "../src/agent.ts";
import { compaction } from "../src/compaction.ts";
import { Compactor } from "../src/compactor.ts";
import { ContextWindow } from "../src/context-window.ts";
import { RoomKeeper } from "../src/room-keeper.ts";
import { ResultLimiter, shrinkable, shrunk } from "../src/tool-results.ts";
import { inWindow } from "./small-window.ts";

const SIZE = 10_000;

/** A conversation of some rounds, each with a result of so many characters, in a window that the API counted. */
function counted(tokens: number, { rounds = 6, characters = 4_000 } = {}) {
  const workspace = new Workspace(temporaryFolder());
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "k" } }));
  const notices: string[] = [];
  session.on((event) => event.type === "notice" && notices.push(event.message));
  session.addPrompt("go");
  for (let round = 0; round < rounds; round++) {
    const id = `toolu_${round}`;
    session.append({
      role: "assistant",
      content: [{ type: "tool_use", id, name: "bash", input: { command: "ls" } }],
    });
    const content = "r".repeat(characters);
    session.append({ role: "user", content: [{ type: "tool_result", tool_use_id: id, content }] });
  }
  const window = new ContextWindow(SIZE);
  const params = { model: "m", max_tokens: 1, messages: session.messages } as unknown as RequestParams;
  window.count(params, { input_tokens: tokens, output_tokens: 0 } as Parameters<ContextWindow["count"]>[1]);
  const compactor = new Compactor(workspace, window);
  return { workspace, session, notices, compactor, keeper: new RoomKeeper(compactor) };
}

/** How many results were shortened in the messages. */
const shortened = (messages: readonly Message[]) =>
  JSON.stringify(messages).split("left out to save room").length - 1;

test.each([
  [5_000, 0],
  [5_001, 3],
])("above a half of the window results shrink: at %d of 10,000 tokens, %d do", async (tokens, count) => {
  const { session, keeper, notices } = counted(tokens);
  await keeper.makeRoom(session);
  expect(shortened(session.messages)).toBe(count);
  expect(notices).toEqual(count === 0 ? [] : [expect.stringMatching(/^3 old tool results were shortened/)]);
});

test.each([
  [6_500, 0],
  [6_501, 1],
])(
  "above 0.65 of the window a summary is asked for: at %d of 10,000 tokens, %d times",
  async (tokens, times) => {
    // Short results are not worth a placeholder, so nothing but a summary could make room.
    const { session, keeper, compactor } = counted(tokens, { characters: 100 });
    let asked = 0;
    compactor.compact = () => Promise.resolve(void asked++);
    await keeper.makeRoom(session);
    expect(asked).toBe(times);
  },
);

test("what frees less than a tenth of the window is left as it is, and nothing is said or written", () => {
  const { session, compactor, workspace } = counted(6_000, { characters: 1_050 });
  const before = structuredClone(session.messages);
  expect(compactor.shrink(session), "results that shrank").toBe(0);
  expect(session.messages).toEqual(before);
  expect(() => readFileSync(join(workspace.root, compactor.archive(session).file))).toThrow("ENOENT");
});

test("what the model has not seen is written once it is complete, and so only once", () => {
  const { session, compactor, workspace } = counted(6_000);
  expect(compactor.shrink(session)).toBe(3);
  session.inject("<reminder>mind the tests</reminder>");
  const { file } = compactor.archive(session);
  compactor.close(session);
  const lines = readFileSync(join(workspace.root, file), "utf8").trim().split("\n");
  expect(lines, "the request, and two messages for each of six rounds").toHaveLength(13);
  expect(lines.filter((line) => line.includes("toolu_5"))).toHaveLength(2);
  expect(lines.at(-1)).toMatch(/tool_result.*mind the tests/);
});

test("a reply may fill an eighth of the window, and no more than the model writes", async () => {
  const asked: unknown[] = [];
  for (const tokens of [6_000, 200_000, 400_000]) {
    const model = script(say("done"));
    const open = await openSession(inWindow(tokens), model);
    await open.run("go");
    await open.close();
    asked.push(model.requests[0]?.max_tokens);
  }
  expect(asked).toEqual([750, 25_000, 32_000]);
});

test("of long requests, an earlier one keeps a tenth of the window word for word, and the one under way a fifth", async () => {
  const model = script(say("one"), call("compact"), say("SUMMARY"), say("done"));
  const open = await openSession(createAgent, model);
  onTestFinished(() => open.close());
  await open.run("x".repeat(100_000));
  await open.run("y".repeat(200_000));
  const [summary] = model.requests[3]?.messages ?? [];
  const text = JSON.stringify(summary);
  expect(
    /x+/.exec(text.slice(text.indexOf("<earlier-request>") + 17))?.[0].length,
    "of the earlier one",
  ).toBe(80_000);
  expect(/y{100,}/.exec(text)?.[0].length, "of the one under way").toBe(160_000);
});

test("a request for a summary that is too long asks for half as much, and again, down to a sixteenth", async () => {
  const { session, compactor } = counted(9_000, { rounds: 40, characters: 900 });
  const { window } = compactor;
  const sizes: number[] = [];
  const call: ModelCall = ({ params }) => {
    sizes.push(window.tokensOf(params.messages));
    return Promise.reject(Object.assign(new Error("prompt is too long"), { status: 413 }));
  };
  await expect(compactor.compact(session, { force: true, call })).rejects.toThrow("too long");
  expect(sizes).toHaveLength(5);
  for (const [index, size] of sizes.slice(1).entries())
    expect(size / (sizes[index] ?? 0)).toBeCloseTo(0.5, 1);
});

test("once a round's room is used, results of up to 400 characters still stay, and longer ones go to a file", () => {
  const { session, workspace } = counted(1);
  // An eighth of 1,000 tokens are 500 characters for the results of one round.
  const limiter = new ResultLimiter(workspace, 1_000);
  const lengths = [500, 400, 401].map((length, index) => {
    const call = { id: `toolu_${index}`, session } as ToolCall;
    const { content } = limiter.limit(call, { content: "r".repeat(length) });
    return typeof content === "string" ? content.replace(/[^r]*\[.*\][^r]*/s, "").length : -1;
  });
  expect(lengths, "characters of each that stay, besides the note").toEqual([500, 400, 200]);
  expect(readdirSync(join(workspace.root, ".task_outputs/tool-results"))).toEqual(["toolu_2.txt"]);
});

test("a large result that no file can take stays in the conversation, and one that is no text stays as it is", () => {
  const { session, workspace } = counted(1);
  const told: string[] = [];
  session.on((event) => void (event.type === "notice" && told.push(event.message)));
  writeFileSync(join(workspace.root, ".task_outputs"), "a file is in the folder's place");
  const limiter = new ResultLimiter(workspace, 1_000);
  const call = { id: "toolu_1", session } as ToolCall;
  const large = "r".repeat(40_000);
  expect(limiter.limit(call, { content: large }).content).toBe(large);
  expect(told).toEqual([expect.stringMatching(/^A large result stays in the conversation: /)]);
  const blocks = [{ type: "text" as const, text: large }];
  expect(limiter.limit(call, { content: blocks }).content).toBe(blocks);
});

test("before the first session there is no window to speak of", () => {
  expect(compaction(new Workspace(temporaryFolder())).status?.()).toBeUndefined();
});

test("of a message with several results, those that are worth it shrink, and the others stay as they are", () => {
  const block = (id: string, length: number) => ({
    type: "tool_result" as const,
    tool_use_id: id,
    content: "r".repeat(length),
  });
  const note = { type: "text" as const, text: "mind the tests" };
  const message: Message = { role: "user", content: [block("a", 399), block("b", 2_000), note] };
  const asked: Message = {
    role: "assistant",
    content: ["a", "b"].map((id) => ({ type: "tool_use", id, name: "bash", input: {} })),
  };
  const found = shrinkable([asked, message]);
  const line = "[bash {}: 2,000 characters left out to save room; in full in FILE]";
  expect(shrunk(message, found, "FILE").content).toEqual([
    block("a", 399),
    { ...block("b", 2_000), content: line },
    note,
  ]);
});
