// The prompt in a real terminal: Ctrl-C, queued lines, wakes, commands that stand for a prompt, and who asks beside it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { call, say, script } from "@course/offline-model/test";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../src/testing.ts";
import { start } from "./terminal/start.ts";

const [CTRL_C, TAB] = ["\x03", "\t"];
const newFile = () => join(temporaryFolder(), "go");

describe("Ctrl-C", () => {
  test("at an empty prompt says how to leave, and the second one leaves", async () => {
    const terminal = await start(script());
    terminal.type(CTRL_C);
    await terminal.shows(/^Press Ctrl-C again, or Ctrl-D, to leave\.\n\ntest >$/m);
    terminal.type(CTRL_C);
    expect(await terminal.exit).toBe(0);
  });

  test.each([
    ["one", /^1 queued line dropped\.$/m],
    ["one\rtwo", /^2 queued lines dropped\.$/m],
  ])("in a run drops what is queued: %j", async (lines, message) => {
    const model = script(call("wait", { file: "/no/such/file" }), say("never"));
    const terminal = await start(model);
    terminal.type("go\r");
    await terminal.shows("wait ");
    terminal.type(`${lines}\r`);
    await terminal.shows(`queued: ${lines.split("\r").at(-1)}`);
    terminal.type(CTRL_C);
    await terminal.shows(message);
    await terminal.shows(/Interrupted\.[^]*test > *$/);
    expect(model.requests).toHaveLength(1);
  });

  test("clears a line that kept a wake from being told, which then is told", async () => {
    const terminal = await start(script(say("heard")));
    terminal.type("/later\r");
    await terminal.shows("Later.");
    terminal.type("half");
    await terminal.shows("the model will be told with your next line.");
    terminal.type(CTRL_C);
    await terminal.shows(/^heard\n[^]*test >$/m);
  });
});

describe("what runs without having been typed", () => {
  test.each([
    ["a wake", "/later\r", "◆ it is time\n"],
    ["a command that stands for a prompt", "/greet ada\r", "Say hello to ada.\n"],
  ])("%s is shown, and lines are queued behind it", async (_, keys, shown) => {
    const file = newFile();
    const model = script(call("wait", { file }), say("heard"), say("next"));
    const terminal = await start(model);
    terminal.type(keys);
    await terminal.shows("wait ");
    expect(terminal.screen.text).toContain(`\n${shown}`);
    terminal.type("then this\r");
    await terminal.shows("queued: then this");
    expect(model.requests).toHaveLength(1);
    writeFileSync(file, "");
    await terminal.shows(/^heard$[^]*test > then this\nnext/m);
  });

  test("a wake during a run is told by that run, and has no line of its own", async () => {
    const file = newFile();
    const model = script(call("wait", { file }), say("heard"));
    const terminal = await start(model);
    terminal.type("/later\rgo\r");
    await terminal.shows("wait ");
    await delay(200);
    writeFileSync(file, "");
    await terminal.shows(/^heard$[^]*test >$/m);
    expect(terminal.screen.text).not.toContain("◆");
    expect(JSON.stringify(model.requests[1]?.messages)).toContain("it is time");
  });
});

describe("a question from beside", () => {
  const ASKED = /ada: May I\?\n {2}1 {2}Yes\n {2}2 {2}No\n\?$/;

  test("stands at the prompt, where Tab completes nothing, and a line from before is served after it", async () => {
    const terminal = await start(script(say("hi")));
    terminal.type("/question\r");
    await terminal.shows("ada: May I?");
    terminal.type("hello\r");
    await terminal.shows("queued: hello");
    await terminal.shows(/^\? *$/m);
    terminal.type(`${TAB}1\r`);
    await terminal.shows(/test > hello\n[^]*^hi$/m);
    await terminal.shows('ada heard {"choice":"Yes"}');
    expect(terminal.screen.text).not.toContain("1  2  3");
  });

  test("outlives the run in which it was asked, whose end does not move it", async () => {
    const file = newFile();
    const model = script(call("wait", { file }), say("waited"));
    const terminal = await start(model);
    terminal.type("/question\rgo\r");
    await terminal.shows(ASKED);
    writeFileSync(file, "");
    while (model.requests.length < 2) await delay(10);
    await delay(200);
    expect(terminal.screen.text).toMatch(ASKED);
    terminal.type("2\r");
    await terminal.shows(/^waited$[^]*ada heard \{"choice":"No"\}[^]*test >$/m);
  });

  test("of somebody who is gone by then is put away", async () => {
    const terminal = await start(script(say("hi")));
    terminal.type("/question gone\r");
    await terminal.shows(/ada heard \{"refused":[^]*test >$/);
    terminal.type("hello\r");
    await terminal.shows(/^hi$/m);
  });
});
