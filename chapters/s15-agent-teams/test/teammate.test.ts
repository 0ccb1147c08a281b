// A teammate's life: what it goes through, in which order, and who is told.
import { appendFileSync } from "node:fs";
import { call, say, type Turn } from "@course/offline-model/test";
import type { Extension } from "@course/runtime";
import { expect, test } from "vitest";
import { openTeammate, soon } from "./open-teammate.ts";

const SILENT = "told idle: It has sent you nothing since it was last idle.";
const RESTS = [SILENT, "is idle"];

/** An extension of its own that says when it is started, asked before a model call, and stopped. */
function witness(more: Partial<Extension> = {}) {
  const seen: string[] = [];
  const extension: Extension = {
    name: "witness",
    start: () => void seen.push("started"),
    beforeModel: () => void seen.push("asked"),
    stop: () => void seen.push("ended"),
    ...more,
  };
  return { seen, extension };
}

test("it is told to be idle before it is, and as silent where it has sent the lead nothing since", async () => {
  const { teammate, log, record, mailbox, session, wakes } = await openTeammate([
    say("1"),
    say("2"),
    say("3"),
  ]);
  expect([teammate.hasWritten, teammate.mayWait, teammate.takesWork]).toEqual([false, false, true]);
  teammate.start("work");
  await soon(() => log).toEqual(RESTS);
  expect(record).toMatchObject({ state: "idle", reason: undefined });
  expect(Date.parse(record.since)).not.toBeNaN();
  teammate.hasWritten = true;
  await mailbox.put("lead", "go on");
  session.wake("mail");
  await soon(() => log.slice(2)).toEqual(["is working", "told idle: ", "is idle"]);
  await mailbox.put("lead", "and on");
  session.wake("mail");
  await soon(() => log.slice(5)).toEqual(["is working", ...RESTS]);
  expect(wakes).toEqual(["mail", "mail"]);
});

test("a wake with nothing to do begins no run, and a run without a word in it is no rest to tell of", async () => {
  let looks = 0;
  const findWork = () => Promise.resolve(++looks < 0);
  const { seen, extension } = witness();
  const { teammate, log, mailbox, inbox, session } = await openTeammate([say("one")], {
    findWork,
    own: [extension],
  });
  teammate.start("work");
  await soon(() => log).toEqual(RESTS);
  const before = looks;
  session.wake("nothing");
  await soon(() => looks).toBe(before + 1);
  expect([log.length, seen]).toEqual([2, ["started", "asked"]]);
  await mailbox.put("lead", "for nobody");
  await mailbox.skip();
  appendFileSync(inbox, "no message\n");
  session.wake("mail");
  await soon(() => log.slice(2)).toEqual(["is working", "is idle"]);
});

test("work that is found after a run, or at the end of the idle time, is done without a rest or an end", async () => {
  let looks = 0;
  const { teammate, log, model, session } = await openTeammate([say("one"), say("two"), say("three")], {
    idleMs: 20,
    findWork(one) {
      looks += 1;
      // The first look follows the first run; after the second run come one, one at rest, and one when time is up.
      const isFound = looks === 1 || looks === 4;
      if (isFound) one.session.inject(`task ${looks}`);
      return Promise.resolve(isFound);
    },
  });
  teammate.start("work");
  const stopped = "it had nothing to do for 0.02 s";
  await soon(() => log).toEqual([
    ...RESTS,
    "is working",
    ...RESTS,
    `told stopped: ${stopped}`,
    `is stopped: ${stopped}`,
  ]);
  expect(model.requests).toHaveLength(3);
  expect(session.isClosed).toBe(true);
});

test("whether it waits for an answer is asked of its last run alone", async () => {
  const waits: boolean[] = [];
  const { teammate, log, mailbox, session } = await openTeammate([say("one"), say("two")], {
    findWork: ({ mayWait }) => Promise.resolve(waits.push(mayWait) < 0),
  });
  teammate.mayWait = true;
  teammate.start("work");
  await soon(() => log).toEqual(RESTS);
  expect(waits).toEqual([false, false]);
  teammate.mayWait = true;
  await mailbox.put("lead", "go on");
  session.wake("mail");
  await soon(() => log).toHaveLength(5);
  expect(waits.slice(2)).toEqual([false, false]);
});

