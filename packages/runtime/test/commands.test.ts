// The commands that every chapter has, and /messages, on a real session.
import { readFileSync } from "node:fs";
import { startOfflineModel } from "@course/offline-model";
import { call, say, script, type Turn } from "@course/offline-model/test";
import { expect, onTestFinished, test } from "vitest";
import { createModelClient, defineAgent, defineTool, run, Session, type Extension } from "../src/index.ts";
import { Workspace } from "../src/workspace/workspace.ts";
import { Commands } from "../src/terminal/commands.ts";
import { inspection } from "../src/terminal/messages.ts";
import { Renderer } from "../src/terminal/renderer.ts";
import { Screen } from "../src/terminal/screen.ts";
import { prepare } from "../src/terminal/try-it.ts";
import { temporaryFolder } from "../src/testing.ts";
import { card } from "./new-screen.ts";

const twice = defineTool({
  name: "twice",
  description: "Doubles a number.",
  input: (z) => z.object({ n: z.number() }),
  run: ({ n }) => String(n * 2),
});

async function open(turns: Turn[] = [], extensions: Extension[] = []) {
  const model = script(...turns);
  const session = new Session(createModelClient({ env: { ANTHROPIC_BASE_URL: await model.start() } }));
  const agent = defineAgent({
    name: "t",
    instructions: "Be brief.",
    tools: [twice],
    extensions: [...extensions, inspection(false)],
  });
  for (const extension of agent.extensions) await extension.start?.(session, agent);
  const renderer = new Renderer(new Screen({ write: () => {} }), session);
  const workspace = new Workspace(temporaryFolder());
  let left = 0;
  const quit = () => void (left += 1);
  const commands = new Commands({ agent, session, workspace, renderer, secrets: [], quit });
  onTestFinished(() => model.close());
  const tell = (name: string, argument?: string) => textOf(commands, name, argument);
  return { session, agent, commands, tell, renderer, workspace, left: () => left };
}

/** What a command prints. */
async function textOf(commands: Commands, name: string, argument = ""): Promise<string> {
  const said = await commands.run(name, argument);
  return typeof said === "string" ? said : "mistake" in said ? said.mistake : said.prompt;
}

test("/help lists each command once with its description, and the keys", async () => {
  const { tell, commands } = await open();
  const lines = (await tell("help")).split("\n");
  expect(lines[0]).toBe("  /help      lists the commands");
  expect(lines.at(-1)).toBe("  Ctrl-C     stops what runs; twice, or Ctrl-D, leaves");
  const long = { description: "is long", run: () => "" };
  const wider = await open([], [{ name: "e", commands: { "a-long-name": long } }]);
  expect((await wider.tell("help")).split("\n")).toEqual(
    expect.arrayContaining(["  /help         lists the commands", "  /a-long-name  is long"]),
  );
  expect(commands.names).toEqual("help tools thinking cost clear trace fault quit messages".split(" "));
  expect(lines).toHaveLength(commands.names.length + 1);
});

test("/tools, /quit, and commands that are not there or fail", async () => {
  const { tell, commands, left } = await open(
    [],
    [
      {
        name: "first",
        commands: {
          pick: { description: "", run: () => "first" },
          none: { description: "", run: () => undefined as unknown as string },
          fails: {
            description: "",
            run() {
              throw new Error("no luck");
            },
          },
          named: {
            description: "",
            run(argument) {
              throw new Error(`/named ${argument}: expected a name.`);
            },
          },
          review: { description: "", run: () => "not this", prompt: (argument) => `Review ${argument}.` },
        },
      },
      { name: "second", commands: { pick: { description: "", run: () => "second" } } },
    ],
  );
  expect(await tell("tools")).toBe("  twice             Doubles a number.");
  expect(await tell("pick")).toBe("first");
  expect(await tell("none")).toBe("");
  expect(await tell("unknown")).toBe("");
  expect(await tell("fails")).toBe("/fails failed: no luck");
  expect(await tell("named", "7")).toBe("/named 7: expected a name.");
  expect(await commands.run("review", "it")).toEqual({ prompt: "Review it." });
  expect(left()).toBe(0);
  expect(await tell("quit")).toBe("");
  expect(left()).toBe(1);
});

test("/thinking says and sets whether thoughts are shown", async () => {
  const { tell, renderer, commands } = await open();
  expect(await tell("thinking")).toBe("Thinking is shown.");
  expect(await tell("thinking", "off")).toBe("Thinking is hidden.");
  expect(renderer.showsThinking).toBe(false);
  expect(await tell("thinking", "maybe")).toBe("/thinking maybe: expected on or off.");
  expect(await tell("thinking")).toBe("Thinking is hidden.");
  expect(await tell("thinking", "on")).toBe("Thinking is shown.");
  expect(await commands.completions("thinking")).toEqual(["on", "off"]);
});

const usage = {
  input_tokens: 1_000,
  cache_creation_input_tokens: 20,
  cache_read_input_tokens: 3,
  output_tokens: 7,
};

