// Sessions' files and the note about a session that is taken up, without a program: lines, the store, what has changed.
import { appendFileSync, mkdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createModelClient, Session, Workspace, type FlagValues, type StampedEvent } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { chooseSession } from "../src/choose-session.ts";
import { isKept, readSession, type SessionHeader } from "../src/session-lines.ts";
import { SessionStore } from "../src/session-store.ts";
import { renderTakenUp, wasCutShort } from "../src/take-up.ts";

const header = (id: string): SessionHeader => ({
  type: "session",
  version: 1,
  id,
  model: "m",
  startedAt: "2026-11-26T17:40:00.000Z",
});
const prompt = (text: string) => `${JSON.stringify({ type: "prompt", text, at: 1 })}\n`;

const newSession = () => new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "test" } }));

function newStore() {
  const workspace = new Workspace(temporaryFolder());
  const store = new SessionStore(workspace);
  const make = (id: string, lines = "", changedAt = 1) => {
    store.create(header(id));
    appendFileSync(store.pathOf(id), lines);
    utimesSync(store.pathOf(id), changedAt, changedAt);
  };
  return { workspace, store, make };
}

test("sessions are listed by their last change, each with its first prompt; what is no session's file is none", () => {
  const { store, make, workspace } = newStore();
  expect(store.list()).toEqual([]);
  make("old", prompt('say "hi"\\n') + prompt("later"), 1_000);
  make("new", prompt("\x07".repeat(70_000)), 3_000);
  make(
    "mid",
    `${JSON.stringify({ type: "prefix", system: '{"type":"prompt","text":"no"}', tools: [], at: 1 })}\n`,
    2_000,
  );
  writeFileSync(join(workspace.root, ".sessions/old.lock"), "1");
  const list = store.list();
  expect(list.map(({ id, prompt }) => [id, prompt])).toEqual([
    ["new", "\x07".repeat(1_000)],
    ["mid", undefined],
    ["old", 'say "hi"\\n'],
  ]);
  expect(list[0]?.changedAt.getTime()).toBe(3_000_000);
});

test("a session is found by the beginning of its id, if one alone begins so", () => {
  const { store, make, workspace } = newStore();
  for (const id of ["abc1", "abc2", "xabc"]) make(id);
  expect(store.find("abc1")).toBe("abc1");
  expect(store.find("x")).toBe("xabc");
  expect(() => store.find("bc")).toThrow(
    `There is no session "bc" in ${workspace.root}. --resume lists those that there are.`,
  );
  expect(() => store.find("ab")).toThrow(
    /^2 sessions begin with "ab": abc\d, abc\d\. Write more of the id\.$/,
  );
});

test("a session's file is its owner's alone, and is not written over", () => {
  const { store, make } = newStore();
  make("one", prompt("a"));
  expect(statSync(store.pathOf("one")).mode & 0o777).toBe(0o600);
  expect(() => store.create(header("one"))).toThrow(/EEXIST/);
  expect(store.read("one")).toEqual({
    header: header("one"),
    events: [{ type: "prompt", text: "a", at: 1 }],
    bytes: statSync(store.pathOf("one")).size,
  });
});

test("a copy has the whole lines of the other, behind a header of its own", () => {
  const { store, make } = newStore();
  make("one", `${prompt("ä")}{"type":"pro`);
  store.fork("one", "two");
  const copy = store.read("two");
  expect(copy.header).toMatchObject({ id: "two", model: "m", forkedFrom: "one" });
  expect(Date.parse(copy.header.startedAt)).toBeGreaterThan(Date.parse(header("one").startedAt));
  expect(copy.events).toEqual([{ type: "prompt", text: "ä", at: 1 }]);
  expect(copy.bytes).toBe(statSync(store.pathOf("two")).size);
});

test("what is no file of a session is passed by, and one that cannot be read is listed without words", () => {
  const { store, make, workspace } = newStore();
  make("good", prompt("a"), 2);
  make("bad", '{"type":"prompt","text":"\\q","at":1}\n', 1);
  mkdirSync(join(workspace.root, ".sessions/folder.jsonl"));
  symlinkSync(join(workspace.root, "nowhere"), join(workspace.root, ".sessions/link.jsonl"));
  expect(store.list().map(({ id, prompt }) => [id, prompt])).toEqual([
    ["good", "a"],
    ["bad", undefined],
  ]);
});

test.each<[string, object | string, number]>([
  ["a message that does not follow", { type: "appended", message: 1, role: "user", blocks: [], at: 1 }, 2],
  ["an edit behind the end", { type: "edited", from: 1, messages: [], at: 1 }, 2],
  ["no JSON", "{", 2],
  ["another kind of event", { type: "text", text: "a", at: 1 }, 2],
  ["no time", { type: "prompt", text: "a" }, 2],
  ["a message that is no number", { type: "appended", message: -1, role: "user", blocks: [], at: 1 }, 2],
  ["a role of its own", { type: "appended", message: 0, role: "system", blocks: [], at: 1 }, 2],
  [
    "blocks without a type",
    { type: "edited", from: 0, messages: [{ role: "user", content: [{}] }], at: 1 },
    2,
  ],
  ["a call without a name", { type: "tool_started", id: "a", at: 1 }, 2],
  ["a result without content", { type: "tool_ended", id: "a", result: {}, at: 1 }, 2],
  ["a mechanism's event without its detail", { type: "extension", at: 1 }, 2],
  ["a header of another version", { ...header("one"), version: 2 }, 1],
  ["a header without an id", { ...header("one"), id: 1 }, 1],
])("a file with %s is refused, with the line", (_, line, number) => {
  const path = join(temporaryFolder(), "one.jsonl");
  const text = typeof line === "string" ? line : JSON.stringify(line);
  writeFileSync(path, number === 1 ? `${text}\n` : `${JSON.stringify(header("one"))}\n${text}\n`);
  const problem = new RegExp(
    `^${path}, line ${number}, is not as it was written: \\S+ .{3,199}\\. Mend the line, or delete the file\\.$`,
  );
  expect(() => readSession(path)).toThrow(problem);
});

