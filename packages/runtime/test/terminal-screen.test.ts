// What is written to the screen: foreign text that cannot act, columns, thoughts, and rows that are redrawn.
import fc from "fast-check";
import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import wrapAnsi from "wrap-ansi";
import { hasControlCharacters } from "../src/index.ts";
import { harmless, visible } from "../src/terminal/control-characters.ts";
import { inputRows } from "../src/terminal/input-rows.ts";
import { Screen } from "../src/terminal/screen.ts";
import { columnsOf, cut, dim, wrapped } from "../src/terminal/text.ts";
import { live, rendered } from "./live-screen.ts";

const FAMILY = "👨‍👩‍👧";
const SEQUENCES = ["\x1b", "[", "31m", "2J", "]0;title", "\x07", "\x9b", "\x9d", "1A", "?1049h", "P", "\\"];
const WORDS = [
  "a",
  "word ",
  " ",
  "漢字",
  "é",
  FAMILY,
  "\u200d",
  "\t",
  "\u2028",
  "\r",
  "\n",
  "\u202e",
  "\u2066",
  "\u200b",
  "\u{e0041}",
];
const PIECES = [...SEQUENCES, ...WORDS];
/** Text as an attacker would write it: pieces of escape sequences, marks, wide and joined characters. */
const hostile = fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }).map((parts) => parts.join(""));

describe("foreign text", () => {
  test("is shown without what a terminal obeys or hides", () => {
    expect(harmless("a\x1b[31mred\x1b]0;title\x07\x9b31m\u202eb\u200bc\r\nd\re\tf")).toBe("aredbc\nd\ne  f");
    expect(harmless(`${FAMILY} ❤️ é`)).toBe(`${FAMILY} ❤️ é`);
  });

  test("is written out where a person must judge it", () => {
    expect(visible("ls\x1b[2J \x07\u061c\u202e\u{e0041}\ta\nb")).toBe(
      "ls\\x1b[2J \\x07\\u061c\\u202e\\u{e0041}\\ta\nb",
    );
  });

  test.each([
    ["plain", `ls ${FAMILY} é`, false],
    ["an escape", "ls\x1b[2J", true],
    ["a line break", "ls\nrm", true],
    ["a bidi mark", "ls \u2066", true],
    ["a blank without width", "ls\u200b", true],
  ])("hasControlCharacters: %s", (_name, text, expected) => {
    expect(hasControlCharacters(text)).toBe(expected);
  });

  test("of a tool's name or a label cannot begin a line", () => {
    const { session, text } = rendered();
    session.emit({ type: "tool_started", id: "1", name: "x\n● bash ls", input: {} });
    session.emit({
      type: "tool_ended",
      id: "1",
      name: "x\n● bash ls",
      result: { content: "ok\n● y" },
      durationMs: 1,
    });
    session.emit({ type: "error", message: "no\n● bash rm" });
    expect(text()).toBe("● x ⏎ ● bash ls\n  │ ok\n  │ ● y\nno\n  ● bash rm");
  });
});

describe("foreign text, whatever it is made of", () => {
  test("never acts, wherever a stream cuts it, and looks as it would in one piece", () => {
    fc.assert(
      fc.property(hostile, fc.array(fc.nat(200), { maxLength: 6 }), (text, cuts) => {
        const whole = live();
        whole.screen.stream(text);
        whole.screen.endLine();
        const pieces = live();
        const at = [0, ...cuts.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length];
        for (const [index, end] of at.slice(1).entries()) pieces.screen.stream(text.slice(at[index], end));
        pieces.screen.endLine();
        expect(pieces.shown.text).toBe(whole.shown.text);
      }),
      { numRuns: 2_000 },
    );
  });

  test("never acts in a line, in a status, or in the input line", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { screen } = live();
        screen.footer = () => ({ notes: [text], input: { prompt: [text], line: text, cursor: text.length } });
        screen.line(text, dim(text));
        screen.status(text);
        screen.close();
      }),
    );
  });
});

