// Running until nobody is busy: what wakes, what ends the waiting, and what each run comes to.
import { call, say, script, type Turn } from "@course/offline-model/test";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { defineAgent, defineTool, type Extension } from "../src/index.ts";
import { openSession, type TestSession } from "../src/testing.ts";

/** Work beside the loop: it is busy until `end`, and what it has to say goes into the next run. */
function worker(): Extension & { begin(): void; end(news?: string): void } {
  let busy = false;
  let told: string | undefined;
  let wake = (_reason: string) => {};
  return {
    name: "worker",
    start: (session) => void (wake = (reason) => session.wake(reason)),
    isBusy: () => busy || told !== undefined,
    beforeModel(session) {
      if (told !== undefined) session.inject(told);
      told = undefined;
    },
    begin: () => void (busy = true),
    end(news) {
      busy = false;
      told = news;
      if (news !== undefined) wake("the worker ended");
    },
  };
}

const noop = defineTool({ name: "noop", description: "", input: (z) => z.object({}), run: () => "" });

async function open(extension: Extension, ...turns: Turn[]): Promise<TestSession> {
  const model = script(...turns);
  const agent = defineAgent({
    name: "t",
    instructions: "x",
    tools: [noop],
    extensions: [extension],
    maxTurns: 2,
  });
  const session = await openSession(() => agent, model);
  onTestFinished(() => session.close());
  return session;
}

const ends = (session: TestSession) =>
  session.events.flatMap((event) => (event.type === "run_ended" ? [event.stopReason] : []));

test("without anybody busy the first answer is the last", async () => {
  const session = await open(worker(), say("one"));
  expect(await session.runUntilIdle("go")).toMatchObject({ ending: "completed", answer: "one" });
  expect(await session.runUntilIdle()).toBe(undefined);
});

test("what ends later is told in a run of its own, and that run's answer counts", async () => {
  const work = worker();
  const session = await open(work, say("started"), say("saw it"));
  work.begin();
  setTimeout(() => work.end("<news>it is done</news>"), 100);
  expect(await session.runUntilIdle("go")).toMatchObject({ answer: "saw it" });
  expect(ends(session)).toEqual(["end_turn", "end_turn"]);
});

test("who ends without a word is noticed within a second or two, and no model is asked", async () => {
  const work = worker();
  const session = await open(work, say("started"));
  work.begin();
  setTimeout(() => work.end(), 100);
  const start = performance.now();
  expect(await session.runUntilIdle("go")).toMatchObject({ answer: "started" });
  expect(performance.now() - start).toBeLessThan(20_000);
  expect(ends(session)).toEqual(["end_turn"]);
});

test("an interrupt ends the waiting", async () => {
  const work = worker();
  const session = await open(work, say("started"));
  work.begin();
  setTimeout(() => session.session.interrupt(), 300);
  expect(await session.runUntilIdle("go")).toEqual({
    ending: "interrupted",
    answer: "",
    stopReason: "interrupted",
  });
});

test("a run that failed is not followed by another, though somebody is busy", async () => {
  const work = worker();
  const session = await open(work);
  work.begin();
  expect(await session.runUntilIdle("go")).toMatchObject({ ending: "failed", stopReason: "failed" });
  const later = await open(work, say("started"));
  setTimeout(() => work.end("<news>x</news>"), 50);
  expect(await later.runUntilIdle("go")).toMatchObject({ ending: "failed" });
});

test.each<[string, Turn, object, RegExp | undefined]>([
  ["end_turn", say("fine"), { ending: "completed", answer: "fine", stopReason: "end_turn" }, undefined],
  [
    "max_tokens",
    { parts: [say("half")], stopReason: "max_tokens" },
    { ending: "completed", answer: "half", stopReason: "max_tokens" },
    /^The reply was cut off \(max_tokens\)\.$/,
  ],
  [
    "refusal",
    { parts: [say("no")], stopReason: "refusal" },
    { ending: "failed", answer: "", stopReason: "refusal" },
    /^The model refused this\./,
  ],
  [
    "model_context_window_exceeded",
    { parts: [say("half")], stopReason: "model_context_window_exceeded" },
    { ending: "completed", stopReason: "model_context_window_exceeded" },
    /^The reply was cut off \(model_context_window_exceeded\)\.$/,
  ],
])("a reply that ends with %s", async (_, turn, outcome, notice) => {
  const session = await open(worker(), turn);
  expect(await session.run("go")).toMatchObject(outcome);
  const notices = session.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  expect(notices).toEqual(notice ? [expect.stringMatching(notice)] : []);
});

test("at the limit of calls a run has failed, and says so", async () => {
  const session = await open(worker(), call("noop", {}), call("noop", {}), say("never"));
  expect(await session.run("go")).toEqual({ ending: "failed", answer: "", stopReason: "max_turns" });
  expect(session.events).toContainEqual(
    expect.objectContaining({ type: "notice", message: "Stopped at the limit of model calls (2)." }),
  );
});

test("wakes that come together ask for one run, and one that was served is not served again", async () => {
  const session = await open(worker());
  session.session.wake("one");
  session.session.wake("two");
  await session.session.nextWake();
  const wakes = session.events.filter(({ type }) => type === "wake");
  expect(wakes).toMatchObject([{ reason: "one, two" }]);
  // It is remembered until a run begins.
  await session.session.nextWake();
  session.session.beginRun();
  expect(await Promise.race([session.session.nextWake().then(() => "woken"), delay(400, "asleep")])).toBe(
    "asleep",
  );
});
