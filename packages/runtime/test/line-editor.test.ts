// The line that is being typed, without a terminal: which keys are told to whom, and who gets the terminal.
import { PassThrough } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { LineEditor } from "../src/terminal/line-editor.ts";

function open(isLive: boolean) {
  const told: string[] = [];
  const tell = (what: string) => () => void told.push(what);
  const input = Object.assign(new PassThrough(), { setRawMode: (raw: boolean) => tell(`raw ${raw}`)() });
  const output = { write: (text: string) => told.push(JSON.stringify(text)) };
  const listeners = process.listeners("exit");
  const editor = new LineEditor({
    input: input as unknown as NodeJS.ReadStream,
    output: output as unknown as NodeJS.WriteStream,
    isLive,
    complete: (start) => Promise.resolve([[], start]),
    onLine: ({ text }) => void told.push(`line ${text}`),
    onKey: tell("key"),
    onClear: tell("clear"),
    onInterrupt: tell("interrupt"),
    onSuspend: tell("suspend"),
    onClose: tell("close"),
  });
  onTestFinished(() => {
    for (const listener of process.listeners("exit"))
      if (!listeners.includes(listener)) process.removeListener("exit", listener);
  });
  /** What it told when this was typed. */
  const type = async (keys: string) => {
    told.length = 0;
    input.write(keys);
    await turn();
    return [...told];
  };
  return { editor, told, type };
}

test("Ctrl-L asks for an empty screen, and leaves the line as it is", async () => {
  const { editor, type } = open(true);
  expect(await type("ab")).toEqual(["key", "key"]);
  expect(await type("\f")).toEqual(["clear"]);
  expect([editor.line, editor.cursor]).toEqual(["ab", 2]);
  expect(await type("l\r")).toEqual(["key", "line abl", "key"]);
});

test("a live terminal is taken for keys and pastes, and given back", () => {
  const { editor, told } = open(true);
  editor.giveTerminal();
  expect(told).toEqual(["raw true", '"\\u001b[?2004h"', '"\\u001b[?2004l"', "raw false"]);
});

test("where lines come whole the terminal is left alone, and so is the line", async () => {
  const { editor, told, type } = open(false);
  editor.takeTerminal();
  editor.giveTerminal();
  editor.clear();
  editor.putBack({ text: "words" });
  expect(told).toEqual([]);
  expect(await type("one\n")).toEqual(["key", "line one"]);
});
