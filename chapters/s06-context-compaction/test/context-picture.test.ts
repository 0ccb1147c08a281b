// What /context draws of a window, cell by cell.
import { createModelClient, Session, type RequestParams } from "@course/runtime";
import { ContextWindow } from "@course/s06-context-compaction";
import { expect, test } from "vitest";
import { drawContext } from "../src/context-picture.ts";

test("one bar as long as the window, and what each part of it is", () => {
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "k" } }));
  const window = new ContextWindow(6_000);
  expect(drawContext(window, session)).toBe("No model call yet, so nothing is counted.");
  session.addPrompt("u".repeat(4_800));
  session.append({ role: "assistant", content: [{ type: "text", text: "r".repeat(2_400) }] });
  window.noteRequest({
    system: "s".repeat(1_200),
    tools: [{ name: "t".repeat(800) }],
  } as unknown as RequestParams);
  const [bar, ...rows] = drawContext(window, session).split("\n");
  expect(bar).toMatch(/^ {2}███▓▓▒{12}░{6}·{37} 39 %$/);
  const named = rows.slice(0, 5).map((row) => row.slice(0, 14).trim());
  expect(named).toEqual(["█ system", "▓ tools", "▒ user", "░ replies", "▞ results"]);
  const counts = rows.slice(0, 5).map((row) => Number(row.slice(14).replace(",", "")));
  for (const [index, least] of [300, 200, 1_200, 600, 0].entries())
    expect((counts[index] ?? -1) - least).toBeOneOf(Array.from({ length: 40 }, (_, more) => more));
  expect(rows.slice(0, 5).map((row) => row.length)).toEqual([23, 23, 23, 23, 23]);
  expect(rows.slice(5)).toEqual([
    expect.stringMatching(/^ {2}about 2,\d{3} of 6,000 tokens$/),
    "  results shrink at 50 %, the model summarises at 65 %",
  ]);
});

test("a window that overflows is a full bar", () => {
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "k" } }));
  const window = new ContextWindow(6_000);
  window.noteRequest({ messages: [] } as unknown as RequestParams);
  session.addPrompt("u".repeat(48_000));
  expect(drawContext(window, session).split("\n")[0]).toMatch(/^ {2}▒{60} 20\d %$/);
  // A narrow terminal would fold a longer one.
  expect(drawContext(window, session, 60).split("\n")[0]).toMatch(/^ {2}▒{52} 20\d %$/);
});
