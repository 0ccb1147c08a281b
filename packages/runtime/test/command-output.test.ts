// What commands print: as wide as the terminal, and what is wrong in their own words.
import { expect, test } from "vitest";
import { createModelClient, defineAgent, Session, ToolError, type Command } from "../src/index.ts";
import { Commands } from "../src/terminal/commands.ts";
import { Renderer } from "../src/terminal/renderer.ts";
import { Screen } from "../src/terminal/screen.ts";
import { temporaryFolder } from "../src/testing.ts";
import { Workspace } from "../src/workspace/workspace.ts";

function open(columns: number, commands: Readonly<Record<string, Command>> = {}) {
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "k" } }));
  const extensions = [{ name: "e", commands }];
  const all = new Commands({
    agent: defineAgent({ name: "t", instructions: "", tools: [], extensions }),
    session,
    workspace: new Workspace(temporaryFolder()),
    renderer: new Renderer(new Screen({ write: () => {}, columns: () => columns }), session),
    secrets: [],
    quit: () => {},
  });
  async function tell(name: string): Promise<string> {
    const said = await all.run(name, "");
    return typeof said === "string" ? said : "mistake" in said ? said.mistake : said.prompt;
  }
  return { session, tell };
}

function count(session: Session): void {
  const usage = { input_tokens: 1_000, output_tokens: 7 };
  session.countReply({ stop_reason: "end_turn", usage } as Parameters<Session["countReply"]>[0], 1);
}

test("/cost keeps to a narrow terminal, and one call is one call", async () => {
  const { tell, session } = open(60);
  count(session);
  count(session.fork("a child with a name that is longer than there is room for"));
  const rows = (await tell("cost")).split("\n");
  expect(rows.filter((row) => row.length > 60)).toEqual([]);
  expect(rows[0]).toMatch(/^ {2}tokens +last call +1 call +others$/);
  const wider = open(65);
  count(wider.session);
  count(wider.session.fork("child"));
  expect(await wider.tell("cost")).toMatch(/^ {2}tokens +last call +1 call +others: 1 call\n/);
});

test("a command is told how many columns there are", async () => {
  const { tell } = open(44, { draw: { description: "", run: (_a, _s, columns = 0) => "=".repeat(columns) } });
  expect(await tell("draw")).toBe("=".repeat(44));
});

test("what a command expects to go wrong is said without more", async () => {
  const run = (error: Error) => () => {
    throw error;
  };
  const { tell } = open(80, {
    wrong: { description: "", run: run(new ToolError("There is no such thing.")) },
    broken: { description: "", run: run(new Error("no luck")) },
  });
  expect(await tell("wrong")).toBe("There is no such thing.");
  expect(await tell("broken")).toBe("/broken failed: no luck");
});
