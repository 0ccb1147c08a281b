import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, script, type MessageRequest } from "@course/offline-model/test";
import {
  baseTools,
  blocksOf,
  defineAgent,
  promptTokens,
  type Extension,
  type Workspace,
} from "@course/runtime";
import { openSession, offeredTools, temporaryFolder } from "@course/runtime/testing";
import { skills } from "@course/s05-skills";
import { memory } from "@course/s09-memory";
import { environment, rules, systemPrompt, toolUse } from "@course/s10-system-prompt";
import { beforeEach, expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";

// What stands in the home of whoever runs the tests must not decide them.
beforeEach(() => void (process.env["HOME"] = temporaryFolder()));

function project(): string {
  const root = temporaryFolder();
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@localhost", ...args], {
      cwd: root,
      stdio: "ignore",
    });
  for (const [path, content] of [
    ["CLAUDE.md", `Use tabs.\n${"A long rule that fills the prompt. ".repeat(40)}`],
    [".claude/skills/ship/SKILL.md", "---\nname: ship\ndescription: Ships it.\n---\nx\n"],
    [".memory/pnpm.md", "---\nname: pnpm\ndescription: Uses pnpm.\ntype: user\n---\nx\n"],
  ] as const) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  writeFileSync(join(root, ".gitignore"), ".memory\n");
  git("init", "-q", "--initial-branch=main");
  git("add", "-A");
  git("commit", "-qm", "x");
  return root;
}

const prefixOf = ({ system, tools }: MessageRequest) => JSON.stringify({ system, tools });
const systemOf = (request: Pick<MessageRequest, "system"> | undefined) =>
  typeof request?.system === "string" ? request.system : JSON.stringify(request?.system);
const blocks = (request: MessageRequest | undefined) => (request?.messages ?? []).flatMap(blocksOf);
const texts = (request: MessageRequest | undefined) =>
  blocks(request).flatMap((block) => (block.type === "text" ? [block.text] : []));

test("offers the base tools, load_skill and save_memory", () => {
  expect(offeredTools(createAgent)).toEqual([
    "bash",
    "read_file",
    "write_file",
    "edit_file",
    "load_skill",
    "save_memory",
  ]);
});

test("the sections stand in one order, each once", async () => {
  const model = script(say("ok"));
  const open = await openSession(createAgent, model, project());
  await open.run("go");
  const system = systemOf(model.requests[0]);
  const places = ["You are a coding agent", "How you work", "How you use tools", "- ship:", "Uses pnpm."].map(
    (text) => system.indexOf(text),
  );
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places).not.toContain(-1);
  expect(system.split("How you work")).toHaveLength(2);
  expect(system).not.toContain("Use tabs");
  await open.close();
});

const sectionAfterIdentity = (system: string) => system.split("\n\n")[1]?.split("\n")[0];

test("in whatever order extensions are named, the sections are the same, and others follow", async () => {
  const createIn = (turn: (list: unknown[]) => unknown[]) => (workspace: Workspace) => {
    const other = { name: "other", systemPrompt: () => "Of another chapter." };
    const list = [other, rules(), toolUse(), skills(workspace), memory(workspace), systemPrompt()];
    return defineAgent({
      name: "x",
      instructions: "Identity.",
      tools: baseTools(workspace),
      extensions: turn(list) as typeof list,
    });
  };
  const root = project();
  const systems = [];
  for (const turn of [(list: unknown[]) => list, (list: unknown[]) => list.toReversed()]) {
    const model = script(say("ok"));
    const open = await openSession(createIn(turn), model, root);
    await open.run("go");
    systems.push(systemOf(model.requests[0]));
    await open.close();
  }
  const firstSections = systems.map(sectionAfterIdentity);
  expect(firstSections, "what follows the identity, in two agents with the same sections").toEqual([
    "How you work:",
    "How you work:",
  ]);
  expect(systems[1]).toBe(systems[0]);
  expect(systems[0]).toMatch(/^Identity\..*Of another chapter\.$/s);
});

/** Twenty runs, in which the date, the branch, files, a skill and CLAUDE.md change. */
async function twentyRuns(root: string) {
  let day = new Date(2026, 10, 25, 23, 50);
  const model = script(
    ...Array.from({ length: 19 }, (_, index) => say(`answer ${index}`)),
    [call("bash", { command: "true" })],
    say("end"),
  );
  const open = await openSession(
    (workspace) =>
      defineAgent({
        ...createAgent(workspace),
        extensions: createAgent(workspace).extensions.map((extension) =>
          extension.name === "environment" ? environment(workspace, () => day) : extension,
        ),
      }),
    model,
    root,
  );
  for (let count = 0; count < 20; count++) {
    if (count === 5) day = new Date(2026, 10, 26, 0, 10);
    if (count === 8) execFileSync("git", ["checkout", "-q", "-b", "feature"], { cwd: root });
    if (count === 11) writeFileSync(join(root, "new.txt"), "x");
    if (count === 14) writeFileSync(join(root, "CLAUDE.md"), "Use spaces.");
    if (count === 16)
      writeFileSync(join(root, ".claude/skills/ship/SKILL.md"), "---\nname: ship\ndescription: No.\n---\n");
    await open.run(`prompt ${count}`);
  }
  await open.close();
  return { model, usage: open.session.usage };
}

