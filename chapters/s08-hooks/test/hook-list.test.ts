// What /hooks shows of each hook: what it is for, from which file, and what it did.
import { call, say } from "@course/offline-model/test";
import { expect, test } from "vitest";
import { renderHooks } from "../src/hook-list.ts";
import type { Hook } from "../src/hook.ts";
import type { HookRunner, Tally } from "../src/hook-runner.ts";
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

test("the last problem of a hook stays in sight when it runs well again", async () => {
  const opened = await open({
    events: { PreToolUse: [{ command: "[ -e ran ] || { touch ran; exit 1; }" }] },
    turns: [touch, touch, say("done")],
  });
  const command = opened.agent.extensions.flatMap(({ commands }) => commands?.["hooks"] ?? [])[0];
  await opened.run("go");
  expect(await command?.run("", opened.session)).toMatch(/: ran 2, failed 1, last: .*exit code 1/);
  await opened.close();
});

test("a hook of calls that fail is matched by the tool's name", async () => {
  const fails = call("bash", { command: "exit 3" });
  const heard = (matcher: string) => shown({ command: record, matcher }, "PostToolUseFailure", fails);
  expect([await heard("Bash"), await heard("Read")]).toEqual([after("ran 1"), after("has not run")]);
});

test("each row names the event, the matcher and the command in one line, and below them the file", () => {
  const hook = (fields: Partial<Hook>) =>
    ({ event: "PreToolUse", command: "x", source: "settings.json", ...fields }) as Hook;
  const tally: Tally = { ran: 0, blocked: 0, failed: 0, lastProblem: undefined };
  const tallies = new Map([
    [hook({ matcher: "Edit|Write", command: " check\n  --all\n", args: ["a b"] }), tally],
    [
      hook({ event: "Stop", command: "y".repeat(61) }),
      { ...tally, ran: 3, failed: 2, lastProblem: "exit code 1" },
    ],
  ]);
  const other = {
    event: "Notification",
    what: "say hi",
    reason: "this event does not happen here",
    source: "s",
  };
  expect(renderHooks({ tallies } as unknown as HookRunner, [other]).split("\n")).toEqual([
    "  PreToolUse          Edit|Write      check --all a b",
    "                      settings.json: has not run",
    `  Stop                                ${"y".repeat(57)}...`,
    "                      settings.json: ran 3, failed 2, last: exit code 1",
    "  Notification        not run here    say hi",
    "                      s: this event does not happen here",
  ]);
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