test("/cost shows the last call beside all, thinking where there was some, and what ran apart", async () => {
  const { tell, session } = await open();
  expect(await tell("cost")).toBe("No model call yet.");
  const count = (of: Session, thinking?: number) =>
    of.countReply(
      {
        stop_reason: "end_turn",
        usage: { ...usage, ...(thinking && { output_tokens_details: { thinking_tokens: thinking } }) },
      } as Parameters<Session["countReply"]>[0],
      1,
    );
  count(session);
  expect(await tell("cost")).not.toMatch(/thinking|Others|Estimated/);
  count(session, 5);
  const lines = (await tell("cost")).split("\n").map((line) => line.trim().replace(/ {2,}/g, " | "));
  expect(lines).toEqual([
    "tokens | last call | 2 calls",
    "input, not cached | 1,000 | 2,000",
    "input, written to cache | 20 | 40",
    "input, read from cache | 3 | 6",
    "output | 7 | 14",
    "of it thinking | 5 | 5",
  ]);
  for (let number = 1; number <= 14; number++) count(session.fork(`child ${number}`));
  const apart = (await tell("cost")).split("\n").map((line) => line.trim().replace(/ {2,}/g, " | "));
  expect(apart[0]).toBe("tokens | last call | 2 calls | others: 14 calls");
  expect(apart[1]).toBe("input, not cached | 1,000 | 2,000 | 14,000");
  expect(apart).toContain("Others, each with a conversation of its own:");
  expect(apart).toContain("2 earlier ones");
  expect(apart).toContain("child 3 | 1 call | 1,023 in | 7 out");
  expect(apart).not.toContain("child 2 | 1 call | 1,023 in | 7 out");
});

test("with as many forks as are shown, none are earlier ones; offline, the counts are estimates", async () => {
  const session = new Session(createModelClient({ env: {}, startOfflineModel }));
  const agent = defineAgent({ name: "t", instructions: "x", tools: [] });
  const renderer = new Renderer(new Screen({ write: () => {} }), session);
  const commands = new Commands({
    agent,
    session,
    renderer,
    secrets: [],
    workspace: new Workspace(temporaryFolder()),
    quit: () => {},
  });
  for (const one of [session, ...Array.from({ length: 12 }, () => session.fork("c"))])
    one.countReply({ stop_reason: "end_turn", usage } as Parameters<Session["countReply"]>[0], 1);
  const text = await textOf(commands, "cost");
  expect(text).not.toContain("earlier ones");
  expect(text).toMatch(/Estimated by the offline model: four characters a token\.$/);
  expect(await commands.run("fault", "529x2")).toBe("Armed: 529x2");
  expect(await commands.run("fault", "window=6000")).toBe(
    "Armed: window=6000; the window stays small until /fault off",
  );
  expect(await commands.run("fault", "off")).toBe("No faults are armed.");
  expect(await commands.run("fault", "")).toBe("No faults are armed.");
  expect(await commands.run("fault", "nonsense")).toMatchObject({
    mistake: expect.stringMatching(/^\/fault failed: /),
  });
  await session.model.close();
});

test("/fault needs the offline model, /clear forgets the conversation, /trace writes what happens from now on", async () => {
  const { tell, session, agent, workspace } = await open([{ parts: [{ type: "text", text: "hello" }] }]);
  expect(await tell("fault", "529")).toBe("Faults need the offline model. Start with --offline.");
  const traced = await tell("trace");
  expect(traced).toMatch(/^Tracing to .*\/\.traces\/[\dTZ-]+\.jsonl$/);
  await run(agent, session, "hi");
  expect(session.messages).not.toEqual([]);
  expect(await tell("clear")).toMatch(/^The conversation is empty again/);
  expect(session.messages).toEqual([]);
  const path = traced.slice("Tracing to ".length);
  expect(path.startsWith(workspace.root)).toBe(true);
  expect(readFileSync(path, "utf8")).toContain('"text":"hello"');
});

test("/messages lists what the model is sent, marks what is new, and shows one whole", async () => {
  const { tell, session, agent, commands } = await open([
    [say("I will"), call("twice", { n: 4 })],
    say(`done ${"and done ".repeat(20)}`),
  ]);
  expect(await tell("messages")).toBe("No messages yet.");
  expect(await tell("messages", "system")).toBe("No request was sent yet.");
  await run(agent, session, "double\n  four");
  const lines = (await tell("messages")).split("\n");
  expect(lines.slice(0, 2)).toEqual([
    "     system: 9 characters (/messages system)",
    "     tools: twice (/messages tools)",
  ]);
  expect(lines).toContain("  0  user");
  expect(lines).toContain("+      text: double four");
  expect(lines).toContain('+      tool_use twice {"n":4}');
  expect(lines).toContain("+      tool_result: 8");
  expect(lines).toContain("+      thinking: Thought 1.");
  expect(lines.at(-1)).toMatch(/^\+ {6}text: done and done .*…$/);
  expect(lines.at(-1)?.length).toBe(7 + 100);
  expect(await tell("messages")).not.toMatch(/^\+/m);
  expect(await tell("messages", "system")).toBe("Be brief.");
  expect(JSON.parse(await tell("messages", "tools"))).toMatchObject([{ name: "twice" }]);
  expect(JSON.parse(await tell("messages", "0"))).toMatchObject({ role: "user" });
  expect(await tell("messages", "4")).toBe("There is no message 4. There are 0 to 3, system and tools.");
  expect(await tell("messages", "x")).toMatch(/^There is no message x\./);
  expect(await commands.completions("messages")).toEqual(["system", "tools"]);
});

test("an entry of the card that needs a fault has it armed, and what that says is shown", async () => {
  const { commands, session } = await open();
  let shown = "";
  const screen = new Screen({ write: (text) => void (shown += text) });
  const prepared = (flags: string[]) => {
    const entry = { prompt: "go", effect: {}, flags };
    const context = { values: {}, chapterFlags: {}, card, program: { session } };
    return prepare({ entry, line: { text: "1" } }, context, [], commands, screen);
  };
  expect(await prepared([])).toEqual({ flags: [], lines: [] });
  expect(shown).toBe("");
  await prepared(["--fault", "529"]);
  expect(shown).toBe(`${await textOf(commands, "fault", "529")}\n`);
  expect(shown).toMatch(/offline model/);
});