test("the prefix is the same to the byte over twenty runs, and each request only adds to the one before", async () => {
  const { model } = await twentyRuns(project());
  expect(model.requests).toHaveLength(21);
  expect(new Set(model.requests.map(prefixOf)).size).toBe(1);
  const sent = model.requests.map((request) => JSON.stringify(blocks(request)).slice(0, -1));
  for (const [index, longer] of sent.entries()) expect(longer.startsWith(sent[index - 1] ?? "")).toBe(true);
});

test("what changed is told once, at the start of the run in which it has changed", async () => {
  const { model } = await twentyRuns(project());
  const notes = texts(model.requests.at(-1)).filter((text) => text.startsWith("<environment>"));
  expect(
    notes.map((note) => note.split("\n").slice(1, -1)),
    "each note must hold what is new, and nothing else",
  ).toEqual([
    ["date: 2026-11-25", expect.stringMatching(/^folder: \//), "git branch: main", "git status: clean"],
    ["date: 2026-11-26"],
    ["git branch: feature"],
    ["git status: ", "  ?? new.txt"],
    ["git status: ", "   M CLAUDE.md", "  ?? new.txt"],
    ["git status: ", "   M .claude/skills/ship/SKILL.md", "   M CLAUDE.md", "  ?? new.txt"],
  ]);
  const all = texts(model.requests.at(-1));
  expect(all[all.indexOf("<environment>\ndate: 2026-11-26\n</environment>") + 1]).toBe("prompt 5");
});

test("all but the new end of each prompt is read from the cache, which saves most of the bill", async () => {
  const { usage } = await twentyRuns(project());
  const { total, turns } = usage;
  expect(turns).toBe(21);
  expect(total.cacheRead / promptTokens(total)).toBeGreaterThan(0.9);
  const billed = total.input + total.cacheRead * 0.1 + total.cacheWrite * 1.25;
  expect(billed / promptTokens(total)).toBeLessThan(0.25);
});

test("a date in the system prompt, as a bad section has it, makes every call pay for all of it again", async () => {
  // The alternative that fails: what changes stands at the beginning, in each request anew.
  let tick = 0;
  const model = script(...Array.from({ length: 5 }, () => say("ok")));
  const open = await openSession(
    (workspace) => {
      const agent = createAgent(workspace);
      const clock: Extension = {
        name: "clock",
        wrapModelCall: ({ params, ...rest }, next) =>
          next({
            ...rest,
            params: { ...params, system: `It is ${tick++} o'clock.\n${systemOf(params)}` },
          }),
      };
      return defineAgent({ ...agent, extensions: [...agent.extensions, clock] });
    },
    model,
    project(),
  );
  for (let count = 0; count < 5; count++) await open.run("go");
  const { total } = open.session.usage;
  // The tools stand before the system prompt and may still be read.
  expect(total.cacheRead / promptTokens(total)).toBeLessThan(0.5);
  await open.close();
});

test("/prompt shows the stack with owner, tokens and what was cached; /prompt all names the owner of each line", async () => {
  const open = await openSession(createAgent, script(say("1"), say("2")), project());
  const prompt = (argument = "") =>
    open.agent.extensions
      .find(({ name }) => name === "system-prompt")
      ?.commands?.["prompt"]?.run(argument, open.session);
  expect(await prompt()).toContain("Nothing was sent yet.");
  await open.run("one");
  expect(await prompt()).toMatch(/\n1 call sent /);
  await open.run("two");
  await expect(prompt("foo")).rejects.toThrow("/prompt foo: expected all, or nothing.");
  const found = open.agent.extensions.find(({ name }) => name === "system-prompt")?.commands?.["prompt"];
  expect(await found?.complete?.()).toEqual(["all"]);
  const stack = String(await prompt());
  for (const row of [
    /│ tools +bash +s10 +~\d+ cached │/,
    /│ +save_memory +memory +~\d+ cached │/,
    /│ system +identity +s10 +~\d+ cached │/,
    /│ +skills +skills +~\d+ cached │/,
    /│ first message +project-instructions +project-instructions +~\d+ cached │/,
    /│ +your prompt +you +~\d+ cached │/,
    /2 calls sent [\d,]+ tokens, [\d,]+ of them from the cache: billed as [\d,]+ \(\d+% less\)/,
  ])
    expect(stack).toMatch(row);
  expect(
    new Set(
      stack
        .split("\n")
        .slice(0, -1)
        .map((line) => line.length),
    ).size,
  ).toBe(1);
  const all = String(await prompt("all"));
  expect(all).toMatch(/^ +rules │ - Do what was asked/m);
  expect(all).toMatch(/^ +project-instructions │ Use tabs\./m);
  await open.close();
});

test("--explain shows the prefix that is then sent", async () => {
  const model = script(say("ok"));
  const open = await openSession((workspace) => createAgent(workspace, { explain: true }), model, project());
  const shown = open.events.flatMap((event) => (event.type === "display" ? [event.text] : [])).join("\n");
  await open.run("go");
  for (const line of systemOf(model.requests[0]).split("\n")) expect(shown).toContain(line);
  for (const { name } of model.requests[0]?.tools ?? []) expect(shown).toContain(name);
  await open.close();
});
