// What the answers of hooks around a tool call do: refuse, change, ask, tell, end the run.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { call, say } from "@course/offline-model/test";
import { ORDER, type Answer, type Question } from "@course/runtime";
import { expect, test } from "vitest";
import { made, open, touch } from "./open.ts";

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
    hook.session.human = (question): Promise<Answer> => {
      questions.push(question);
      return Promise.resolve({ choice });
    };
  await hook.run("go");
  expect(made(hook.workspace.root)).toBe(choice === "Yes");
  const [result] = hook.events.flatMap((event) => (event.type === "tool_ended" ? [event.result] : []));
  expect(result?.isError ?? false).toBe(choice !== "Yes");
  if (choice === "nobody") expect(hook.results()[0]).toContain("a hook wants you to be asked (sure?)");
  else
    expect(questions).toMatchObject([
      { text: expect.stringContaining("touch made"), choices: ["Yes", "No"] },
    ]);
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
