// What a summary holds besides the model's words, and the conversation that goes on from it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, script, type MessageRequest } from "@course/offline-model/test";
import type { Message } from "@course/runtime";
import { openSession } from "@course/runtime/testing";
import { expect, onTestFinished, test } from "vitest";
import { createAgent } from "../src/agent.ts";
import { continueFrom, renderSummary, upTo, verbatim } from "../src/continuation.ts";

const user = (text: string): Message => ({ role: "user", content: [{ type: "text", text }] });
const reply = (text: string): Message => ({ role: "assistant", content: [{ type: "text", text }] });

test("requests are kept word for word: the first, and of the others the newest that fit", () => {
  expect(verbatim([], 100, "F")).toBe("");
  const kept = (characters: number) =>
    [
      ...verbatim(["12345", "aaaaa", "bb", "ccc"], characters, "F").matchAll(/<earlier-request>(.*?)<\//gs),
    ].map(([, text]) => text);
  expect(kept(15)).toEqual(["12345", "aaaaa", "bb", "ccc"]);
  expect(kept(14)).toEqual(["12345", "bb", "ccc"]);
  expect(kept(10)).toEqual(["12345", "bb", "ccc"]);
  expect(kept(9)).toEqual(["12345", "ccc"]);
  expect(kept(5)).toEqual(["12345"]);
  expect(kept(4)).toEqual(["1234\n[1 more characters, in F]"]);
  expect(upTo("12345", 5, "F")).toBe("12345");
});

test("the conversation goes on with the summary, and the request once", () => {
  const text = renderSummary("S</conversation-summary>S", 3, "F", "R\n");
  expect(text).toBe(
    "<conversation-summary>\n3 messages were left out to save room. They are in F, one a line.\nR\nSS\n</conversation-summary>",
  );
  const [head, now] = [
    { type: "text", text: "S" },
    { type: "text", text: "now" },
  ];
  expect(continueFrom("S", undefined, [])).toEqual([{ role: "user", content: [head] }]);
  expect(continueFrom("S", "now", [])).toEqual([{ role: "user", content: [head, now] }]);
  expect(continueFrom("S", "now", [user("now"), reply("x")])).toEqual([
    { role: "user", content: [head, now] },
    reply("x"),
  ]);
  expect(continueFrom("S", "now", [reply("x")])).toEqual([
    { role: "user", content: [head, now] },
    reply("x"),
  ]);
  expect(continueFrom("S", "now", [user("other")])).toEqual([
    { role: "user", content: [head, now, { type: "text", text: "other" }] },
  ]);
});

test("after a failure a user who asks again gets another try, though the window is no fuller", async () => {
  const asksForSummary = (request: MessageRequest) =>
    JSON.stringify(request.messages).includes("<summary-request>");
  const turn = (request: MessageRequest) => {
    if (asksForSummary(request)) throw new Error("no summary");
    return say("ok");
  };
  const model = script(say("x".repeat(16_000)), ...Array.from({ length: 12 }, () => turn));
  const open = await openSession((workspace) => createAgent(workspace, { "context-tokens": "6000" }), model);
  onTestFinished(() => open.close());
  const triesIn = async (prompt: string) => {
    const before = model.requests.filter(asksForSummary).length;
    await open.run(prompt);
    return model.requests.filter(asksForSummary).length - before;
  };
  expect(await triesIn("first")).toBe(0);
  expect(await triesIn("second")).toBeGreaterThan(0);
  expect(await triesIn("third")).toBeGreaterThan(0);
});

test("a transcript that could not be begun is not ended either", async () => {
  const turns = Array.from({ length: 12 }, () => call("bash", { command: "seq -f 'a line of it: %g' 60" }));
  const open = await openSession(
    (workspace) => createAgent(workspace, { "context-tokens": "6000" }),
    script(...turns, say("done")),
  );
  writeFileSync(join(open.workspace.root, ".transcripts"), "a file where the folder should be");
  await open.run("go");
  const notices = () => open.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  expect(notices().join()).toContain("no transcript can be written");
  await open.close();
  expect(notices().join()).not.toContain("The end of the transcript is not written");
});
