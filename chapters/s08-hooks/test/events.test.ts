// What hooks can do at each event, and which of them run there: https://code.claude.com/docs/en/hooks.
import { temporaryFolder } from "@course/runtime/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EVENT_NAMES, isHookEvent, traitsOf, type HookEvent } from "../src/events.ts";
import { readHookFile } from "../src/hook-settings.ts";
import { HookRunner } from "../src/hook-runner.ts";
import { open, settingsWith, writeJson, type HookSpec, type Opened } from "./open.ts";
import { join } from "node:path";

let opened: Opened;
beforeAll(async () => void (opened = await open({})));
afterAll(() => opened.close());

/** Runs hooks of one event; each reads the field `field` with the value "this". */
async function runAt(event: HookEvent, field: string, ...specs: HookSpec[]): Promise<string[]> {
  const root = temporaryFolder();
  const file = join(root, "settings.json");
  writeJson(file, settingsWith({ [event]: specs }));
  const runner = new HookRunner(opened.workspace, () => ({}));
  runner.use(readHookFile(file, "settings.json", root)?.hooks ?? []);
  const before = opened.notices().length;
  await runner.run({ event, session: opened.session, fields: { [field]: "this" } });
  return opened.notices().slice(before);
}

test.each<[HookEvent, "yes" | "tell" | "no"]>([
  ["SessionStart", "no"],
  ["UserPromptSubmit", "yes"],
  ["PreToolUse", "yes"],
  ["PostToolUse", "tell"],
  ["PostToolUseFailure", "tell"],
  ["Stop", "yes"],
  ["SubagentStart", "no"],
  ["SubagentStop", "yes"],
  ["PreCompact", "yes"],
  ["SessionEnd", "no"],
])(
  "whether a hook of %s stops what comes next (%s) is what the user reads of one that fails",
  async (event, blocks) => {
    const refused = await runAt(event, "", { command: "echo no >&2; exit 2" });
    const name = `${event} hook echo no >&2; exit 2`;
    expect(refused).toEqual(blocks === "no" ? [`${name}: no (nothing can be blocked here)`] : []);
    const open = blocks === "yes" ? " (nothing is blocked: the hook failed open)" : "";
    expect(await runAt(event, "", { command: "exit 1" })).toEqual([
      `${event} hook exit 1: exit code 1${open}`,
    ]);
  },
);

test.each<[HookEvent, string]>([
  ["SessionStart", "source"],
  ["PreToolUse", "tool_name"],
  ["PostToolUse", "tool_name"],
  ["PostToolUseFailure", "tool_name"],
  ["SubagentStart", "agent_type"],
  ["SubagentStop", "agent_type"],
  ["PreCompact", "trigger"],
  ["SessionEnd", "reason"],
])("a matcher of %s is compared with the input's %s", async (event, field) => {
  const specs = ["this", "that"].map((matcher) => ({ matcher, command: `exit 1 # ${matcher}` }));
  expect(await runAt(event, field, ...specs)).toEqual([expect.stringContaining("# this")]);
});

test.each<HookEvent>(["UserPromptSubmit", "Stop"])(
  "a hook of %s runs whatever its matcher is",
  async (event) => {
    expect(await runAt(event, "prompt", { matcher: "that", command: "exit 1" })).toHaveLength(1);
  },
);

test("hooks of prompts have 30 seconds and those of the end 1.5, and the rest the general time", () => {
  const times = EVENT_NAMES.filter(isHookEvent).flatMap((event) => traitsOf(event).seconds ?? []);
  expect(times).toEqual([30, 1.5]);
});