test.each<[string, Turn, string]>([
  ["at its limit", call("bash", { command: "true" }), "It stopped at its limit of 1 model calls."],
  ["where the model refuses", { parts: [say("no")], stopReason: "refusal" }, "It stopped: refusal."],
])("%s it fails, takes no work, and goes on with mail", async (_, failing, why) => {
  const asked: boolean[] = [];
  const { teammate, log, mailbox, session } = await openTeammate([failing, say("fine")], {
    maxTurns: 1,
    findWork: ({ takesWork }) => Promise.resolve(asked.push(takesWork) < 0),
  });
  teammate.start("work");
  await soon(() => log).toEqual([`told failed: ${why}`, "is idle"]);
  expect([asked, teammate.takesWork]).toEqual([[], false]);
  await mailbox.put("lead", "try again");
  session.wake("mail");
  await soon(() => log.slice(2)).toEqual(["is working", ...RESTS]);
  expect([asked, teammate.takesWork]).toEqual([[true, true], true]);
});

test("one that cannot begin is told of with the reason, asks no model, and is stopped", async () => {
  const { seen, extension } = witness({ start: () => Promise.reject(new Error("no folder")) });
  const { teammate, log, model, session } = await openTeammate([say("never")], { own: [extension] });
  teammate.start("work");
  const why = "it could not begin";
  await soon(() => log).toEqual([
    "told failed: It could not begin: no folder",
    `told stopped: ${why}`,
    `is stopped: ${why}`,
  ]);
  expect([seen, model.requests.length, session.isClosed]).toEqual([[], 0, true]);
});

test("one that is stopped while it cannot begin is told of once", async () => {
  const { extension } = witness({ start: () => Promise.reject(new Error("no folder")) });
  const { teammate, log } = await openTeammate([], { own: [extension] });
  teammate.start("work");
  await teammate.stop("enough", true);
  expect(log).toHaveLength(3);
  expect(log.at(-1)).toBe("is stopped: it could not begin");
});

test("what is its own is started before its first run, and ended after its last, also where one cannot be", async () => {
  const failing: Extension = { name: "failing", stop: () => Promise.reject(new Error("no end")) };
  const { seen, extension } = witness();
  const { teammate, log } = await openTeammate([say("one")], { own: [failing, extension] });
  teammate.start("work");
  await soon(() => log).toEqual(RESTS);
  expect(seen).toEqual(["started", "asked"]);
  await teammate.stop("enough", true);
  expect(seen).toEqual(["started", "asked", "ended"]);
  expect(log.slice(2)).toEqual(["told stopped: enough", "is stopped: enough"]);
});

test("one that is stopped in a command is told of once, when it has ended", async () => {
  const { seen, extension } = witness({
    stop: async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      seen.push(`ended, with ${log.length} told`);
    },
  });
  const { teammate, log, record, session } = await openTeammate([call("bash", { command: "sleep 60" })], {
    own: [extension],
  });
  teammate.start("work");
  await soon(() => session.openCalls).toHaveLength(1);
  await Promise.all([teammate.stop("the user stopped it", true), teammate.stop("again", true)]);
  expect(log).toEqual(["told stopped: the user stopped it", "is stopped: the user stopped it"]);
  expect(seen.at(-1)).toBe("ended, with 0 told");
  await teammate.stop("once more", true);
  expect([log.length, record.reason]).toEqual([2, "the user stopped it"]);
});

test("at the end of the program nobody is told", async () => {
  const { teammate, log } = await openTeammate([say("one")]);
  teammate.start("work");
  await soon(() => log).toEqual(RESTS);
  await teammate.stop("the program ended", false);
  expect(log.slice(2)).toEqual(["is stopped: the program ended"]);
});

test("one that is retired in its work does it to its end, rests no more, and reads no more mail", async () => {
  const { teammate, log, mailbox, session, wakes } = await openTeammate([
    () => {
      teammate.retire("it agreed");
      return call("bash", { command: "true" });
    },
    () => {
      void mailbox.put("lead", "too late");
      return say("done");
    },
  ]);
  teammate.start("work");
  await soon(() => log).toEqual(["told stopped: it agreed", "is stopped: it agreed"]);
  expect(session.messages).toHaveLength(4);
  expect([session.isClosed, wakes]).toEqual([true, []]);
  await teammate.stop("later", true);
  expect(log, "stopped already").toHaveLength(2);
});

test("one that is retired at rest ends at once, without another run", async () => {
  const { seen, extension } = witness({ stop: () => void seen.push(`ended, ${log.at(-1)}`) });
  const { teammate, log, wakes } = await openTeammate([say("one")], { own: [extension] });
  teammate.start("work");
  await soon(() => log).toEqual(RESTS);
  teammate.retire("it agreed");
  await soon(() => log.slice(2)).toEqual(["told stopped: it agreed", "is stopped: it agreed"]);
  await soon(() => seen).toEqual(["started", "asked", "ended, is stopped: it agreed"]);
  expect(wakes).toEqual(["retired"]);
});
