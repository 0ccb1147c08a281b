// What stands above the prompt and before it: the chapter, its prompts, and what extensions say of themselves.
import { expect, test } from "vitest";
import { createModelClient, defineAgent, Workspace, type Extension } from "../src/index.ts";
import { showBanner, showPrompts, statusLabel } from "../src/terminal/banner.ts";
import { temporaryFolder } from "../src/testing.ts";
import { card, newScreen, tool } from "./new-screen.ts";

test("the banner names the chapter, its tools, the model and why, what extensions say, and the folder", () => {
  const agent = defineAgent({
    name: "s99",
    instructions: "",
    tools: ["alpha", "beta", "gamma", "delta"].map(tool),
    extensions: [{ name: "quiet" }, { name: "e", banner: "an extension's line" }],
  });
  const root = temporaryFolder();
  const { screen, seen } = newScreen({ columns: 32 });
  const show = (options: Parameters<typeof createModelClient>[0]) =>
    showBanner(card, agent, createModelClient(options), new Workspace(root), screen);
  show({ env: { ANTHROPIC_API_KEY: "k" } });
  expect(seen()).toEqual([
    "s99 Title · stage · edition 1",
    "An insight.",
    "",
    "tools   alpha, beta, gamma,",
    "        delta",
    "model   claude-sonnet-5-5 at",
    expect.stringMatching(/^ {8}api\.anthropic\.com/),
    "        (ANTHROPIC_API_KEY is",
    "        set)",
    "        an extension's line",
    expect.stringMatching(/^folder {2}\/\S+/),
    "",
  ]);
  show({ env: {}, startOfflineModel: () => Promise.reject(new Error("not now")) });
  expect(seen()).toContain("        a script, not a language model: it knows this chapter's prompts");
});

test("the prompts of the card are numbered, with what each needs, in as many lines as they take", () => {
  const { screen, seen } = newScreen({ columns: 32 });
  showPrompts(card, screen);
  expect(seen().slice(1)).toEqual([
    "  1  the first of them",
    "  2  second (with --x 1; after:",
    "     /one, then /two)",
  ]);
  showPrompts({ ...card, tryIt: [{ prompt: "one flag", effect: {}, flags: ["--x"] }] }, screen);
  expect(seen().at(-1)).toBe("  1  one flag (with --x)");
  const ten = Array.from({ length: 10 }, (_, index) => ({
    prompt: `do ${"it ".repeat(10)}${index}`,
    effect: {},
  }));
  showPrompts({ ...card, tryIt: ten }, screen);
  const lines = seen();
  expect(lines.slice(-3)).toEqual(["      it it 8", "  10  do it it it it it it it it", "      it it 9"]);
  expect(lines).toContain("   1  do it it it it it it it it");
});

test("the prompt shows what extensions say of themselves; one that throws is named", () => {
  const { screen, seen } = newScreen({ columns: 40 });
  const label = (...extensions: Extension[]) =>
    JSON.stringify(statusLabel(defineAgent({ name: "t", instructions: "", tools: [], extensions }), screen));
  let made = 0;
  const says = (status: string | undefined): Extension => ({ name: `e${(made += 1)}`, status: () => status });
  expect(label(says(undefined))).not.toContain("(");
  expect(label(says("one"), says(undefined), says("two\n"))).toContain(" (one, two ⏎)");
  expect(label(says("x".repeat(50)))).toContain(` (${"x".repeat(19)}…)`);
  const broken: Extension = {
    name: "broken",
    status() {
      throw new Error("no");
    },
  };
  expect(label(broken, says("one"))).toContain(" (one)");
  expect(seen()).toEqual(["broken has no status: no"]);
});

test("whose chapters the learner's own code is in, the banner says, in as much room as there is", () => {
  const agent = defineAgent({ name: "s99", instructions: "", tools: [] });
  const { screen, seen } = newScreen({ columns: 32 });
  const show = (mine?: { chapters: string }) => {
    const model = createModelClient({ env: { ANTHROPIC_API_KEY: "k" } });
    showBanner(card, agent, model, new Workspace(temporaryFolder()), screen, mine);
    return seen().filter((line) => /^(yours|folder)/.test(line));
  };
  expect(show()).toEqual([expect.stringMatching(/^folder/)]);
  expect(show({ chapters: "s04, s13" })).toEqual(["yours   s04, s13", expect.stringMatching(/^folder/)]);
  expect(show({ chapters: `s04 ${"x".repeat(40)}` })[0]).toBe(`yours   s04 ${"x".repeat(19)}…`);
});
