import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { call, say } from "@course/offline-model/test";
import { ORDER, type Answer, type Question } from "@course/runtime";
import { expect, test } from "vitest";
import { open, record, type HookSpec } from "./open.ts";

const touch = call("bash", { command: "touch made" });
const made = (root: string) => existsSync(join(root, "made"));

const answering = (inner: object) =>
  `echo '${JSON.stringify({ hookSpecificOutput: { hookEventName: "PreToolUse", ...inner } })}'`;

test("exit code 2 before a call: the tool does not run, and the model reads stderr", async () => {
  const hook = await open({
    events: { PreToolUse: [{ matcher: "Bash", command: "echo not on Fridays >&2; exit 2" }] },
    turns: [touch, say("ok")],
  });
  await hook.run("go");
  expect(hook.results(), "the call must be answered with the hook's reason").toEqual([
    "A hook refused this call: not on Fridays",
  ]);
  expect(made(hook.workspace.root)).toBe(false);
  await hook.close();
});

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
    tool_input: { file_path: "a.txt", content: "one" },
    tool_response: { filePath: "a.txt", success: true },
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

test("after a call, exit code 2 tells the model and takes nothing back", async () => {
  const hook = await open({
    events: { PostToolUse: [{ matcher: "Bash", command: "echo look at made >&2; exit 2" }] },
    turns: [touch, say("ok")],
  });
  await hook.run("go");
  expect(made(hook.workspace.root)).toBe(true);
  expect(hook.injected()).toEqual(["<hook-feedback>\nPostToolUse hook: look at made\n</hook-feedback>"]);
  await hook.close();
});

test("updatedInput takes the place of the whole input, of two the last in file order", async () => {
  const hook = await open({
    events: {
      PreToolUse: [
        { command: `sleep 0.2; ${answering({ updatedInput: { command: "touch first" } })}` },
        { command: answering({ updatedInput: { command: "touch second" } }) },
      ],
    },
    turns: [touch, say("ok")],
  });
  await hook.run("go");
  const { root } = hook.workspace;
  expect(["made", "first", "second"].filter((name) => existsSync(join(root, name)))).toEqual(["second"]);
  expect(hook.notices().join()).toContain('A hook changed the input of bash: {"command":"touch second"}');
  await hook.close();
});

test.each<[string, string[], boolean]>([
  ["deny over allow", ["allow", "deny"], false],
  ["deny over ask", ["deny", "ask"], false],
  ["allow alone", ["allow"], true],
])("%s", async (_, decisions, runs) => {
  const hooks = decisions.map((permissionDecision) => ({
    command: answering({ permissionDecision, permissionDecisionReason: `because of ${permissionDecision}` }),
  }));
  const hook = await open({ events: { PreToolUse: hooks }, turns: [touch, say("ok")] });
  await hook.run("go");
  expect(made(hook.workspace.root), "whether the command ran").toBe(runs);
  if (!runs) expect(hook.results()).toEqual(["A hook refused this call: because of deny"]);
  await hook.close();
});

test.each(["Yes", "No", "nobody"])("ask without permissions asks the user itself: %s", async (choice) => {
  const questions: Question[] = [];
  const hook = await open({
    events: {
      PreToolUse: [
        { command: answering({ permissionDecision: "allow" }) },
        { command: answering({ permissionDecision: "ask", permissionDecisionReason: "sure?" }) },
      ],
    },
    turns: [touch, say("ok")],
  });
  if (choice !== "nobody")
    hook.session.setHuman((question): Promise<Answer> => {
      questions.push(question);
      return Promise.resolve({ choice });
    });
  await hook.run("go");
  expect(made(hook.workspace.root)).toBe(choice === "Yes");
  if (choice === "nobody") expect(hook.results()[0]).toContain("a hook wants you to be asked (sure?)");
  else expect(questions[0]?.text).toContain("touch made");
  await hook.close();
});

test("continue false ends the run: what else the reply asks for does not run, and the model is not called again", async () => {
  const hook = await open({
    events: {
      PostToolUse: [
        { matcher: "Bash", command: `echo '{"continue": false, "stopReason": "enough for today"}'` },
      ],
    },
    turns: [[touch, call("write_file", { file_path: "b", content: "b" })], say("never")],
  });
  const outcome = await hook.run("go");
  expect(outcome).toMatchObject({ ending: "failed", answer: "A hook stopped this run: enough for today" });
  expect(existsSync(join(hook.workspace.root, "b"))).toBe(false);
  expect(hook.events.filter(({ type }) => type === "model_ended")).toHaveLength(1);
  // The next prompt is a new run.
  expect(await hook.run("again")).toMatchObject({ ending: "completed" });
  await hook.close();
});

test("a flat permissionDecision decides nothing, and the notice says where it belongs", async () => {
  const hook = await open({
    events: { PreToolUse: [{ command: `echo '{"permissionDecision": "deny"}'` }] },
    turns: [touch, say("ok")],
  });
  await hook.run("go");
  expect(made(hook.workspace.root)).toBe(true);
  expect(hook.notices().join()).toContain(
    'permissionDecision must be in hookSpecificOutput, with hookEventName "PreToolUse"',
  );
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

test("additionalContext over 10,000 characters is cut, and the rest is in a file", async () => {
  const hook = await open({
    events: {
      PreToolUse: [
        {
          command: `node -e 'console.log(JSON.stringify({hookSpecificOutput:{hookEventName:"PreToolUse",additionalContext:"x".repeat(90000)}}))'`,
        },
      ],
    },
    turns: [touch, say("ok")],
  });
  await hook.run("go");
  const [note = ""] = hook.injected();
  expect(note.length).toBeLessThan(10_300);
  const file = /are in (\S+?)\]/.exec(note)?.[1] ?? "";
  expect(readFileSync(join(hook.workspace.root, file), "utf8")).toHaveLength(90_000);
  await hook.close();
});

test("a refusal over 10,000 characters is cut, too", async () => {
  const hook = await open({
    events: { PreToolUse: [{ command: "head -c 500000 /dev/zero | tr '\\0' x >&2; exit 2" }] },
    turns: [touch, say("ok")],
  });
  await hook.run("go");
  expect(hook.results()[0]?.length).toBeLessThan(10_300);
  await hook.close();
});

test("hooks stand outside of permissions by their place in the order", () => {
  expect(ORDER.hooks).toBeLessThan(ORDER.permissions);
});