describe("width", () => {
  test("a line is cut in columns, between characters as a reader sees them", () => {
    expect(cut("漢字漢字", 6)).toBe("漢字…");
    expect(cut("漢字漢", 6)).toBe("漢字漢");
    expect(cut(`ab${FAMILY}cd`, 4)).toBe("ab…");
    expect(cut("e\u0301e\u0301e\u0301", 2)).toBe("e\u0301…");
    expect(cut("abc", 0)).toBe("");
  });

  test("rows fit, and nothing but blanks is lost", () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 4, max: 30 }), (text, width) => {
        for (const line of harmless(text).split("\n")) {
          const rows = wrapped(line, width);
          for (const row of rows) expect(stringWidth(row)).toBeLessThanOrEqual(width);
          expect(rows.join("").replaceAll(" ", "")).toBe(line.replaceAll(" ", "").normalize());
        }
      }),
    );
  });

  test("a streamed answer is broken at blanks, as it comes", () => {
    const { screen, shown } = live(20);
    for (const piece of ["The quick bro", "wn fox jum", "ps over  the lazy dog, and 漢字漢字漢字漢字"])
      screen.stream(piece);
    expect(shown.text).toBe("The quick brown fox\njumps over  the lazy\ndog, and\n漢字漢字漢字漢字");
  });
});

test.each([
  ["  /me  a text that is long", ["  /me  a text that", "       is long"]],
  ["  -s, --long N  what it does", ["  -s, --long N  what", "  it does"]],
  ["+   text: a word or two", ["+   text: a word or", "    two"]],
  ["- an item of a list", ["- an item of a", "  list"]],
  ["12. an item of a list", ["12. an item of a", "    list"]],
  ["  indented words go on", ["  indented words go", "  on"]],
  ["Plain words  with a gap", ["Plain words  with a", "gap"]],
])("%j goes on under its own text, where that leaves room", (line, rows) => {
  const width = Math.max(...rows.map((row) => row.length));
  expect(wrapped(line, width)).toEqual(rows);
});

test("lines without wide characters are as the tables of characters would have them", () => {
  for (let code = 0; code < 0x17f; code++) {
    const text = `a${String.fromCharCode(code)}\u001b[1mb\u001b[22m`;
    expect(columnsOf(text), `character ${code}`).toBe(stringWidth(text));
  }
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "word", "é·", "rather-long"), { minLength: 1 }), (words) => {
      const line = words.join(" ");
      expect(wrapped(line, 12)).toEqual(wrapAnsi(line, 12, { hard: true }).split("\n"));
    }),
  );
});

describe("columns, where nothing is broken", () => {
  test("a pipe gets lines as they are", () => {
    let text = "";
    const screen = new Screen({ write: (part) => void (text += part), columns: () => 20 });
    screen.stream("one two three four five six seven");
    screen.line("eight nine ten eleven twelve");
    expect(text).toBe("one two three four five six seven\neight nine ten eleven twelve\n");
  });

  test("the cursor of the input line stands where the next character goes", () => {
    expect(inputRows("> ", "漢字ab", 1, 8)).toEqual({
      rows: ["> 漢字ab"],
      cursor: { row: 0, column: 4 },
    });
  });
});

describe("the rows below the output", () => {
  test("stand under a line that is being streamed, and are gone at the end", () => {
    const { screen, shown } = live();
    let line = "";
    screen.footer = () => ({ notes: ["note"], input: { prompt: ["you > "], line, cursor: line.length } });
    screen.stream("Hello");
    line = "typed";
    screen.stream(", world.");
    expect(shown.text).toBe("Hello, world.\nnote\nyou > typed");
    screen.line("next");
    expect(shown.text).toBe("Hello, world.\nnext\nnote\nyou > typed");
    screen.close();
    expect(shown.text.trimEnd()).toBe("Hello, world.\nnext");
    expect(shown.cursorHidden).toBe(false);
  });

  test("a line that is longer than the terminal is high is shown around its cursor", () => {
    const { screen, shown } = live();
    const line = Array.from({ length: 100 }, (_, index) => `line ${index}`).join("\n");
    screen.footer = () => ({ notes: [], input: { prompt: ["> "], line, cursor: line.length } });
    screen.line("before");
    screen.draw();
    expect(shown.text).toMatch(/^before\nline 77\n[^]*line 99$/);
    screen.footer = () => ({ notes: ["a note"], input: { prompt: ["> "], line, cursor: line.length } });
    screen.draw();
    expect(shown.text).toMatch(/^before\na note\nline 78\n[^]*line 99$/);
  });
});

test("the cursor stands where the next character goes, also in a row above the last", () => {
  const { screen, shown } = live();
  for (const [cursor, place] of [
    [1, { row: 0, column: 3 }],
    [9, { row: 2, column: 2 }],
    [4, { row: 1, column: 1 }],
  ] as const) {
    screen.footer = () => ({ notes: [], input: { prompt: ["> "], line: "ab\ncde\nfg", cursor } });
    screen.draw();
    expect(shown.cursor).toEqual(place);
  }
  expect(shown.text).toBe("> ab\ncde\nfg");
});
