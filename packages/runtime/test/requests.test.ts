// What a typed line stands for, and what the Tab key offers.
import { expect, test } from "vitest";
import { createModelClient, defineAgent, Session, Workspace } from "../src/index.ts";
import { Commands } from "../src/terminal/commands.ts";
import { Renderer } from "../src/terminal/renderer.ts";
import { completionsOf, requestOf } from "../src/terminal/requests.ts";
import { Screen } from "../src/terminal/screen.ts";
import { temporaryFolder } from "../src/testing.ts";
import { card as plainCard } from "./new-screen.ts";

const card = {
  ...plainCard,
  tryIt: [
    { prompt: "first", effect: {} },
    { prompt: "second", effect: {} },
  ],
};
const NAMES = ["help", "quit", "tools", "thinking", "Mixed"];
const asked = (text: string, pastedAt?: number) => requestOf({ text, pastedAt }, NAMES, card);

test.each<[string, object]>([
  ["   ", { kind: "nothing" }],
  ["/tools", { kind: "command", name: "tools", argument: "" }],
  ["/TOOLS", { kind: "command", name: "tools", argument: "" }],
  ["/Mixed x", { kind: "command", name: "Mixed", argument: "x" }],
  ["/thinking  off now", { kind: "command", name: "thinking", argument: "off now" }],
  ["help", { kind: "command", name: "help", argument: "" }],
  ["?", { kind: "command", name: "help", argument: "" }],
  ["Exit", { kind: "command", name: "quit", argument: "" }],
  ["/exit", { kind: "command", name: "quit", argument: "" }],
  ["help me", { kind: "prompt", text: "help me" }],
  ["/", { kind: "mistake", message: "A command needs a name behind its slash. /help lists all." }],
  ["/tool", { kind: "mistake", message: "There is no command /tool. Did you mean /tools? /help lists all." }],
  ["/too", { kind: "mistake", message: "There is no command /too. Did you mean /tools? /help lists all." }],
  ["/to", { kind: "mistake", message: "There is no command /to. /help lists all." }],
  ["/hlep", { kind: "mistake", message: "There is no command /hlep. Did you mean /help? /help lists all." }],
  [
    "/thinkink",
    { kind: "mistake", message: "There is no command /thinkink. Did you mean /thinking? /help lists all." },
  ],
  [
    "/thkinkig",
    { kind: "mistake", message: "There is no command /thkinkig. Did you mean /thinking? /help lists all." },
  ],
  [
    "/think",
    { kind: "mistake", message: "There is no command /think. Did you mean /thinking? /help lists all." },
  ],
  ["/th", { kind: "mistake", message: "There is no command /th. /help lists all." }],
  ["/model", { kind: "mistake", message: "There is no command /model. /help lists all." }],
  ["/tmp is full", { kind: "prompt", text: "/tmp is full" }],
  ["/etc/hosts", { kind: "prompt", text: "/etc/hosts" }],
  ["2", { kind: "prompt", text: "second", note: "second" }],
  ["3", { kind: "mistake", message: "There is no prompt 3; type 1 to 2, or your own words." }],
  ["0", { kind: "mistake", message: "There is no prompt 0; type 1 to 2, or your own words." }],
  ["2026", { kind: "prompt", text: "2026" }],
])("%j", (text, expected) => {
  expect(asked(text)).toMatchObject(expected);
});

test("of what is pasted only the rest of a command that was typed is one", () => {
  const note = "What is pasted is a prompt, not a command.";
  expect(asked("/tools", 0)).toEqual({ kind: "prompt", text: "/tools", note });
  expect(asked("/thinking off", 10)).toEqual({ kind: "command", name: "thinking", argument: "off" });
  expect(asked("  /thinking off", 12)).toEqual({ kind: "command", name: "thinking", argument: "off" });
  expect(asked("/thinking off\nand on", 10)).toEqual({ kind: "prompt", text: "/thinking off\nand on", note });
  expect(asked("/thin", 3)).toEqual({ kind: "prompt", text: "/thin" });
  expect(asked("/tools", 3)).toEqual({ kind: "prompt", text: "/tools", note });
  expect(asked("2", 0)).toEqual({ kind: "prompt", text: "2" });
  expect(asked("3", 0)).toEqual({ kind: "prompt", text: "3" });
});

function newCommands(): Commands {
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "k" } }));
  const screen = new Screen({ write: () => {} });
  const agent = defineAgent({
    name: "t",
    instructions: "x",
    tools: [],
    extensions: [
      {
        name: "e",
        commands: {
          ids: { description: "ids", complete: () => ["id_2", "id_1", "id_1"], run: () => "" },
          broken: {
            description: "throws",
            run: () => "",
            complete() {
              throw new Error("no");
            },
          },
        },
      },
    ],
  });
  const workspace = new Workspace(temporaryFolder());
  return new Commands({
    agent,
    session,
    workspace,
    renderer: new Renderer(screen, session),
    secrets: [],
    quit: () => {},
  });
}

test.each<[string, string[], string]>([
  ["/to", ["/tools "], "/to"],
  ["/t", ["/thinking", "/tools", "/trace"], "/t"],
  ["", ["1", "2"], ""],
  ["2", ["2 "], "2"],
  ["/ids ", ["id_1", "id_2"], ""],
  ["/IDS id_2", ["id_2 "], "id_2"],
  ["/thinking o", ["off", "on"], "o"],
  ["/broken ", [], ""],
  ["/tools ", [], ""],
  ["look at id_", ["id_1", "id_2"], "id_"],
  ["look at ", [], ""],
  ["x", [], "x"],
])("Tab after %j", async (start, words, word) => {
  expect(await completionsOf(start, newCommands(), card)).toEqual([words, word]);
});
