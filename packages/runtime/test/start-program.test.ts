// A program from its flags on, called and not started: modes of a chapter, faults, loops of their own, and the learner's own code.
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { startOfflineModel } from "@course/offline-model";
import { defineAgent, type Extension } from "../src/index.ts";
import type { ChapterModule } from "../src/terminal/chapter.ts";
import { startProgram, type ProgramParts } from "../src/terminal/start-program.ts";
import { newHost, temporaryFolder } from "../src/testing.ts";
import { card } from "./new-screen.ts";

const createAgent = (extensions: Extension[] = []) =>
  defineAgent({ name: "t", instructions: "Be brief.", tools: [], extensions });

/** Runs the program with these arguments, and returns what it wrote and its exit code. */
async function start(args: string[], chapter: Partial<ChapterModule>, more: Partial<ProgramParts> = {}) {
  const { host, ended } = newHost(args);
  const parts: ProgramParts = {
    card: { ...card, tryIt: [{ prompt: "hello", effect: {} }] },
    chapter: { createAgent: () => createAgent(), ...chapter },
    others: [],
    envFile: "no-such-file",
    defaultFolder: temporaryFolder,
    startOfflineModel: (options) => startOfflineModel(options),
    ...more,
  };
  await startProgram(parts, host);
  return ended;
}

test("a mode of the chapter runs in the program's place, with its model and flags, and says the exit code", async () => {
  const asked: unknown[] = [];
  const chapter: Partial<ChapterModule> = {
    flags: { serve: { description: "Serves" }, other: { description: "Does other things" } },
    modes: {
      other: () => Promise.resolve(8),
      serve: (model, flags, create) => {
        asked.push(model.isOffline, flags["serve"], typeof create);
        return Promise.resolve(7);
      },
    },
  };
  expect((await start(["--offline", "--serve"], chapter)).code).toBe(7);
  expect(asked).toEqual([true, true, "function"]);
  expect((await start(["--offline", "--demo"], chapter)).code).toBe(0);
});

test("--fault arms the offline model before anything is asked of it", async () => {
  const order: string[] = [];
  const offline: ProgramParts["startOfflineModel"] = async () => {
    await delay(5);
    return {
      url: "http://127.0.0.1:1",
      setFaults: (text) => void order.push(text),
      unref: () => {},
      close: () => Promise.resolve(),
    };
  };
  const chapter: Partial<ChapterModule> = {
    flags: { serve: { description: "Serves" } },
    modes: { serve: () => Promise.resolve(order.push("serve")) },
  };
  await start(["--offline", "--serve", "--fault", "529x2"], chapter, { startOfflineModel: offline });
  expect(order).toEqual(["529x2", "serve"]);
});

test("--step is refused where the chapter has a loop of its own, and says where to start", async () => {
  const loop = () => Promise.resolve("end_turn" as const);
  const chapter = { createAgent: () => ({ ...createAgent(), loop }) };
  expect(await start(["--step", "--offline"], chapter)).toEqual({
    stdout: "",
    stderr: "--step: t has a loop of its own. Start from s02.\n",
    code: 1,
  });
});

test("an error of the learner's own code is followed by its place, where some of it is theirs", async () => {
  const stack = "Error: no\n  at f (file:///x/practice/s13/src/tasks.ts:12:5)";
  const failing: Extension = {
    name: "failing",
    start: (session) => session.emit({ type: "error", message: "no", stack }),
  };
  const chapter = { createAgent: () => createAgent([failing]) };
  const place = "It comes from your practice/s13/src/tasks.ts:12";
  const mine = { mine: { chapters: "s13" } };
  const [theirs, ours] = [
    await start(["--demo", "--offline"], chapter, mine),
    await start(["--demo", "--offline"], chapter),
  ];
  expect([theirs.stdout.includes(place), ours.stdout.includes(place)]).toEqual([true, false]);
});