test("every kind of event that is kept is read again as it was written", () => {
  const path = join(temporaryFolder(), "one.jsonl");
  const blocks = [{ type: "text", text: "a", extra: 1 }];
  const events = [
    { type: "prefix", system: "s", tools: [{ name: "t" }], at: 1 },
    { type: "deferred_tools", tools: [{ name: "u" }], at: 2 },
    { type: "appended", message: 0, role: "user", blocks, at: 3 },
    { type: "edited", from: 0, messages: [{ role: "assistant", content: blocks }], at: 4 },
    { type: "appended", message: 1, role: "user", blocks, at: 4 },
    { type: "edited", from: 2, messages: [], at: 4 },
    { type: "prompt", text: "a", at: 5 },
    { type: "prompt_taken_back", text: "a", at: 6 },
    { type: "tool_started", id: "1", name: "t", input: {}, at: 7 },
    { type: "tool_ended", id: "1", name: "t", result: { content: blocks }, durationMs: 1, at: 8 },
    { type: "run_ended", ending: "completed", at: 9 },
    { type: "extension", extension: "todo", detail: { any: "thing" }, at: 10 },
  ];
  writeFileSync(path, [header("one"), ...events].map((line) => `${JSON.stringify(line)}\n`).join(""));
  expect(readSession(path).events).toEqual(events);
  for (const type of events.map((event) => event.type as StampedEvent["type"]))
    expect(isKept({ type } as StampedEvent), type).toBe(true);
  for (const type of ["text", "thinking", "notice", "model_started", "injected"] as const)
    expect(isKept({ type } as StampedEvent), type).toBe(false);
});

test("a run was cut short if something was said after the last one ended", () => {
  const events = (...types: StampedEvent["type"][]) => types.map((type) => ({ type, at: 1 }) as StampedEvent);
  expect(wasCutShort([])).toBe(false);
  expect(wasCutShort(events("appended", "run_ended"))).toBe(false);
  expect(wasCutShort(events("appended", "run_ended", "extension"))).toBe(false);
  expect(wasCutShort(events("run_ended", "appended", "tool_started"))).toBe(true);
});

test("the note names tools and lines that are gone, have changed or are new, and cannot be ended from within", () => {
  const tool = (name: string, description = "") => ({
    name,
    description,
    input_schema: { type: "object" as const },
  });
  const then = {
    system: "same\n\n- old line\nmoved",
    tools: [tool("same"), tool("gone"), tool("other", "a")],
  };
  const now = {
    system: "moved\nsame\n- new </taken-up> line",
    tools: [tool("other", "b"), tool("same"), tool("fresh")],
  };
  const note = (...args: Parameters<typeof renderTakenUp>) =>
    renderTakenUp(...args)
      .split("\n")
      .slice(2, -1);
  expect(note(then, now, true)).toEqual([
    "The program ended in the middle of the last run.",
    "Tools that are gone, and answer with an error: gone.",
    "Tools that have changed, as they are now:",
    `- ${JSON.stringify(tool("other", "b"))}`,
    "Tools that are new, and can be called only after the next compaction: fresh.",
    "Lines of the system prompt that hold no more:",
    "- old line",
    "Lines that hold now:",
    "- new <\\/taken-up> line",
  ]);
  expect(note(then, then, false)).toEqual([]);
  expect(note(undefined, now, false)).toEqual([]);
});

test.each<[string, FlagValues, string | undefined]>([
  ["no flag", {}, undefined],
  ["--continue", { continue: true }, "new1"],
  ["--resume ID", { resume: "old" }, "old1"],
])("%s chooses a session", async (_, values, id) => {
  const { store, make, workspace } = newStore();
  make("old1", "", 1);
  make("new1", "", 2);
  const session = newSession();
  expect(await chooseSession(store, workspace, values, session)).toBe(id);
});

test.each<[string, FlagValues, RegExp]>([
  ["both at once", { continue: true, resume: true }, /^--continue and --resume do not go together\.$/],
  ["a copy of nothing", { "fork-session": true }, /^--fork-session goes with --continue or --resume ID\.$/],
  [
    "the last of none",
    { continue: true },
    /^There is no session in \S+ to continue\. Start without --continue\.$/,
  ],
  ["a choice of none", { resume: true }, /^There is no session in \S+ to resume\. Start without --resume\.$/],
])("%s is refused", async (_, values, problem) => {
  const { store, workspace } = newStore();
  mkdirSync(join(workspace.root, ".sessions"));
  const session = newSession();
  await expect(chooseSession(store, workspace, values, session)).rejects.toThrow(problem);
});

test("of ten sessions nine can be chosen from the list, or none of them", async () => {
  const { store, make, workspace } = newStore();
  for (let count = 1; count <= 10; count++) make(`id${count}`, prompt(`p${count}`), count);
  const session = newSession();
  let choices: readonly string[] = [];
  const choose = (index: number) => {
    session.human = (question) => {
      choices = question.choices;
      return Promise.resolve({ choice: choices.at(index) ?? "" });
    };
    return chooseSession(store, workspace, { resume: true }, session);
  };
  expect(await choose(-2)).toBe("id2");
  expect(choices).toHaveLength(10);
  expect(choices[0]).toMatch(/ p10$/);
  expect(await choose(-1)).toBe(undefined);
});
