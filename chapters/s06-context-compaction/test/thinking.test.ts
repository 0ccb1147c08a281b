import { call, say, scriptWith, type MessageRequest, type Turn } from "@course/offline-model/test";
import { blocksOf, isThinking, rebuildRequests, type StampedEvent } from "@course/runtime";
import { openSession, runChapter, temporaryFolder } from "@course/runtime/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";

const WINDOW = 8_000;
const asksForSummary = (request: MessageRequest) =>
  JSON.stringify(request.messages.at(-1)).includes("<summary-request>");

/** So many rounds of a command whose output has so many characters; summaries come whenever they are asked for. */
function rounds(sizes: readonly number[]): Turn[] {
  let next = 0;
  return Array.from({ length: sizes.length * 3 + 5 }, () => (request: MessageRequest) => {
    if (asksForSummary(request)) return say(`Summary before round ${next}.`);
    const size = sizes[next++];
    return size === undefined ? say("done") : call("bash", { command: `printf '%${size}s' ${next}` });
  });
}

const open = (turns: Turn[], flags = {}) =>
  openSession(
    (workspace) => ({
      ...createAgent(workspace, { "context-tokens": String(WINDOW), ...flags }),
      maxTurns: 500,
    }),
    scriptWith({ contextTokens: WINDOW }, ...turns),
  );

test("120 rounds in a small window, with a model that thinks and binds: no request is refused", async () => {
  const session = await open(rounds(Array.from({ length: 120 }, () => 1_500)));
  expect(await session.run("go")).toMatchObject({ ending: "completed", answer: "done" });
  const edits = session.events.filter((event) => event.type === "edited");
  expect(edits.length).toBeGreaterThan(3);
  // What was thought after the last edit is kept.
  expect(session.session.messages.some((message) => blocksOf(message).some(isThinking))).toBe(true);
  await session.close();
});

test("every request of a run, the summaries' too, is rebuilt byte for byte from its events", async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 6_000 }), { minLength: 5, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(sizes, async (all) => {
      const requests: string[] = [];
      const turns = rounds(all).map((turn) => (request: MessageRequest) => {
        requests.push(JSON.stringify(request));
        return typeof turn === "function" ? turn(request) : turn;
      });
      const session = await open(turns);
      expect((await session.run("go")).ending).toBe("completed");
      const events = JSON.parse(JSON.stringify(session.events)) as StampedEvent[];
      expect(rebuildRequests(events).map((request) => JSON.stringify(request))).toEqual(requests);
      await session.close();
    }),
    { numRuns: 8 },
  );
});

test("with --keep-thinking, the first request after an edit is refused, and so is every one after it", async () => {
  const session = await open(rounds(Array.from({ length: 40 }, () => 1_500)), { "keep-thinking": true });
  const refused = /bound to a different conversation/;
  expect((await session.run("go")).answer).toMatch(refused);
  expect((await session.run("and now?")).answer).toMatch(refused);
  await session.close();
});

test("the flag says what it does, and the run shows it", async () => {
  const { stderr, code } = await runChapter(import.meta.url, [
    "--offline",
    "--context-tokens",
    "6000",
    "--keep-thinking",
    "-p",
    "Read 20 pages, one at a time",
    "--dir",
    temporaryFolder(),
  ]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/different conversation/);
});
