// Compaction in runs of many rounds, and the program's own refusal; what takes seconds.
import { say, script, scriptWith, type Turn } from "@course/offline-model/test";
import { openSession, runChapter, temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { archived, asksForSummary, bash, inWindow, lastText, notices, page, rounds } from "./small-window.ts";

test("200 rounds in a small window stay under it, lose nothing, and keep the goal word for word", async () => {
  const WINDOW = 8_000;
  // The server refuses a longer prompt, and a result without its call, as the API does.
  let count = 0;
  const summary: Turn = () => say(`SUMMARY ${++count}`);
  const make = (round: number) => (round % 7 === 0 ? [page(round), page(1000 + round)] : page(round));
  const turns = rounds(200, make, summary);
  const model = scriptWith({ contextTokens: WINDOW }, ...turns);
  const open = await openSession(inWindow(WINDOW), model, temporaryFolder());
  const goal = 'Read all of it. "Quotes", umlauts (äöü)\nand a second line.';
  Object.assign(open.agent, { maxTurns: 1_000 });
  expect(await open.run(goal)).toMatchObject({ ending: "completed", answer: "done" });

  for (const request of model.requests)
    expect(JSON.stringify(request.messages)).toContain(JSON.stringify(goal).slice(1, -1));
  // What arrives is whole the first time that the model sees it.
  const arrived = model.requests.filter((request) => !asksForSummary(request)).map(lastText);
  for (let round = 1; round <= 200; round++)
    expect(arrived.some((text) => text.includes(`round ${round}, line 60`))).toBe(true);
  await open.close();

  const all = archived(open);
  expect(new Set(all.map((message) => JSON.stringify(message))).size).toBe(all.length);
  const results = all.flatMap(({ content }) =>
    typeof content === "string" ? [] : content.filter((block) => block.type === "tool_result"),
  );
  expect(results).toHaveLength(200 + 28);
  for (const result of results)
    expect(result).toHaveProperty("content", expect.stringMatching(/line 1\n[\s\S]*line 60/));
  const summaries = model.requests.filter(asksForSummary).length;
  expect(summaries).toBeGreaterThan(3);
  expect(notices(open).filter((text) => text.startsWith("Compacted"))).toHaveLength(summaries);
});

test("after a failure it does not ask again at every turn", async () => {
  const failing: Turn = () => {
    throw new Error("no");
  };
  const model = script(...rounds(60, (round) => bash(`echo ${"x".repeat(390)} ${round}`), failing));
  const open = await openSession(inWindow(20_000), model);
  await open.run("go");
  const failures = notices(open).filter((text) => text.startsWith("Compaction failed"));
  expect(failures.length).toBeGreaterThan(0);
  expect(failures.length).toBeLessThan(6);
  await open.close();
});

test("a window that is no number, or too small, is refused at the start", async () => {
  for (const value of ["many", "100", "6000.5"]) {
    const { stderr, code } = await runChapter(import.meta.url, [
      "--offline",
      "--context-tokens",
      value,
      "-p",
      "hi",
    ]);
    expect([stderr.trim(), code]).toEqual([
      `--context-tokens ${value}: expected a whole number from 6000.`,
      1,
    ]);
  }
});
