// Small parts of the terminal, each alone: what is pasted, what streams, what comes from a pipe, what was refused.
import { PassThrough } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { createModelClient, Session, type StampedEvent } from "../src/index.ts";
import { Arrivals, WAKE } from "../src/terminal/arrivals.ts";
import { queuedNotes } from "../src/terminal/banner.ts";
import { inputRows, windowOf } from "../src/terminal/input-rows.ts";
import { resultOf } from "../src/terminal/json-formats.ts";
import { mineOf, placeIn, tellPlaces } from "../src/terminal/mine.ts";
import { PasteSplitter } from "../src/terminal/pastes.ts";
import { describeRefusals, watchRefusals } from "../src/terminal/refusals.ts";
import { StreamedText } from "../src/terminal/streamed-text.ts";
import { charactersOf, columnsOf, cut, joined, named, spansOf, wrapped } from "../src/terminal/text.ts";

const newSession = () => new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "k" } }));
const [START, END] = ["\x1b[200~", "\x1b[201~"];

function newSplitter() {
  const seen: string[] = [];
  const splitter = new PasteSplitter({
    onKeys: (keys) => void seen.push(`keys ${keys}`),
    onPaste: (text) => void seen.push(`paste ${text}`),
  });
  return { splitter, seen };
}

test.each<[string, string[], string[]]>([
  ["keys alone", ["ab"], ["keys ab"]],
  ["a paste between keys", [`a${START}one\r\ntwo${END}b`], ["keys a", "paste one\ntwo", "keys b"]],
  ["a paste alone", [`${START}x${END}`], ["paste x"]],
  ["two pastes", [`${START}x${END}${START}y${END}`], ["paste xy"]],
  ["two pastes one after the other", [`${START}x${END}`, `${START}y${END}`], ["paste x", "paste y"]],
  [
    "a paste in pieces, its marks, too",
    ["a\x1b[2", `00~o`, `ne${END.slice(0, 3)}`, `${END.slice(3)}b`],
    ["keys a", "paste one", "keys b"],
  ],
  ["an empty paste", [`${START}${END}`], ["paste "]],
  ["a paste with an end of its own", [`${START}one${END}rm x\r${END}`], ["paste onerm x\n"]],
  ["a paste with what a terminal obeys", [`${START}a\x1b[2J\x07b\tc\rd\u2028e${END}`], ["paste ab\tc\nd\ne"]],
])("%s", (_, inputs, expected) => {
  const { splitter, seen } = newSplitter();
  for (const input of inputs) splitter.add(input);
  expect(seen).toEqual(expected);
});

test("the Escape key is a key once no more of a mark has come, and is not told twice", async () => {
  const { splitter, seen } = newSplitter();
  splitter.add("a\x1b");
  expect(seen).toEqual(["keys a"]);
  await delay(150);
  expect(seen).toEqual(["keys a", "keys \x1b"]);
  splitter.add("\x1b");
  splitter.add("[A");
  await delay(150);
  expect(seen.slice(2)).toEqual(["keys \x1b[A"]);
});

test("a streamed text is shown row by row: a full row is finished, the last goes on, another look begins anew", () => {
  const text = new StreamedText({
    rowsOf: (line, margin) => wrapped(line, 10 - margin),
    paint: (row, style) => (style === undefined ? row : `<${row}>`),
  });
  expect([text.add("one two"), text.row]).toEqual([[], "one two"]);
  expect([text.add(" three"), text.row]).toEqual([["one two"], "three"]);
  expect([text.add("\nfour\n"), text.row]).toEqual([["three", "four"], undefined]);
  const look = { mark: "* ", style: "dim" as const };
  expect([text.add("five "), text.add("thinks of it", look), text.row]).toEqual([
    [],
    ["five", "<* thinks>"],
    "<  of it>",
  ]);
  expect([text.add("\x1b[3", look), text.add("1mx", look), text.row]).toEqual([[], [], "<  of itx>"]);
  expect([text.end(), text.row, text.end()]).toEqual([["<  of itx>"], undefined, []]);
  expect([text.add("plain"), text.end()]).toEqual([[], ["plain"]]);
  expect([text.add("half\r"), text.end()]).toEqual([[], ["half"]]);
});

