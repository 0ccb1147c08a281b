// What is typed and pasted, in a real terminal, goes to the right reader.
import { writeFileSync } from "node:fs";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { call, say, script, type ScriptedModel } from "@course/offline-model/test";
import { expect, test } from "vitest";
import { temporaryFolder } from "../src/testing.ts";
import { start } from "./terminal/start.ts";
import { COMMAND } from "./terminal/terminal.ts";

const QUESTION = { text: "Shall I?", choices: ["Yes", "No", "Other"] };

function promptOf(model: ScriptedModel, request = 0): string {
  return JSON.stringify(model.requests[request]?.messages.at(-1)?.content);
}

test("a paste of several lines is one prompt, shown whole, and a command in it is none", async () => {
  const model = script(say("got it"));
  const terminal = await start(model);
  terminal.paste("Dear agent,\n/thinking off\n  please");
  await terminal.shows("test > Dear agent,\n/thinking off\n  please");
  expect(model.requests).toHaveLength(0);
  terminal.type("\r");
  await terminal.shows("got it");
  expect(promptOf(model)).toContain("Dear agent,\\n/thinking off\\n  please");
  expect(terminal.screen.text).not.toContain("Thinking is");
});

test("a pasted command is a prompt, also when the history brings it back", async () => {
  const model = script(say("one"), say("two"));
  const terminal = await start(model);
  terminal.paste("/thinking off");
  await terminal.shows("/thinking off");
  terminal.type("\r");
  await terminal.shows(/one\n[^]*test >/);
  terminal.type("\x1b[A\r");
  await terminal.shows(/two\n[^]*test >/);
  expect(promptOf(model)).toContain("/thinking off");
  expect(terminal.screen.text).not.toContain("Thinking is");
});

test("a paste into a line is text that can be edited, and Ctrl-C clears it", async () => {
  const model = script(say("fine"));
  const terminal = await start(model);
  terminal.type("say ");
  terminal.paste("helloo");
  terminal.type("\x7f there");
  await terminal.shows("test > say hello there");
  terminal.type("\x03");
  await terminal.loses("say hello");
  terminal.type("other words\r");
  await terminal.shows("fine");
  expect(promptOf(model)).toContain('"other words"');
});

test("a paste whose text ends the paste itself types nothing", async () => {
  const model = script(say("fine"));
  const terminal = await start(model);
  terminal.type("\x1b[200~one\x1b[201~\r/quit\r\x1b[201~");
  await terminal.shows("test > one\n/quit");
  terminal.type("\r");
  await terminal.shows("fine");
});

test("a question takes no key from before, no paste, and then the number", async () => {
  const model = script(call("ask", QUESTION), say("answered"));
  const terminal = await start(model);
  terminal.type("go\r");
  await terminal.shows("3  Other");
  terminal.type("1\r");
  await terminal.shows("Too soon");
  await terminal.shows(/^\? *$/m);
  terminal.paste("1");
  terminal.type("\r");
  await terminal.shows("What is pasted is no answer");
  terminal.type("2\r");
  await terminal.shows("answered");
  expect(promptOf(model, 1)).toContain('{\\"choice\\":\\"No\\"}');
});

test("on a terminal that cannot redraw a question is answered by a line, too", async () => {
  const model = script(call("ask", QUESTION), say("well answered"), call("ask", QUESTION), say("as you say"));
  const terminal = await start(model, { shell: `TERM=dumb ${COMMAND}` });
  await terminal.shows("test >");
  terminal.type("ask me\r");
  await terminal.shows(/3 {2}Other\n\?/);
  terminal.type("2\r");
  await terminal.shows(/well answered\n[^]*test >/);
  expect(promptOf(model, 1)).toContain('{\\"choice\\":\\"No\\"}');
  expect(terminal.screen.text, "an answered question asks no more").toContain("\n? 2\n● ask");
  terminal.type("again\r");
  await terminal.shows(/well answered[^]*3 {2}Other\n\?/);
  terminal.type("3\r");
  await terminal.shows("in your words:");
  terminal.type("later\r");
  await terminal.shows(/as you say\n[^]*test >/);
  expect(promptOf(model, 3)).toContain("later");
});

