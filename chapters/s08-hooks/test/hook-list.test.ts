// What /hooks shows of each hook: what it is for, from which file, and what it did.
import { call, say } from "@course/offline-model/test";
import { expect, test } from "vitest";
import { open, record, touch, type HookSpec } from "./open.ts";

/** What /hooks shows below the row of each hook, after one call that it may hear of. */
async function shown(spec: HookSpec, event = "PreToolUse", turn = touch): Promise<string[]> {
  const opened = await open({ events: { [event]: [spec] }, turns: [turn, say("done")] });
  const command = opened.agent.extensions.flatMap(({ commands }) => commands?.["hooks"] ?? [])[0];
  await opened.run("go");
  const text = await command?.run("", opened.session);
  await opened.close();
  return (text ?? "").split("\n").filter((line) => line.includes("settings.json: "));
}

const after = (words: string) => [expect.stringMatching(new RegExp(`settings\\.json: ${words}$`))];

test.each<[string, string, string, string?]>([
  ["has run", record, "ran 1"],
  ["has blocked by its exit code", "echo no >&2; exit 2", "ran 1, blocked 1"],
  [
    "has denied",
    `echo '{"hookSpecificOutput": {"hookEventName": "PreToolUse", "permissionDecision": "deny"}}'`,
    "ran 1, blocked 1",
  ],
  ["has failed", "exit 1", "ran 1, failed 1, last: .*exit code 1.*"],
  ["had nothing to hear", record, "has not run", "PostToolUseFailure"],
])("a hook that %s", async (_, command, words, event) => {
  expect(await shown({ command }, event)).toEqual(after(words));
});

test("a hook of calls that fail is matched by the tool's name", async () => {
  const fails = call("bash", { command: "exit 3" });
  const heard = (matcher: string) => shown({ command: record, matcher }, "PostToolUseFailure", fails);
  expect([await heard("Bash"), await heard("Read")]).toEqual([after("ran 1"), after("has not run")]);
});

test("a long matcher is kept apart from its command", async () => {
  const opened = await open({
    events: { PreToolUse: [{ command: "true", matcher: "mcp__.*__add_comment" }] },
    turns: [],
  });
  const command = opened.agent.extensions.flatMap(({ commands }) => commands?.["hooks"] ?? [])[0];
  expect(await command?.run("", opened.session)).toContain("mcp__.*__add_comment  true\n");
  await opened.close();
});
