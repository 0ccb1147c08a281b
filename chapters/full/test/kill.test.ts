import { readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
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

/** The model; `arrivals` are the times of its requests. */
function model(arrivals: number[] = []) {
  const answer = (request: MessageRequest) => {
    arrivals.push(Date.now());
    return nextStep(request);
  };
  return scriptWith({}, ...Array.from({ length: 20 }, () => answer));
}

const blocks = (messages: readonly Message[]) =>
  messages.flatMap((message) => blocksOf(message).map((block) => `${message.role} ${JSON.stringify(block)}`));

/** Starts the program in the folder with what acts at its writes, and two prompts. */
async function runWith(variables: Record<string, string>, folder: string, served: ReturnType<typeof model>) {
  const env = { ANTHROPIC_BASE_URL: await served.start(), ANTHROPIC_API_KEY: "test", ...variables };
  const imports = [join(import.meta.dirname, "kill-at.mjs")];
  const args = ["--permission-mode", "bypassPermissions"];
  return runFull(folder, args, ["Do the first", "Do the second"], { env, imports });
}

/** Takes up the session that a kill left in the folder; `before` is the last request before the kill. */
async function expectWhole(folder: string, before: MessageRequest | undefined, at: number): Promise<void> {
  const served = model();
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

// The file's first write is its header: without a word in it there is nothing to take up.
test("as a kill at any moment of its writes leaves it, the API takes the conversation, nothing said is lost, no call runs twice", async () => {
  const folder = temporaryFolder();
  const copies = temporaryFolder();
  const arrivals: number[] = [];
  const served = model(arrivals);
  const { code, stderr } = await runWith({ COPIES: copies }, folder, served);
  expect(code, stderr).toBe(0);
  const moments = readdirSync(copies).filter((name) => !name.endsWith(".at") && Number(name) >= 2);
  expect(moments.length).toBeGreaterThan(50);
  for (const moment of moments) {
    // What it knows of its folder is the folder's name.
    rmSync(folder, { recursive: true });
    renameSync(join(copies, moment), folder);
    const at = Number(readFileSync(join(copies, `${moment}.at`), "utf8"));
    const asked = arrivals.filter((time) => time <= at).length;
    await expectWhole(folder, served.requests[asked - 1], Number(moment));
  }
});

test.each([2, 9.5, 20])("killed at write %s and taken up, it goes on the same way", async (at) => {
  const folder = temporaryFolder();
  const served = model();
  const { signal, stderr } = await runWith({ KILL_AT: String(at) }, folder, served);
  expect(signal, stderr).toBe("SIGKILL");
  await expectWhole(folder, served.requests.at(-1), at);
});
