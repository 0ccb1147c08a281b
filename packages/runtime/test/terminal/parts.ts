// The program of the terminal's tests: a small agent whose tools and commands do what a test asks for.
import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import {
  defineAgent,
  defineTool,
  startMark,
  stillRuns,
  Workspace,
  type Extension,
  type Session,
} from "../../src/index.ts";
import type { TryIt } from "../../src/terminal/chapter.ts";
import type { ProgramParts } from "../../src/terminal/start-program.ts";

const ask = defineTool({
  name: "ask",
  description: "Asks the user.",
  input: (z) =>
    z.object({
      text: z.string(),
      choices: z.array(z.string()),
      diff: z.array(z.string()).optional(),
      seconds: z.number().optional(),
    }),
  async run({ text, choices, diff, seconds }, { session }) {
    session.askSeconds = seconds;
    const question = {
      text,
      choices,
      ...(diff && { diff }),
      withText: "Other",
      withoutHuman: "nobody is here",
    };
    return JSON.stringify(await session.ask(question));
  },
});

const wait = defineTool({
  name: "wait",
  description: "Waits for a file.",
  input: (z) => z.object({ file: z.string() }),
  async run({ file }, { signal }) {
    while (!existsSync(file) && !signal.aborted) await delay(20);
    return "it is there";
  },
});

const print = defineTool({
  name: "print",
  description: "Returns a text.",
  input: (z) => z.object({ text: z.string() }),
  run: ({ text }) => text,
});

const think = defineTool({
  name: "think",
  description: "Thinks a thought, as a model does.",
  input: (z) => z.object({ text: z.string() }),
  run({ text }, { session }) {
    for (const word of text.split(/(?<= )/)) session.emit({ type: "thinking", text: word });
    return "thought";
  },
});

async function askBeside(session: Session | undefined, isGone: boolean): Promise<void> {
  const ada = session?.beside("ada");
  if (isGone) ada?.close();
  const answer = await ada?.ask({ text: "May I?", choices: ["Yes", "No"], withoutHuman: "nobody is here" });
  session?.notice(`ada heard ${JSON.stringify(answer)}`);
}

const plainCommands: Extension["commands"] = {
  boom: {
    description: "throws where nobody catches",
    run() {
      setTimeout(() => {
        throw new Error("boom");
      });
      return "";
    },
  },
  parent: {
    description: "says whether this process's parent counts as a running program",
    run: () => `Its parent ${stillRuns(process.ppid, startMark(process.ppid)) ? "runs" : "is over"}.`,
  },
};

function knobs(): Extension {
  let told = true;
  let session: Session | undefined;
  return {
    name: "knobs",
    commands: {
      ...plainCommands,
      greet: { description: "greets", run: (name) => name, prompt: (name) => `Say hello to ${name}.` },
      question: {
        description: "has somebody beside ask in a moment; with an argument, somebody who is gone by then",
        run(gone) {
          setTimeout(() => void askBeside(session, gone !== ""), 100);
          return "Soon.";
        },
      },
      later: {
        description: "wakes the session in a moment",
        complete: () => ["soon_1", "soon_2", "other"],
        run() {
          setTimeout(() => {
            told = false;
            session?.wake("it is time");
          }, 100);
          return "Later.";
        },
      },
    },
    start: (started) => void (session = started),
    beforeModel(running) {
      if (!told) running.inject("<news>it is time</news>");
      told = true;
    },
  };
}

const tryIt: TryIt[] = ["first of the card", "second of the card"].map((prompt) => ({ prompt, effect: {} }));
tryIt.push(
  { prompt: "third of the card", effect: {}, flags: ["--loud"] },
  { prompt: "fourth of the card", effect: {}, before: ["what it builds on", "/clear"] },
  { prompt: "fifth of the card", effect: {}, before: ["1"] },
  { prompt: "sixth of the card", effect: {}, flags: ["--slow"] },
);

/** What the program is made of, with the settings in this file. */
export const partsWith = (envFile = "no-such-file"): ProgramParts => ({
  card: {
    edition: "1.0.0 of 2026-11-25",
    title: "Test",
    stage: "test",
    subtitle: "",
    insight: "An insight.",
    tryIt,
    demo: { prompt: 1, commands: [] },
  },
  chapter: {
    flags: {
      loud: { description: "Says so in the system prompt" },
      slow: { description: "Says so in the system prompt" },
    },
    createAgent: (_workspace, { loud, slow }) =>
      defineAgent({
        name: "test",
        instructions: [loud ? "Be loud." : "Be brief.", slow ? "Be slow." : ""].join(" ").trim(),
        tools: [ask, wait, print, think],
        extensions: [knobs()],
      }),
  },
  others: [],
  envFile,
  defaultFolder: () => new Workspace(process.cwd()).root,
});
