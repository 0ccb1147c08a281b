// Hooks that do not do their work. Each costs one clear line, and what that means for the call is shown.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { call, say } from "@course/offline-model/test";
import { isAlive } from "@course/runtime";
import { expect, test } from "vitest";
import { open, type HookSpec } from "./open.ts";

const touch = call("bash", { command: "touch made" });

async function runWith(spec: HookSpec) {
  const hook = await open({ events: { PreToolUse: [spec] }, turns: [touch, say("ok")] });
  await hook.run("go");
  const ran = existsSync(join(hook.workspace.root, "made"));
  await hook.close();
  return { ran, notices: hook.notices(), results: hook.results(), root: hook.workspace.root };
}

const ODD: [string, HookSpec, RegExp][] = [
  ["hangs", { command: "sleep 60", timeout: 0.3 }, /timed out after 0\.3 s/],
  [
    "hangs and does not care for signals",
    { command: "trap '' TERM; sleep 60; sleep 60", timeout: 0.3 },
    /timed out/,
  ],
  ["prints 100 MB", { command: "head -c 100000000 /dev/zero" }, /more than a megabyte/],
  [
    "prints 100 MB of JSON",
    { command: 'printf \'{"a":"\'; head -c 100000000 /dev/zero' },
    /more than a megabyte/,
  ],
  ["prints 100 MB of errors", { command: "head -c 100000000 /dev/zero >&2; exit 1" }, /exit code 1/],
  ["is ended by a signal", { command: "kill -9 $$" }, /ended by SIGKILL/],
  ["is not there", { command: "./nowhere.sh" }, /exit code 127: .*nowhere\.sh/],
  ["is not executable", { command: "echo x > plain; ./plain" }, /exit code 126: .*ermission denied/],
  ["crashes", { command: "node -e 'null.x'" }, /exit code 1: TypeError/],
  ["prints what begins like JSON", { command: "echo '{not json'" }, /begins with \{ and is no JSON/],
  [
    "answers with a wrong type",
    { command: `echo '{"continue": "no"}'` },
    /its JSON is not understood: continue/,
  ],
  [
    "answers with a wrong decision",
    { command: `echo '{"decision": "deny"}'` },
    /its JSON is not understood: decision/,
  ],
  [
    "leaves hookEventName out",
    { command: `echo '{"hookSpecificOutput": {"permissionDecision": "deny"}}'` },
    /hookSpecificOutput needs hookEventName "PreToolUse", not null/,
  ],
  [
    "answers for another event",
    { command: `echo '{"hookSpecificOutput": {"hookEventName": "PostToolUse"}}'` },
    /needs hookEventName "PreToolUse", not "PostToolUse"/,
  ],
];

test.each(ODD)("a hook that %s blocks nothing, and one line says so", async (_, spec, problem) => {
  const { ran, notices } = await runWith(spec);
  expect(notices).toHaveLength(1);
  expect(notices[0]).toMatch(problem);
  expect(notices[0], "the line must say that the guard did not guard").toContain("failed open");
  expect(notices[0]?.split("\n")).toHaveLength(1);
  expect(ran).toBe(true);
});

test("a guard that crashes lets the call pass, and with onFailure block it does not", async () => {
  const crash = "node -e 'null.x'";
  const open = await runWith({ command: crash });
  const closed = await runWith({ command: crash, onFailure: "block" });
  expect(open.ran, "whether the call runs though its hook crashed, as a formatter may").toBe(true);
  expect(closed.ran, "a guard with onFailure block must hold when it crashes").toBe(false);
  expect(closed.results).toEqual([
    expect.stringMatching(/failed \(exit code 1: TypeError.*\), and its onFailure is "block"/),
  ]);
});

test.each(ODD)("with onFailure block, a hook that %s blocks", async (_, spec) => {
  expect((await runWith({ ...spec, onFailure: "block" })).ran).toBe(false);
});

test("exit code 2 blocks though its JSON allows, and though it cannot be read", async () => {
  const allow = `{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"allow"}}`;
  for (const printed of [allow, "{broken"]) {
    const { ran, results } = await runWith({ command: `echo '${printed}'; echo no >&2; exit 2` });
    expect(ran).toBe(false);
    expect(results).toEqual(["A hook refused this call: no"]);
  }
});

test("JSON is read at every exit code", async () => {
  const { ran } = await runWith({ command: `echo '{"decision":"block","reason":"no"}'; exit 7` });
  expect(ran).toBe(false);
});

test("a hook that does not read its input is no error, however long that is", async () => {
  const hook = await open({
    events: { PreToolUse: [{ command: "exec <&-; true" }] },
    turns: [call("write_file", { file_path: "a", content: "x".repeat(3_000_000) }), say("ok")],
  });
  await hook.run("go");
  expect(hook.notices()).toEqual([]);
  await hook.close();
});

test("what a hook leaves running is ended, and one line says so", async () => {
  const { ran, notices, root } = await runWith({ command: "sleep 60 & echo $! > pid" });
  expect(ran).toBe(true);
  expect(notices).toEqual([expect.stringContaining("what it left running was ended")]);
  expect(isAlive(Number(readFileSync(join(root, "pid"), "utf8")))).toBe(false);
});

test("a hook does not get the API key", async () => {
  process.env["ANTHROPIC_API_KEY"] = "secret-key";
  const hook = await open({ events: { SessionStart: [{ command: "env" }] } });
  delete process.env["ANTHROPIC_API_KEY"];
  expect(hook.injected().join()).toContain(`CLAUDE_PROJECT_DIR=${hook.workspace.root}`);
  expect(hook.injected().join()).not.toContain("secret-key");
  await hook.close();
});

test("with args no shell reads the words", async () => {
  const hook = await open({
    events: {
      SessionStart: [
        {
          command: "printf",
          args: ["%s|", "a b", "$HOME", "it's", "${CLAUDE_PROJECT_DIR}/x", "*; touch made"],
        },
      ],
    },
  });
  const { root } = hook.workspace;
  expect(hook.injected().join()).toContain(`a b|$HOME|it's|${root}/x|*; touch made|`);
  expect(existsSync(join(root, "made"))).toBe(false);
  await hook.close();
});
