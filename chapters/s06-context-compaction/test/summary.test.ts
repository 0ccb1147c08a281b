// What a summary holds besides the model's words, and the conversation that goes on from it.
import type { Message } from "@course/runtime";
import { expect, test } from "vitest";
import { continueFrom, renderSummary, upTo, verbatim } from "../src/summary.ts";

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
