import { readFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, scriptWith, type MessageRequest } from "@course/offline-model/test";
import { blocksOf, type Message } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { openFull, runFull } from "./program.ts";

/** Each call leaves a mark of its own, so that one that runs twice is seen. */
const mark = (name: string) => call("bash", { command: `echo ${name} >> ran.log` });
const PLAN = [
  [mark("one"), mark("two")],
  [call("write_file", { file_path: "a.txt", content: "a" }), mark("three")],
  [call("read_file", { file_path: "a.txt" }), call("read_file", { file_path: "ran.log" })],
  say("The first is done."),
  [mark("four"), call("todo", { items: [{ content: "Go on", status: "in_progress" }] })],
  say("The second is done."),
];

/** Answers from the conversation alone, as a real model does: the next step of the plan that it does not hold yet. */
function nextStep({ messages }: MessageRequest) {
  const said = messages.filter(({ role }) => role === "assistant").length;
  return PLAN[said] ?? say("There is nothing left.");
}

const model = () => scriptWith({}, ...Array.from({ length: 20 }, () => nextStep));
const blocks = (messages: readonly Message[]) =>
  messages.flatMap((message) => blocksOf(message).map((block) => `${message.role} ${JSON.stringify(block)}`));

/** Kills the program at a write, takes the session up again, and says what is wrong with what came of it. */
async function killAndTakeUp(at: number): Promise<void> {
  const folder = temporaryFolder();
  const served = model();
  const env = { ANTHROPIC_BASE_URL: await served.start(), ANTHROPIC_API_KEY: "test", KILL_AT: String(at) };
  const imports = [join(import.meta.dirname, "kill-at.mjs")];
  const args = ["--permission-mode", "bypassPermissions"];
  const { signal, stderr } = await runFull(folder, args, ["Do the first", "Do the second"], { env, imports });
  expect(signal, `the program was to be killed at write ${at}: ${stderr}`).toBe("SIGKILL");

  const before = served.requests.at(-1);
  const open = await openFull(served, folder, { continue: true });
  const { ending, answer } = await open.run("Go on");
  expect(ending, `killed at write ${at}: ${answer}`).toBe("completed");
  const after = served.requests.at(-1);
  if (before) {
    expect({ system: after?.system, tools: after?.tools }).toEqual({
      system: before.system,
      tools: before.tools,
    });
    const told = blocks(before.messages);
    expect(blocks(after?.messages ?? []).slice(0, told.length), `lost after write ${at}`).toEqual(told);
  }
  const ran = readFileSync(join(folder, "ran.log"), "utf8").trim().split("\n");
  expect(ran, `a call ran twice after write ${at}`).toEqual([...new Set(ran)]);
  const said = [...open.session.messages];
  await open.close();
  const again = await openFull(served, folder, { continue: true });
  expect(again.session.messages, `not kept after write ${at}`).toEqual(said);
  await again.close();
}

test("killed at any of fifty points and taken up: the API takes the conversation, nothing said is lost, no call runs twice", async () => {
  // The file's first write is its header: without a word in it there is nothing to take up.
  const points = Array.from({ length: 50 }, (_, index) => 2 + index / 2);
  const next = async (): Promise<void> => {
    const point = points.shift();
    if (point === undefined) return;
    await killAndTakeUp(point);
    await next();
  };
  await Promise.all([next(), next()]);
});
