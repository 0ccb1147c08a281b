// What stands behind a command that takes nothing: it is refused, so that nobody believes it was heeded.
import { expect, test } from "vitest";
import { createModelClient, defineAgent, Session, Workspace } from "../src/index.ts";
import { Commands } from "../src/terminal/commands.ts";
import { Renderer } from "../src/terminal/renderer.ts";
import { Screen } from "../src/terminal/screen.ts";
import { temporaryFolder } from "../src/testing.ts";

test("a command that takes nothing is not run with something behind it, and says so", async () => {
  const session = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "k" } }));
  let ran = 0;
  let left = 0;
  const own = {
    bare: { description: "", run: () => `bare ${(ran += 1)}` },
    drawn: {
      description: "",
      isAlone: true,
      run: (_: string, __: Session, columns = 0) => `drawn ${columns}`,
    },
    full: { description: "", run: (argument: string) => `full ${argument}` },
    told: { description: "", run: () => "", prompt: (argument: string) => `Do ${argument}` },
  };
  const extensions = [{ name: "e", commands: own }];
  const commands = new Commands({
    agent: defineAgent({ name: "t", instructions: "x", tools: [], extensions }),
    session,
    workspace: new Workspace(temporaryFolder()),
    renderer: new Renderer(new Screen({ write: () => {} }), session),
    secrets: [],
    quit: () => void (left += 1),
  });
  session.addPrompt("kept");
  for (const [name, extra] of [
    ["cost", "x"],
    ["clear", "all"],
    ["quit", "now"],
    ["bare", "a b"],
    ["drawn", "x"],
  ] as const)
    expect(await commands.run(name, `${extra} `)).toEqual({
      mistake: `/${name} ${extra}: expected nothing behind /${name}.`,
    });
  expect([session.messages.length, left, ran]).toEqual([1, 0, 0]);
  expect(await commands.run("bare", "  ")).toBe("bare 1");
  expect(await commands.run("drawn", "")).toMatch(/^drawn \d+$/);
  expect(await commands.run("full", "x")).toBe("full x");
  expect(await commands.run("told", "x")).toEqual({ prompt: "Do x" });
});
