// Without a person at the prompt, called and not started: commands that stand for a prompt, refusals, what ends early.
import { Readable } from "node:stream";
import { call, say, script, type Turn } from "@course/offline-model/test";
import { expect, onTestFinished, test, vi } from "vitest";
import {
  createModelClient,
  defineAgent,
  defineTool,
  Session,
  Workspace,
  type Extension,
} from "../src/index.ts";
import type { Card } from "../src/terminal/chapter.ts";
import { runDemo, runJsonLines, runLines, runOnce, type TerminalContext } from "../src/terminal/one-shot.ts";
import { withPipedInput } from "../src/terminal/piped-input.ts";
import { Program } from "../src/terminal/program.ts";
import { Screen } from "../src/terminal/screen.ts";
import { newHost, temporaryFolder } from "../src/testing.ts";
import { card as plainCard } from "./new-screen.ts";

const card: Card = {
  ...plainCard,
  tryIt: [{ prompt: "the headline", effect: {} }],
  demo: { prompt: 1, commands: ["/greet ada", "/where", "not a command"] },
};

/** A tool that a permission refuses, one that ends the session, and two commands. */
const refused = defineTool({
  name: "refused",
  description: "Is not allowed.",
  input: (z) => z.object({}),
  run: () => ({ content: "no", isError: true, refused: "a rule" }),
});
const close = defineTool({
  name: "close",
  description: "Closes the session.",
  input: (z) => z.object({}),
  run(_, { session }) {
    session.close();
    return "closed";
  },
});
const commands: Extension = {
  name: "commands",
  commands: {
    greet: { description: "greets", run: (name) => name, prompt: (name) => `Say hello to ${name}.` },
    where: { description: "says where", run: () => "here" },
    nothing: { description: "says nothing", run: () => "" },
  },
};

async function open(
  turns: Turn[],
  { extension = { name: "none" }, input = "" }: { extension?: Extension; input?: string } = {},
) {
  const model = script(...turns);
  const session = new Session(createModelClient({ env: { ANTHROPIC_BASE_URL: await model.start() } }));
  const agent = defineAgent({
    name: "t",
    instructions: "Be brief.",
    tools: [refused, close],
    extensions: [commands, extension],
  });
  const { host, printed } = newHost([], input);
  const program = new Program(agent, session, { host });
  onTestFinished(() => model.close());
  const context: TerminalContext = {
    card,
    program,
    workspace: new Workspace(temporaryFolder()),
    values: {},
    chapterFlags: {},
  };
  const prompts = () => model.requests.map(({ messages }) => JSON.stringify(messages.at(-1)?.content));
  return { context, prompts, printed };
}

test("-p whose calls were refused prints its answer, names them on stderr, and was not done", async () => {
  const { context, printed } = await open([call("refused"), say("All done.")]);
  expect(await runOnce(context, "go", "text")).toBe(1);
  expect(printed.stdout).toBe("All done.\n");
  expect(printed.stderr).toContain(
    "1 call was not allowed and did not run, so this exits with code 1:\n  refused \n    a rule\n",
  );
});

test("a failed run says its own code, whatever was refused in it", async () => {
  const { context, printed } = await open([call("refused")]);
  expect(await runOnce(context, "go", "text")).toBe(1);
  expect([printed.stdout, printed.stderr.includes("not allowed")]).toEqual(["", false]);
});

test("a command from a pipe that stands for a prompt runs it, and its answer is printed", async () => {
  const { context, prompts, printed } = await open([say("hello"), say("more")], {
    input: "/greet ada\n/nothing\n/where\nand on\n",
  });
  expect(await runLines(context)).toBe(0);
  expect(printed.stdout).toBe("hello\nhere\nmore\n");
  expect(prompts()).toEqual([
    expect.stringContaining("Say hello to ada."),
    expect.stringContaining("and on"),
  ]);
});

test("what an extension is still busy with when the pipe has ended is awaited, and its answer printed", async () => {
  let isBusy = true;
  const extension: Extension = {
    name: "late",
    isBusy: () => isBusy,
    beforeModel(session) {
      if (session.messages.length > 1 && isBusy) session.inject("<news>done</news>");
      isBusy = session.messages.length < 2;
    },
  };
  const { context, prompts, printed } = await open([say("started"), say("it is done")], {
    extension,
    input: "go\n",
  });
  expect(await runLines(context)).toBe(0);
  expect(printed.stdout).toBe("started\nit is done\n");
  expect(prompts()[1]).toContain("<news>done</news>");
});

test("messages as JSON that come after the session was closed are not run", async () => {
  const line = (content: string) =>
    `${JSON.stringify({ type: "user", message: { role: "user", content } })}\n`;
  const { context, prompts, printed } = await open([call("close"), say("never")], {
    input: line("one") + line("two"),
  });
  expect(await runJsonLines(context)).toBe(130);
  expect(prompts()).toHaveLength(1);
  expect(printed.stdout).not.toContain("two");
});

test("the demo types the commands of the card after its prompt, and runs those that stand for one", async () => {
  const { context, prompts } = await open([say("shown"), say("hello")]);
  let shown = "";
  const screen = new Screen({ write: (text) => void (shown += text) });
  expect(await runDemo(context, screen)).toBe(0);
  expect(prompts()[1]).toContain("Say hello to ada.");
  expect(shown.replaceAll(/^ {2}\d+ model call.*\n/gm, "")).toBe(
    "you > the headline\nshown\n" +
      "\nyou > /greet ada\nyou > Say hello to ada.\nhello\n" +
      "\nyou > /where\nhere\n" +
      "\nyou > not a command\n",
  );
});

test("a demo whose prompt is none of the card's is a mistake of the card, and says which", async () => {
  const { context } = await open([]);
  const wrong = { ...context, card: { ...card, demo: { prompt: 2, commands: [] } } };
  await expect(runDemo(wrong, new Screen({ write: () => {} }))).rejects.toThrow(
    "The card of t names prompt 2, which it does not have.",
  );
});

test("what stands on standard input is part of the prompt, unless that is a terminal or blank", async () => {
  const tell = vi.fn();
  const piped = (text: string, more = {}) =>
    withPipedInput(
      "Review this",
      Object.assign(Readable.from(text), more) as unknown as NodeJS.ReadStream,
      tell,
    );
  expect(await piped("one\ntwo\n\n")).toBe("Review this\n\none\ntwo");
  expect(await piped(" \n")).toBe("Review this");
  expect(await piped("keys", { isTTY: true })).toBe("Review this");
  expect(tell).not.toHaveBeenCalled();
  const silent = new Readable({ read: () => {} }) as unknown as NodeJS.ReadStream;
  expect(await withPipedInput("Review this", silent, tell)).toBe("Review this");
  expect(tell.mock.calls).toEqual([
    ["Nothing came on standard input for 3 s, so the prompt stands alone. < /dev/null leaves the wait out."],
  ]);
});
