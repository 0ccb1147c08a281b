import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@course/runtime/testing";
import { loadSettings } from "@course/s07-permissions";
import { Workspace } from "@course/runtime";
import { expect, test } from "vitest";
import { readHookFile } from "../src/hook-settings.ts";

function read(text: string) {
  const root = temporaryFolder();
  const file = join(root, "settings.json");
  writeFileSync(file, text);
  return readHookFile(file, "settings.json", root);
}

const handler = (settings: string, event = "PreToolUse") =>
  `{ "hooks": {\n "${event}": [{ "hooks": [\n { "type": "command", "command": "x"${settings} } ] }] } }`;

test("a file without hooks has none, and one that is not there is none", () => {
  expect(read('{ "permissions": { "deny": ["Bash"] }, "model": "x" }')?.hooks).toEqual([]);
  expect(readHookFile("/nowhere/settings.json", "settings.json", "/")).toBeUndefined();
});

test("every setting of a hook is read", () => {
  const file = read(
    handler(
      ', "args": ["a", "b c"], "timeout": 5, "if": "Bash(git:*)", "onFailure": "block", "statusMessage": "…"',
    ),
  );
  expect(file?.hooks).toMatchObject([
    {
      event: "PreToolUse",
      command: "x",
      args: ["a", "b c"],
      timeoutSeconds: 5,
      if: { text: "Bash(git:*)" },
      onFailure: "block",
      source: "settings.json",
    },
  ]);
});

test("that a failure lets all go on can be said, too", () => {
  expect(read(handler(', "onFailure": "continue"'))?.hooks).toMatchObject([{ onFailure: "continue" }]);
});

test("of what a hook does not say, a failure lets all go on, and every tool is meant", () => {
  const [hook] = read(handler(""))?.hooks ?? [];
  expect(hook).toMatchObject({ onFailure: "continue", args: undefined, timeoutSeconds: undefined });
  expect(hook?.matches("Bash")).toBe(true);
});

test.each([
  ['{ "hooks": [] }', "line 1: hooks: expected an object, not array"],
  ['{ "hooks": {}, "hooks": {} }', 'line 1: "hooks" is there twice'],
  ['{ "hook": {} }', '"hook" is not known here. Expected hooks or disableAllHooks'],
  ['{ "PreToolUse": [] }', '"PreToolUse" is not known here. Expected hooks, with the event in it'],
  ['{\n "hooks": {\n "PreTooluse": [] } }', 'line 3: "PreTooluse" is not known here. Expected PreToolUse'],
  ['{ "hooks": { "Stopps": [] } }', '"Stopps" is not known here. Expected Stop'],
  ['{ "hooks": { "SessonStart": [] } }', '"SessonStart" is not known here. Expected SessionStart'],
  [
    '{ "hooks": { "Stop": {} } }',
    "hooks.Stop: expected a list of groups, each with matcher and hooks, not object",
  ],
  ['{ "hooks": { "Stop": [{ "command": "x" }] } }', '"command" is not known here. Expected matcher or hooks'],
  ['{ "hooks": { "Stop": [{ "matcher": "" }] } }', 'hooks.Stop: expected a list "hooks" in the group'],
  ['{ "hooks": { "Stop": [{ "hooks": [{}] }] } }', 'hooks.Stop: expected a "type"'],
  ['{ "hooks": { "PreToolUse": [{ "matcher": "(", "hooks": [] }] } }', "Invalid regular expression: /(/"],
  [
    '{ "hooks": { "PreToolUse": [{ "matcher": 1, "hooks": [] }] } }',
    "matcher: expected a string, not number",
  ],
  [
    handler(', "type2": 1'),
    'line 3: "type2" is not known here. Expected command, args, timeout, if or onFailure',
  ],
  [handler(', "timeout": "5"'), "hooks.PreToolUse.timeout: expected a number of seconds, not string"],
  [handler(', "timeout": 0'), "timeout: expected more than 0"],
  [handler(', "args": ["a", 1]'), "args: expected a string, not number"],
  [handler(', "args": "a"'), "args: expected a list of strings, not string"],
  [handler(', "onFailure": "deny"'), '"deny" is not known. Expected block or continue'],
  [handler(', "if": "bashh(x)"'), "is no tool"],
  [handler(', "command": "y"'), '"command" is there twice'],
  ['{ "hooks": { "Stop": [{ "hooks": [{ "type": "comand", "command": "x" }] }] } }', '"comand" is not known'],
  ['{ "hooks": { "Stop": [{ "hooks": [{ "type": "command" }] }] } }', 'expected a "command"'],
  ['{ "hooks": { "Stop": [{ "hooks": [{ "type": "command", "command": " " }] }] } }', "it is empty"],
  ['{ "disableAllHooks": "yes" }', "disableAllHooks: expected true or false, not string"],
  ["{", "line 1"],
])("%s is told with file, line and reason", (text, message) => {
  expect(() => read(text)).toThrow(/^settings\.json, line \d+: /);
  expect(() => read(text)).toThrow(message);
});

test.each([
  [
    '{ "hooks": { "Notification": [{ "hooks": [{ "type": "command", "command": "say" }] }] } }',
    "does not happen here",
  ],
  [
    '{ "hooks": { "PostCompact": [{ "hooks": [{ "type": "command", "command": "say" }] }] } }',
    "does not happen here",
  ],
  [
    '{ "hooks": { "SomethingOfNextYear": [{ "hooks": [{ "type": "command", "command": "x" }] }] } }',
    "does not",
  ],
  ['{ "hooks": { "Stop": [{ "hooks": [{ "type": "http", "url": "http://x" }] }] } }', "type http do not run"],
  [
    '{ "hooks": { "Stop": [{ "hooks": [{ "type": "prompt", "prompt": "ok?" }] }] } }',
    "type prompt do not run",
  ],
  [handler(', "async": true'), "in the background"],
  [handler(', "async": true, "timeout": 5'), "in the background"],
  [handler(', "shell": "powershell"'), "not bash"],
  [handler(', "if": "Bash(git:*)"', "Stop"), "for events of tools"],
])("%s is kept as what does not run here, and is no error", (text, reason) => {
  const file = read(text);
  expect(file?.hooks).toEqual([]);
  expect(file?.notRun.map((one) => one.reason).join()).toContain(reason);
});

test("permissions read the same file without a word about hooks, and hooks without one about permissions", () => {
  const root = temporaryFolder();
  mkdirSync(join(root, ".claude"));
  const file = join(root, ".claude/settings.json");
  writeFileSync(file, `{ "permissions": { "deny": ["Bash(rm:*)"] }, ${handler("").slice(1)}`);
  const settings = loadSettings(new Workspace(root), {}, temporaryFolder());
  expect(settings.deny.map(({ text }) => text)).toEqual(["Bash(rm:*)"]);
  expect(settings.notes).toEqual([]);
  expect(readHookFile(file, "settings.json", root)?.hooks).toHaveLength(1);
});