test("lines are cut, joined and broken by columns, and a wide character has two", () => {
  expect(["", "a", "表", "é", "\x1b[31mab\x1b[0m"].map(columnsOf)).toEqual([0, 1, 2, 1, 2]);
  expect([...charactersOf("a表e\u0301")].map(({ index, columns }) => [index, columns])).toEqual([
    [0, 1],
    [1, 2],
    [2, 1],
  ]);
  expect([4, 3, 2, 1, 0].map((width) => cut("abcd", width))).toEqual(["abcd", "ab…", "a…", "…", ""]);
  expect([4, 3, 2].map((width) => cut("表表", width))).toEqual(["表表", "表…", "…"]);
  expect(joined(["ab", "cd", "ef"], 6)).toEqual(["ab, cd", "ef"]);
  expect(joined(["abcdefgh", "c"], 4)).toEqual(["abcdefgh", "c"]);
  expect(joined([], 4)).toEqual([]);
  expect(wrapped("  ab cd", 5)).toEqual(["  ab", "  cd"]);
  expect(wrapped("    ab cd", 6)).toEqual(["ab cd"]);
  expect(wrapped("abcdef", 4)).toEqual(["abcd", "ef"]);
  expect(wrapped("ab cd", 5)).toEqual(["ab cd"]);
});

test("names that talk at once have colors of their own, again and again; a text is its spans in order", () => {
  const colors = [0, 1, 2, 3].map((number) => named("ada", number).style);
  expect(new Set(colors.slice(0, 3)).size).toBe(3);
  expect(colors[3]).toBe(colors[0]);
  const span = { style: "red", text: "b" } as const;
  expect(spansOf(["a", [span, ["c"]]])).toEqual(["a", span, "c"]);
});

test("of an input line that is too high the rows around the cursor are shown", () => {
  const at = (cursor: number, height: number) => windowOf(inputRows("> ", "a\nb\nc\nd", cursor, 20), height);
  expect(at(0, 4).rows).toEqual(["> a", "b", "c", "d"]);
  expect(at(0, 2)).toEqual({ rows: ["> a", "b"], cursor: { row: 0, column: 2 } });
  expect(at(4, 2)).toEqual({ rows: ["b", "c"], cursor: { row: 1, column: 0 } });
  expect(at(7, 2)).toEqual({ rows: ["c", "d"], cursor: { row: 1, column: 1 } });
});

test("three queued lines are shown, and how many more there are", () => {
  const notes = (count: number) =>
    queuedNotes(
      Array.from({ length: count }, (_, index) => ({ text: `line\n${index}` })),
      40,
    ).map((note) =>
      spansOf(note)
        .map((span) => (typeof span === "string" ? span : span.text))
        .join(""),
    );
  expect(notes(0)).toEqual([]);
  expect(notes(3)).toEqual(["  queued: line ⏎ 0", "  queued: line ⏎ 1", "  queued: line ⏎ 2"]);
  expect(notes(5).at(-1)).toBe("  … 2 more");
});

test("a pipe gives its lines, then a wake that no request has answered, and nothing by itself after a failure", async () => {
  const session = newSession();
  const input = new PassThrough();
  const arrivals = new Arrivals(input, session);
  const wake = () => session.emit({ type: "wake", reason: "mail" });
  const end = (stopReason: string) => session.emit({ type: "run_ended", stopReason, answer: "" });
  const isWaiting = async () => {
    const next = arrivals.next();
    const first = await Promise.race([next, delay(30, "waits")]);
    input.write("go on\n");
    expect(await next).toBe(first === "waits" ? "go on" : first);
    return first === "waits";
  };
  input.write("one\n \n\ntwo\n");
  wake();
  await delay(10);
  expect([await arrivals.next(), await arrivals.next(), await arrivals.next()]).toEqual(["one", "two", WAKE]);
  expect(await isWaiting()).toBe(true);
  wake();
  session.emit({
    type: "model_started",
    request: { messages: { from: "conversation", count: 0, added: [] } },
  });
  expect(await isWaiting()).toBe(true);
  end("failed");
  wake();
  expect(await isWaiting()).toBe(true);
  end("end_turn");
  expect(await arrivals.next()).toBe(WAKE);
  const last = arrivals.next();
  input.end("last");
  expect([await last, await arrivals.next(), await arrivals.next()]).toEqual(["last", undefined, undefined]);
});

