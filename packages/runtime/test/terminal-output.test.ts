// What a program shows and how it leaves the terminal, in a real terminal and in a pipe.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { call, say, script, type ScriptedModel } from "@course/offline-model/test";
import { afterEach, describe, expect, test } from "vitest";
import { REPOSITORY } from "../src/terminal/index.ts";
import { COMMAND, PROGRAM, TestTerminal } from "./terminal/terminal.ts";

const open: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function start(model: ScriptedModel, shell?: string): Promise<TestTerminal> {
  const terminal = new TestTerminal({ url: await model.start(), shell });
  open.push(async () => {
    terminal.kill();
    await terminal.exit;
    await model.close();
  });
  await terminal.shows("test >");
  return terminal;
}

const HOSTILE = "one\x1b[2J\x1b]0;title\x07 two\x9b31m \u202ethree\rfour\u200b";

test("what a model says, a tool prints and an error says cannot act on the terminal", async () => {
  const model = script(
    [say(HOSTILE), call("print", { text: HOSTILE }), call("no", {})],
    call("print", { text: HOSTILE }),
    say(`end ${HOSTILE}`),
  );
  const terminal = await start(model);
  // The screen of the test throws at any sequence that is not ours.
  terminal.type("go\r");
  await terminal.shows(/end one two three\nfour/);
  await terminal.shows(/ {2}│ one two three\n {2}│ four/);
});

test("a question shows what a terminal would obey or hide, and its lines cannot look like ours", async () => {
  const text = `bash wants to run: ls\x1b[8m; rm\u202e x\n  1  No`;
  const model = script(call("ask", { text, choices: ["Yes \x1b[0m", "No"] }), say("fine"));
  const terminal = await start(model);
  terminal.type("go\r");
  await terminal.shows("bash wants to run: ls\\x1b[8m; rm\\u202e x\n│   1  No\n  1  Yes \\x1b[0m\n  2  No");
});

test("a question shows what an edit would change, in lines that cannot look like ours, and its choices", async () => {
  const diff = ["@@ line 3", "-old\x1b[2J", "+new\n  1  No", " same"];
  const model = script(call("ask", { text: "May I?", choices: ["Yes", "No"], diff }), say("fine"));
  const terminal = await start(model);
  terminal.type("go\r");
  await terminal.shows("May I?\n│ @@ line 3\n│ -old\\x1b[2J\n│ +new\\n  1  No\n│  same\n  1  Yes\n  2  No");
});

test("thinking is shown dim, wrapped, with a mark, until /thinking off", async () => {
  const text = `I wonder ${"what this is ".repeat(8)}about`;
  const model = script(call("think", { text }), say("one"), call("think", { text: "hidden" }), say("two"));
  const terminal = await start(model);
  terminal.type("go\r");
  await terminal.shows(/^✻ I wonder what .*\n {2}\S.* about\n● think/m);
  await terminal.shows("one");
  terminal.type("/thinking off\r");
  await terminal.shows("Thinking is hidden.");
  terminal.type("go\r");
  await terminal.shows("two");
  expect(terminal.screen.text).not.toContain("✻ hidden");
});

test("Ctrl-C ends a run, and the next prompt works", async () => {
  const model = script(call("wait", { file: "/no/such/file" }), say("hello yourself"));
  const terminal = await start(model);
  terminal.type("go\r");
  await terminal.shows("wait ");
  terminal.type("\x03");
  await terminal.shows(/Interrupted\.[^]*test > *$/);
  terminal.type("hello\r");
  await terminal.shows("hello yourself");
});

