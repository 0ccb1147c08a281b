// What is redrawn on a live terminal: the emptied screen, the input line at its edge, and the seconds of a wait.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createModelClient, Session } from "../src/index.ts";
import { inputRows } from "../src/terminal/input-rows.ts";
import { Renderer } from "../src/terminal/renderer.ts";
import { Screen } from "../src/terminal/screen.ts";
import { TestScreen } from "./terminal/terminal.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test("an emptied terminal shows what stands below the output, from its first row on", () => {
  let written = "";
  const screen = new Screen({ write: (text) => void (written += text), isLive: true, columns: () => 40 });
  screen.footer = () => ({ notes: ["note"], input: { prompt: ["t > "], line: "ab", cursor: 2 } });
  screen.line("before");
  written = "";
  screen.clear();
  expect(written).toBe("\x1b[H\x1b[2Jnote\nt > ab\r\x1b[6C");
  written = "";
  screen.line("after");
  expect(written).toBe("\x1b[1A\r\x1b[Jafter\nnote\nt > ab\r\x1b[6C");
});

test.each([
  ["before the first character of the next row", "abcd", 2, ["> ab", "cd"], [1, 0]],
  ["behind it", "abcd", 3, ["> ab", "cd"], [1, 1]],
  ["at the end of a full row", "ab", 2, ["> ab", ""], [1, 0]],
  ["at the end of a row that has room", "a", 1, ["> a"], [0, 3]],
  ["before a line break in a full row", "ab\nc", 2, ["> ab", "c"], [0, 4]],
  ["behind the line break", "ab\nc", 3, ["> ab", "c"], [1, 0]],
  ["before a wide character that has no room left", "a漢", 1, ["> a", "漢"], [1, 0]],
])("the cursor stands %s", (_, line, cursor, rows, [row, column]) => {
  expect(inputRows("> ", line, cursor, 4)).toEqual({ rows, cursor: { row, column } });
});

function rendered(isLive: boolean) {
  const shown = new TestScreen(60);
  const write = (text: string) => shown.write(text.replaceAll("\n", "\r\n"));
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "k" } }));
  new Renderer(new Screen({ write, isLive, columns: () => 60 }), session);
  return { session, last: () => shown.text.split("\n").findLast((line) => line !== "") };
}

test("a wait counts its seconds down, and then whatever is under way is shown", () => {
  const { session, last } = rendered(true);
  const timers = vi.spyOn(globalThis, "setTimeout");
  session.emit({ type: "waiting", reason: "overloaded", ms: 2_500 });
  const seen = [0, 499, 1, 999, 1, 999, 1].map((ms) => {
    vi.advanceTimersByTime(ms);
    return /waiting \d+ s; Ctrl-C stops$/.exec(last() ?? "")?.[0].slice(8, 9);
  });
  expect(seen).toEqual(["3", "3", "2", "2", "1", "1", "1"]);
  expect(timers, "one for each second").toHaveBeenCalledTimes(3);
  session.emit({ type: "waiting", reason: "overloaded", ms: 2_500 });
  session.emit({
    type: "model_started",
    request: { messages: { from: "conversation", count: 0, added: [] } },
  });
  vi.advanceTimersByTime(5_000);
  expect(last()).toMatch(/^\S thinking$/);
});

test("where nothing can be redrawn no seconds are counted", () => {
  const { session, last } = rendered(false);
  session.emit({ type: "waiting", reason: "overloaded", ms: 2_500 });
  vi.advanceTimersByTime(5_000);
  expect(last()).toBe("overloaded; trying again in 2.5 s");
});
