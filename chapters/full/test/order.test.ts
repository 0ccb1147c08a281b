// The order of the extensions, as the lesson's table has it: each row is a test, with the pair as it is, and swapped.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, script } from "@course/offline-model/test";
import type { Agent, FlagValues, Workspace } from "@course/runtime";
import { openSession, temporaryFolder, type TestSession } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";
import { openFull } from "./program.ts";

type Pair = readonly [first: string, second: string];

/** The agent with two of its extensions in each other's place. */
function swapped(agent: Agent, [first, second]: Pair): Agent {
  const extensions = [...agent.extensions];
  const at = (name: string) => extensions.findIndex((extension) => extension.name === name);
  const [one, other] = [at(first), at(second)];
  [extensions[one], extensions[other]] = [
    extensions[other] as Agent["extensions"][0],
    extensions[one] as Agent["extensions"][0],
  ];
  return { ...agent, extensions };
}

/** A folder with the user's hooks in it. */
function withHooks(hooks: Record<string, string>): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, ".claude"));
  const entries = Object.entries(hooks).map(([event, command]) => [
    event,
    [{ hooks: [{ type: "command", command }] }],
  ]);
  writeFileSync(
    join(folder, ".claude/settings.json"),
    JSON.stringify({ hooks: Object.fromEntries(entries) }),
  );
  return folder;
}

/** Does the same with the agent as it is, and with the pair swapped. */
async function both<T>(
  pair: Pair,
  prepare: () => Promise<{ folder: string; values: FlagValues }>,
  model: () => ReturnType<typeof script>,
  look: (open: TestSession, folder: string) => Promise<T>,
): Promise<{ asItIs: T; swapped: T }> {
  const once = async (change: (agent: Agent) => Agent) => {
    const { folder, values } = await prepare();
    const create = (workspace: Workspace) => change(createAgent(workspace, { trust: true, ...values }));
    const open = await openSession(create, model(), folder);
    const seen = await look(open, folder);
    await open.close();
    return seen;
  };
  return { asItIs: await once((agent) => agent), swapped: await once((agent) => swapped(agent, pair)) };
}

const bypass = { "permission-mode": "bypassPermissions" };

test("sessions before hooks: what a SessionStart hook says would stand where the conversation is to be put back", async () => {
  const held = async () => {
    const folder = withHooks({ SessionStart: "echo welcome" });
    const open = await openFull(script(say("ok")), folder, { trust: true });
    await open.run("Say hi");
    await open.close();
    return { folder, values: { ...bypass, continue: true } };
  };
  const { folder, values } = await held();
  const open = await openFull(script(), folder, { ...values, trust: true });
  expect(open.session.messages.length).toBeGreaterThan(1);
  await open.close();
  const create = (workspace: Workspace) =>
    swapped(createAgent(workspace, { ...values, trust: true }), ["sessions", "hooks"]);
  await expect(openSession(create, script(), folder)).rejects.toThrow(
    "A conversation is taken up before anything is said.",
  );
});

test("sessions before environment: the note that what follows takes the place of what was told would stand behind it", async () => {
  const held = async () => {
    const folder = temporaryFolder();
    const open = await openFull(script(say("ok")), folder);
    await open.run("Say hi");
    await open.close();
    return { folder, values: { ...bypass, continue: true } };
  };
  const notes = async (open: TestSession) => {
    await open.run("And now?");
    return open.events.flatMap((event) =>
      event.type === "injected" ? [/<([\w-]+)>/.exec(event.text)?.[1]] : [],
    );
  };
  const { asItIs, swapped: other } = await both(
    ["sessions", "environment"],
    held,
    () => script(say("ok")),
    notes,
  );
  expect(asItIs).toEqual(["taken-up", "environment"]);
  expect(other).toEqual(["environment", "taken-up"]);
});

test("hooks before permissions: a hook would change a command that was judged already", async () => {
  const change = {
    hookSpecificOutput: { hookEventName: "PreToolUse", updatedInput: { command: "touch made" } },
  };
  const prepare = async () => ({
    folder: withHooks({ PreToolUse: `cat > /dev/null; echo '${JSON.stringify(change)}'` }),
    values: { ...bypass, deny: "Bash(touch:*)" },
  });
  const model = () => script(call("bash", { command: "echo hi" }), say("ok"));
  const wasMade = async (open: TestSession, folder: string) => {
    await open.run("go");
    return existsSync(join(folder, "made"));
  };
  const { asItIs, swapped: other } = await both(["hooks", "permissions"], prepare, model, wasMade);
  expect(asItIs, "the denied command ran").toBe(false);
  expect(other).toBe(true);
});

test("hooks before compaction: a hook would be handed megabytes that the model never sees", async () => {
  const prepare = async () => ({ folder: withHooks({ PostToolUse: "wc -c > size" }), values: bypass });
  const model = () => script(call("read_file", { file_path: "big.txt" }), say("ok"));
  const size = async (open: TestSession, folder: string) => {
    writeFileSync(join(folder, "big.txt"), `${"x".repeat(99)}\n`.repeat(480));
    await open.run("go");
    return Number(readFileSync(join(folder, "size"), "utf8"));
  };
  const { asItIs, swapped: other } = await both(["hooks", "compaction"], prepare, model, size);
  expect(asItIs).toBeLessThan(5_000);
  expect(other).toBeGreaterThan(40_000);
});

test("hooks before environment: a prompt that a hook refuses would leave a note behind", async () => {
  const prepare = async () => ({ folder: withHooks({ UserPromptSubmit: "exit 2" }), values: bypass });
  const left = async (open: TestSession) => {
    expect((await open.run("go")).stopReason).toBe("refused");
    return open.session.messages.length;
  };
  const { asItIs, swapped: other } = await both(["hooks", "environment"], prepare, () => script(), left);
  expect(asItIs).toBe(0);
  expect(other).toBe(1);
});

test("all that stand in the same place may stand in any order", async () => {
  const turns = () =>
    script(
      call("todo", { items: [{ content: "Go on", status: "in_progress" }] }),
      [
        call("task_create", { subject: "One" }),
        call("save_memory", { name: "A", type: "user", description: "a", content: "a" }),
      ],
      call("background_run", { command: "true" }),
      say("ok"),
      say("It ended."),
    );
  const outcomes = [];
  for (const reverse of [false, true]) {
    const create = (workspace: Workspace) => {
      const agent = createAgent(workspace, bypass);
      const placed = agent.extensions.filter(({ order }) => order !== undefined);
      const others = agent.extensions.filter(({ order }) => order === undefined);
      return { ...agent, extensions: [...placed, ...(reverse ? others.reverse() : others)] };
    };
    const open = await openSession(create, turns());
    const { ending } = (await open.runUntilIdle("go")) ?? {};
    const tags = open.events.flatMap((event) =>
      event.type === "injected" ? [/<([\w-]+)/.exec(event.text)?.[1]] : [],
    );
    outcomes.push({
      ending,
      results: open.results().map((text) => text.replace(/bg_\w+|\d{4}-[\dT:.-]+Z/g, "…")),
      tags: new Set(tags),
    });
    await open.close();
  }
  expect(outcomes[1]).toEqual(outcomes[0]);
});