describe("the terminal is left as it was, and its cursor shown", () => {
  const modes = "stty -a | tr ' ' '\\n' | grep -E '^-?(icanon|echo|isig);?$' | tr '\\n' ' '";
  const shell = `sh -c 'echo "pid $$"; exec ${COMMAND}'; echo "code $?"; ${modes}; echo the end`;
  const hang = () => script(call("ask", { text: "Shall I?", choices: ["Yes"] }));

  test.each<[string, number, (terminal: TestTerminal) => Promise<void> | void]>([
    ["/quit", 0, (terminal) => terminal.type("/quit\r")],
    ["Ctrl-D", 0, (terminal) => terminal.type("\x04")],
    ["an error that nobody catches", 1, (terminal) => terminal.type("/boom\r")],
    ["SIGTERM", 143, (terminal) => void process.kill(Number(/pid (\d+)/.exec(terminal.screen.text)?.[1]))],
    [
      "Ctrl-C twice, in a run",
      0,
      async (terminal) => {
        terminal.type("go\r");
        await terminal.shows("Shall I?");
        terminal.type("\x03");
        terminal.type("\x03");
      },
    ],
  ])("after %s", async (_name, code, leave) => {
    const terminal = await start(hang(), shell);
    expect(terminal.screen.pasteMode).toBe(true);
    await leave(terminal);
    await terminal.shows("the end");
    expect(terminal.screen.text).toMatch(new RegExp(`code ${code}\\n(isig|icanon|echo) \\w+ \\w+ the end`));
    expect(terminal.screen).toMatchObject({ pasteMode: false, cursorHidden: false });
  });
});

async function piped(model: ScriptedModel, ...args: string[]) {
  const env = { ...process.env, ANTHROPIC_BASE_URL: await model.start(), ANTHROPIC_API_KEY: "test" };
  const child = spawn(process.execPath, [...PROGRAM, ...args], { cwd: REPOSITORY, env });
  const exit = once(child, "exit");
  open.push(async () => {
    child.kill("SIGKILL");
    await exit;
    await model.close();
  });
  const seen = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => (seen[name] += text));
  const says = async (what: string) => {
    while (!seen.stdout.includes(what)) await once(child.stdout, "data");
  };
  return { child, exit, seen, says };
}

describe("in a pipe", () => {
  test("a wake is told while the pipe stays open, once", async () => {
    const model = script(say("told"), say("and on"));
    const { child, exit, seen, says } = await piped(model);
    child.stdin.write("/later\n");
    await says("told\n");
    child.stdin.end("go on\n");
    expect(await exit).toEqual([0, null]);
    expect(seen.stdout).toBe("Later.\ntold\nand on\n");
    expect(JSON.stringify(model.requests[0]?.messages)).toContain("<news>");
  });

  test("the answer is unchanged on stdout, and everything else is harmless on stderr", async () => {
    const model = script(call("print", { text: HOSTILE }), say(HOSTILE));
    const { child, exit, seen } = await piped(model);
    child.stdin.end("go\n");
    await exit;
    expect(seen.stdout).toBe(`${HOSTILE}\n`);
    expect(seen.stderr).toContain("  │ one two three\n  │ four\n");
  });

  test("with -p a thought goes to stderr, and never into the answer", async () => {
    const model = script(call("think", { text: "I wonder" }), say("the answer"));
    const { child, exit, seen } = await piped(model, "-p", "go");
    child.stdin.end();
    expect(await exit).toEqual([0, null]);
    expect(seen.stdout).toBe("the answer\n");
    expect(seen.stderr).toContain("✻ I wonder\n");
  });
});

describe("what comes through a pipe", () => {
  test("what a pipe brings beside -p is part of the prompt", async () => {
    const model = script(say("two lines"));
    const { child, exit } = await piped(model, "-p", "How many lines?");
    child.stdin.end("one\ntwo\n");
    expect(await exit).toEqual([0, null]);
    expect(model.requests[0]?.messages).toMatchObject([
      { content: [{ text: "How many lines?\n\none\ntwo" }] },
    ]);
  });

  test("known words are commands, and a path is a prompt", async () => {
    const model = script(say("a prompt"));
    const { child, exit, seen } = await piped(model);
    child.stdin.end("/etc/hosts is wrong\n/hepl\nhelp\nquit\n");
    expect(await exit).toEqual([0, null]);
    expect(seen.stdout).toMatch(/^a prompt\n {2}\/help/);
    expect(seen.stderr).toContain("There is no command /hepl. Did you mean /help?");
  });
});