test("a terminal that cannot redraw has a width: lines are broken at blanks, not in a word", async () => {
  const words = "word ".repeat(30).trim();
  const model = script(call("print", { text: words }), say(words));
  const terminal = await start(model, { shell: `TERM=dumb ${COMMAND}`, columns: 43 });
  await terminal.shows("Type a number to run one of these, or your\nown words.");
  terminal.type("go\r");
  await terminal.shows(/^(?:word ){7}word\n(?:word ){7}word$/m);
  expect(terminal.screen.text).not.toMatch(/^ord|wor$/m);
});

test("a question that waits no longer is put away, and the prompt is there again", async () => {
  const model = script(call("ask", { ...QUESTION, seconds: 1 }), say("went on without"), say("answered"));
  const terminal = await start(model);
  terminal.type("go\r");
  await terminal.shows(/^\? *$/m);
  await terminal.shows("went on without");
  expect(promptOf(model, 1)).toContain("nobody answered within 1 s");
  await terminal.shows(/^test >$/m);
  terminal.type("hello\r");
  await terminal.shows("answered");
});

test("a line that was begun before a question is there again after it", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "go");
  const model = script(call("wait", { file }), call("ask", QUESTION), say("answered"));
  const terminal = await start(model);
  terminal.type("go\r");
  await terminal.shows("wait ");
  terminal.type("half a l");
  await terminal.shows("test > half a l");
  writeFileSync(file, "");
  await terminal.shows(/^\? *$/m);
  terminal.type("other\r");
  await terminal.shows("in your words:");
  terminal.type("why not\r");
  await terminal.shows("answered");
  await terminal.shows(/test > half a l$/);
  expect(promptOf(model, 2)).toContain('\\"text\\":\\"why not\\"');
  rmSync(folder, { recursive: true });
});

test("what is typed during a run is shown, queued, and served after it", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "go");
  const model = script(call("wait", { file }), say("waited"), say("next"));
  const terminal = await start(model);
  terminal.type("go\r");
  await terminal.shows("wait ");
  terminal.type("then this");
  await terminal.shows("test > then this");
  terminal.type("\r");
  await terminal.shows("queued: then this");
  writeFileSync(file, "");
  await terminal.shows(/waited[^]*test > then this\nnext/);
  expect(terminal.screen.text).not.toContain("queued");
  rmSync(folder, { recursive: true });
});

test("only known commands are commands", async () => {
  const model = script(say("a prompt"), say("a card's prompt"));
  const terminal = await start(model);
  terminal.type("/etc/hosts is wrong\r");
  await terminal.shows("a prompt");
  terminal.type("/hepl\r");
  await terminal.shows("Did you mean /help?");
  terminal.type("?\r");
  await terminal.shows("lists the commands");
  terminal.type("2\r");
  await terminal.shows("a card's prompt");
  expect(promptOf(model)).toContain("/etc/hosts is wrong");
  expect(promptOf(model, 1)).toContain("second of the card");
  terminal.type("exit\r");
  expect(await terminal.exit).toBe(0);
});

test("Tab completes commands, what their extensions offer, and the numbers of the card", async () => {
  const terminal = await start(script());
  terminal.type("\t");
  await terminal.shows("1  2  3  4  5  6");
  terminal.type("/lat\tsoo\t");
  await terminal.shows("test > /later soon_");
  terminal.type("\t");
  await terminal.shows("soon_1  soon_2");
});

test("a wake that comes while a line is typed leaves the line alone", async () => {
  const model = script(say("heard"));
  const terminal = await start(model);
  terminal.type("/later\r");
  await terminal.shows("Later.");
  terminal.type("half");
  await terminal.shows("it is time; the model will be told with your next line.");
  await terminal.shows("test > half");
  terminal.type(" a line\r");
  await terminal.shows("heard");
  expect(promptOf(model)).toMatch(/half a line.*it is time/);
});

test("Ctrl-Z gives the terminal to the shell, and fg brings the line back", async () => {
  const model = script(say("still here"));
  const shell = `set -m; sh -c '${COMMAND}'; stty -a | tr ' ' '\\n' | grep -E '^-?(icanon|echo);?$' | tr '\\n' ' '; fg; echo the end`;
  const terminal = await start(model, { shell });
  await terminal.shows("test >");
  terminal.type("hello");
  await terminal.shows("test > hello");
  terminal.type("\x1a");
  await terminal.shows(/^icanon echo /m);
  await terminal.shows("test > hello");
  terminal.type("\r");
  await terminal.shows("still here");
  terminal.type("\x04");
  await terminal.shows("the end");
  expect(promptOf(model)).toContain("hello");
});
