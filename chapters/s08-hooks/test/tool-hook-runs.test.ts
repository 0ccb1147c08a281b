// Which hooks run around a tool call, what they read, and how they run.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { call, say } from "@course/offline-model/test";
import { expect, test } from "vitest";
import { made, open, record, touch, type HookSpec } from "./open.ts";

test("what a hook reads before and after a call has Claude Code's fields, under its names of tools", async () => {
  const hook = await open({
    events: { PreToolUse: [{ command: record }], PostToolUse: [{ command: record }] },
    turns: [
      call("bash", { command: "echo hi" }),
      call("write_file", { file_path: "a.txt", content: "one" }),
      call("edit_file", { file_path: "a.txt", old_string: "one", new_string: "two" }),
      call("read_file", { file_path: "a.txt" }),
      say("ok"),
    ],
  });
  await hook.run("go");
  const inputs = hook.inputs();
  const { root } = hook.workspace;
  expect(
    inputs.map(({ hook_event_name: event, tool_name: name }) => `${String(event)} ${String(name)}`),
  ).toEqual(
    ["Bash", "Write", "Edit", "Read"].flatMap((name) => [`PreToolUse ${name}`, `PostToolUse ${name}`]),
  );
  expect(inputs[0]).toMatchObject({
    session_id: expect.stringMatching(/^[\da-f-]{36}$/) as string,
    cwd: root,
    permission_mode: "default",
    tool_input: { command: "echo hi" },
    tool_use_id: expect.any(String) as string,
  });
  expect(inputs[1]?.["tool_response"]).toEqual({ stdout: "hi", stderr: "", interrupted: false });
  expect(inputs[3]).toMatchObject({
    tool_input: { file_path: join(root, "a.txt"), content: "one" },
    tool_response: { filePath: join(root, "a.txt"), success: true },
  });
  const transcript = readFileSync(String(inputs[0]?.["transcript_path"]), "utf8").trim().split("\n");
  expect(JSON.parse(transcript[0] ?? "")).toMatchObject({
    type: "user",
    message: { role: "user", content: [{ type: "text", text: "go" }] },
  });
  await hook.close();
});

test("a failing command and a tool that refuses are PostToolUseFailure, a refused call is neither", async () => {
  const guard = "jq -e '.tool_input.command | test(\"^touch\")' > /dev/null || exit 0; exit 2";
  const hook = await open({
    events: {
      PreToolUse: [{ matcher: "Bash", command: guard }],
      PostToolUse: [{ command: record }],
      PostToolUseFailure: [{ command: record }],
    },
    turns: [
      call("bash", { command: "echo oops >&2; exit 3" }),
      call("edit_file", { file_path: "none.txt", old_string: "a", new_string: "b" }),
      touch,
      say("ok"),
    ],
  });
  await hook.run("go");
  expect(hook.inputs()).toMatchObject([
    {
      hook_event_name: "PostToolUseFailure",
      tool_name: "Bash",
      error: "oops\n[exit code 3]",
      is_interrupt: false,
    },
    { hook_event_name: "PostToolUseFailure", tool_name: "Edit", is_interrupt: false },
  ]);
  await hook.close();
});

test.each<[string, HookSpec, boolean]>([
  ["a command that the rule means", { command: "exit 2", if: "Bash(touch:*)" }, false],
  ["another command", { command: "exit 2", if: "Bash(git:*)" }, true],
  ["another tool", { command: "exit 2", if: "Edit(./src/**)" }, true],
])("if: %s", async (_, spec, runs) => {
  const hook = await open({ events: { PreToolUse: [spec] }, turns: [touch, say("ok")] });
  await hook.run("go");
  expect(made(hook.workspace.root)).toBe(runs);
  await hook.close();
});

test("if: a command line that nobody can be sure of is meant, too", async () => {
  const hook = await open({
    events: { PreToolUse: [{ command: "exit 2", if: "Bash(touch:*)" }] },
    turns: [call("bash", { command: "t=touch; $t made" }), say("ok")],
  });
  await hook.run("go");
  expect(made(hook.workspace.root)).toBe(false);
  await hook.close();
});

test("matching hooks run side by side", async () => {
  const meet = (own: string, other: string) => `touch ${own}; until [ -e ${other} ]; do sleep 0.02; done`;
  const hook = await open({
    events: {
      PreToolUse: [
        { command: meet("x", "y"), timeout: 20 },
        { command: meet("y", "x"), timeout: 20 },
      ],
    },
    turns: [touch, say("ok")],
  });
  await hook.run("go");
  expect(hook.notices()).toEqual([]);
  expect(made(hook.workspace.root)).toBe(true);
  await hook.close();
});

test("an interrupt while a hook runs ends the hook, and the tool does not run", async () => {
  const hook = await open({
    events: { PreToolUse: [{ command: "touch begun; sleep 60" }] },
    turns: [touch, say("ok")],
  });
  hook.session.on((event) => {
    if (event.type === "tool_started") setTimeout(() => hook.session.interrupt(), 300);
  });
  expect(await hook.run("go")).toMatchObject({ ending: "interrupted" });
  expect(made(hook.workspace.root)).toBe(false);
  await hook.close();
});