test("calls that were refused are listed with their input, those of subagents too, and others are not", () => {
  const session = newSession();
  const refusals = watchRefusals(session);
  const call = (on: Session, id: string, result: object) => {
    on.emit({ type: "tool_started", id, name: "bash", input: { command: `do ${id}` } });
    on.emit({ type: "tool_ended", id, name: "bash", durationMs: 1, result: { content: "", ...result } });
  };
  call(session, "a", {});
  call(session, "b", { isError: true });
  call(session, "c", { isError: true, refused: "a rule\nof two lines" });
  expect(describeRefusals(refusals)).toBe(
    "1 call was not allowed and did not run, so this exits with code 1:\n  bash do c\n    a rule\n  of two lines",
  );
  call(session.fork("ada"), "d", { refused: "nobody to ask" });
  expect(refusals.map(({ id, input, reason }) => [id, input, reason])).toEqual([
    ["c", { command: "do c" }, "a rule\nof two lines"],
    ["d", { command: "do d" }, "nobody to ask"],
  ]);
  expect(describeRefusals(refusals)).toMatch(/^2 calls were not allowed/);
});

test("the result of a prompt is told in the fields of other programs", () => {
  const session = newSession();
  const counts = {
    input_tokens: 1,
    output_tokens: 2,
    cache_read_input_tokens: 3,
    cache_creation_input_tokens: 4,
  };
  session.countReply({ usage: counts, stop_reason: "end_turn" } as never, 1);
  const outcome = { ending: "completed", answer: "done", stopReason: "end_turn" } as const;
  const refused = { id: "c", name: "bash", input: { command: "x" }, reason: "no" };
  expect(resultOf(outcome, session, 12.6, [refused])).toEqual({
    type: "result",
    is_error: false,
    stop_reason: "end_turn",
    result: "done",
    session_id: session.id,
    num_turns: 1,
    duration_ms: 13,
    permission_denials: [{ tool_name: "bash", tool_use_id: "c", tool_input: { command: "x" } }],
    usage: counts,
  });
  expect(resultOf({ ...outcome, ending: "failed" }, session, 1, []).is_error).toBe(true);
});

test("an error that comes from the learner's own code is followed by its place, and no other is", async () => {
  expect(mineOf(["--mine"], { COURSE_MINE: "s13" })).toEqual({ chapters: "s13" });
  expect(mineOf([], { COURSE_MINE: "s13" })).toBeUndefined();
  expect(mineOf(["--mine"], {})).toBeUndefined();
  const stack =
    "Error: no\n  at f (file:///x/practice/s13/src/tasks.ts:12:5)\n  at g (/x/practice/s13/src/b.ts:1:1)";
  expect([placeIn(stack), placeIn("at f (/x/chapters/s13/src/tasks.ts:12:5)"), placeIn(undefined)]).toEqual([
    "practice/s13/src/tasks.ts:12",
    undefined,
    undefined,
  ]);
  const session = newSession();
  tellPlaces(session);
  const heard: StampedEvent[] = [];
  session.on((event) => void heard.push(event));
  for (const one of [stack, undefined]) session.emit({ type: "error", message: "no", stack: one });
  await delay(1);
  const words = heard.map((event) => ("message" in event ? event.message : ""));
  expect(words).toEqual(["no", "no", "It comes from your practice/s13/src/tasks.ts:12"]);
});
