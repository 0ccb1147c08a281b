// Replies that end too early: cut off, refused or paused.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type Anthropic from "@anthropic-ai/sdk";
import { call, say, script, type MessageRequest } from "@course/offline-model/test";
import { textOf, turnUsage, type ModelCall, type ModelRequest } from "@course/runtime";
import { expect, test } from "vitest";
import { FULL, openWith } from "./open-with.ts";

test("three cut-offs are joined into one message", async () => {
  const rest = (request: { messages: Anthropic.MessageParam[] }) => {
    const written = textOf(request.messages.at(-2)?.content ?? "");
    return say(FULL.slice(written.length));
  };
  const model = script(say(FULL), rest, rest, rest, say("next"));
  const open = await openWith(model, "max_tokensx3");
  expect(await open.run("go")).toMatchObject({ answer: FULL, stopReason: "end_turn" });
  expect(open.session.messages).toMatchObject([
    { role: "user" },
    { role: "assistant", content: [{ text: FULL }] },
  ]);
  expect(open.session.messages[1]?.content).toHaveLength(1);
  expect(open.traced()).toEqual(["cut_off 1", "cut_off 2", "cut_off 3"]);
  expect(open.waits).toEqual([]);
  expect(await open.run("and now?")).toMatchObject({ answer: "next" });
  await open.close();
});

test("a fourth cut-off ends with what there is, and says that it was cut", async () => {
  const piece = { parts: [say("piece ")], stopReason: "max_tokens" as const };
  const open = await openWith(script(piece, piece, piece, piece));
  expect(await open.run("go")).toMatchObject({
    answer: "piece piece piece piece ",
    stopReason: "max_tokens",
  });
  expect(JSON.stringify(open.events)).toContain("The reply was cut off (max_tokens).");
  await open.close();
});

test("a tool call that was cut off is not run; the model is asked for smaller steps", async () => {
  const cut = { parts: [call("bash", { command: "touch never" })], stopReason: "max_tokens" as const };
  const model = script(cut, say("smaller"));
  const open = await openWith(model);
  expect(await open.run("go")).toMatchObject({ answer: "smaller" });
  expect(JSON.stringify(model.requests[1]?.messages)).toContain("smaller steps");
  expect(existsSync(join(open.workspace.root, "never"))).toBe(false);
  expect(open.session.messages).toHaveLength(2);
  await open.close();
});

test("a reply that was cut off goes on into its tool call", async () => {
  const model = script(
    { parts: [say("I look fir")], stopReason: "max_tokens" },
    [say("st."), call("bash", { command: "echo hi" })],
    say("done"),
  );
  const open = await openWith(model);
  expect(await open.run("go")).toMatchObject({ answer: "done" });
  expect(open.session.messages[1]?.content).toMatchObject([{ text: "I look first." }, { type: "tool_use" }]);
  expect(open.results()).toEqual(["hi"]);
  await open.close();
});

test("a refusal is not tried again; the prompt is taken back, and the next one is answered", async () => {
  const model = script(say("hello"), { parts: [say("I can")], stopReason: "refusal" }, say("gladly"));
  const open = await openWith(model);
  await open.run("hello");
  expect(await open.run("something bad")).toMatchObject({ ending: "failed", stopReason: "refusal" });
  expect(open.session.messages).toHaveLength(2);
  expect(await open.run("something good")).toMatchObject({ answer: "gladly" });
  expect(JSON.stringify(model.requests[2])).not.toContain("something bad");
  await open.close();
});

test("a refusal leaves tool results, notes and earlier words that stand beside the prompt", async () => {
  const refusal = { parts: [say("no")], stopReason: "refusal" as const };
  const model = script(call("bash", { command: "echo kept" }), refusal, refusal, say("fine"));
  const open = await openWith(model);
  await open.run("<div> first");
  open.session.inject("<note>kept, too</note>");
  await open.run("naughty");
  expect(await open.run("third")).toMatchObject({ answer: "fine" });
  const sent = JSON.stringify(model.requests[3]);
  expect(sent).toMatch(/<div> first.*kept.*kept, too.*third/);
  expect(sent).not.toContain("naughty");
  await open.close();
});

test("a paused turn goes on with what it has", async () => {
  const model = script({ parts: [say("Half, ")], stopReason: "pause_turn" }, say("and whole."));
  const open = await openWith(model);
  expect(await open.run("go")).toMatchObject({ answer: "Half, and whole." });
  expect(open.traced()).toEqual(["paused 1"]);
  await open.close();
});

test("a call that is cut off behind a text is asked for in smaller steps, and the text is not repeated", async () => {
  const cut = {
    parts: [say("I write the file."), call("bash", { command: "touch never" })],
    stopReason: "max_tokens" as const,
  };
  const model = script(cut, call("bash", { command: "echo small" }), say("done"));
  const open = await openWith(model);
  await open.run("go");
  expect(JSON.stringify(model.requests[1]?.messages.at(-1))).toContain("smaller steps");
  // The first thought still stands where it was thought; the second was thought behind a note that is gone.
  expect(open.session.messages[1]?.content).toMatchObject([
    { type: "thinking", thinking: "Thought 1." },
    { text: "I write the file." },
    { type: "tool_use" },
  ]);
  expect(open.results()).toEqual(["small"]);
  await open.close();
});

test("a continued reply is counted as if it had come at once", async () => {
  const text = "word ".repeat(4_000);
  const rest = (request: MessageRequest) =>
    say(text.slice(textOf(request.messages.at(-2)?.content ?? "").length));
  const whole = async (faults: string) => {
    const open = await openWith(script(say(text), rest), faults);
    const counts: number[] = [];
    const [extension] = open.agent.extensions;
    const wrap = extension?.wrapModelCall?.bind(extension);
    Object.assign(extension ?? {}, {
      async wrapModelCall(request: ModelRequest, next: ModelCall) {
        const reply = await wrap?.(request, next);
        const { input, cacheRead, cacheWrite } = turnUsage((reply as Anthropic.Message).usage);
        counts.push(input + cacheRead + cacheWrite);
        return reply;
      },
    });
    await open.run("go");
    await open.close();
    return counts[0] ?? NaN;
  };
  const plain = await whole("");
  expect(await whole("max_tokens")).toBe(plain);
  expect(Math.abs((await whole("drop")) - plain)).toBeLessThan(100);
});
