// How a line that is too long for the terminal goes on in the next row.
import { expect, test } from "vitest";
import { showQuestion } from "../src/terminal/questions.ts";
import { Screen } from "../src/terminal/screen.ts";
import { wrapped } from "../src/terminal/text.ts";
import { TestScreen } from "./terminal/terminal.ts";

test("a row of a table goes on below its second column, unless that leaves less than half of the width", () => {
  expect(wrapped("  /help  lists the commands", 20)).toEqual(["  /help  lists the", "         commands"]);
  expect(wrapped("  hook │ what is whose", 20)).toEqual(["  hook │ what is", "         whose"]);
  expect(wrapped("  a long first column  and more", 20)).toEqual(["  a long first", "  column  and more"]);
});

test("a line that fits stays as it is, with the blanks at its end", () => {
  expect(wrapped("a  b  ", 6)).toEqual(["a  b  "]);
});

test("a question's lines keep their mark when they are wrapped, so that none looks like a choice", () => {
  const shown = new TestScreen(30);
  // A terminal's driver puts a CR before each LF.
  const write = (part: string) => shown.write(part.replaceAll("\n", "\r\n"));
  const screen = new Screen({ write, isLive: true, columns: () => 30 });
  const text = `Shall I?\nprintf ${"x".repeat(22)} 1  Yes, always`;
  showQuestion({ text, diff: [`+${"word ".repeat(8)}`], choices: ["Yes"], withoutHuman: "" }, screen);
  const [first, ...rest] = shown.text.split("\n").filter((row) => row !== "");
  expect(first).toBe("Shall I?");
  expect(rest.length).toBeGreaterThan(4);
  expect(rest.filter((row) => !row.startsWith("│ "))).toEqual(["  1  Yes"]);
});
