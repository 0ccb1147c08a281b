import { existsSync } from "node:fs";
import { join } from "node:path";
import { call, say } from "@course/offline-model/test";
import { subagents } from "@course/s04-subagent";
import { expect, test } from "vitest";
import { open, record } from "./open.ts";

const bash = (command: string) => call("bash", { command });

test("what a SessionStart hook prints is context for the model, before its first call", async () => {
  const hook = await open({
    events: {
      SessionStart: [
        { command: `${record}; echo Branch main, two open issues.` },
        { matcher: "clear", command: "echo no" },
      ],
    },
  });
  await hook.run("go");
  expect(hook.inputs()).toMatchObject([{ hook_event_name: "SessionStart", source: "startup" }]);
  expect(JSON.stringify(hook.session.messages[0])).toContain(
    "SessionStart hook: Branch main, two open issues.",
  );
  expect(JSON.stringify(hook.session.messages[0])).not.toContain("hook: no");
  await hook.close();
});

test("a prompt that a hook refuses does not enter the conversation, and the user reads why", async () => {
  const hook = await open({
    events: {
      UserPromptSubmit: [
        {
          command: `jq -e '.prompt | test("password")' > /dev/null && { echo no secrets >&2; exit 2; }; exit 0`,
        },
      ],
    },
  });
  expect(await hook.run("my password is x")).toMatchObject({ stopReason: "refused" });
  expect(hook.session.messages).toEqual([]);
  expect(hook.notices()).toEqual(["A hook refused the prompt: no secrets"]);
  expect(await hook.run("go")).toMatchObject({ ending: "completed" });
  await hook.close();
});

test("what a UserPromptSubmit hook prints stands beside the prompt", async () => {
  const hook = await open({ events: { UserPromptSubmit: [{ command: "echo It is Friday." }] } });
  await hook.run("go");
  expect(hook.injected()).toEqual(["<hook-context>\nUserPromptSubmit hook: It is Friday.\n</hook-context>"]);
  expect(hook.session.messages).toHaveLength(2);
  await hook.close();
});

test("without hooks no transcript is written, of a subagent neither", async () => {
  const hook = await open({
    others: () => [subagents()],
    turns: [call("task", { description: "look", prompt: "What is here?" }), say("nothing"), say("done")],
  });
  await hook.run("go");
  await hook.close();
  expect(existsSync(join(hook.workspace.root, ".transcripts"))).toBe(false);
});

test("a call that is interrupted has no hooks after it", async () => {
  const hook = await open({
    events: { PostToolUse: [{ command: record }], PostToolUseFailure: [{ command: record }] },
    turns: [bash("sleep 30")],
  });
  hook.session.on(
    (event) => event.type === "tool_started" && setTimeout(() => hook.session.interrupt(), 200),
  );
  await hook.run("go");
  await hook.close();
  expect(hook.inputs()).toEqual([]);
});

const BRIEF = JSON.stringify({
  hookSpecificOutput: { hookEventName: "SubagentStart", additionalContext: "Be brief." },
});

test("a subagent has its own events, and hooks of tools know whose call it is", async () => {
  const hook = await open({
    events: {
      SubagentStart: [{ matcher: "general-purpose", command: `${record}; echo '${BRIEF}'` }],
      SubagentStop: [{ command: record }],
      PreToolUse: [{ command: record }],
      Stop: [{ command: record }],
    },
    others: () => [subagents()],
    turns: [
      call("task", { description: "look around", prompt: "What is here?" }),
      bash("ls"),
      say("nothing is here"),
      say("done"),
    ],
  });
  await hook.run("go");
  const inputs = hook.inputs();
  const [agentCall, start, ls, end, stop] = inputs;
  expect(inputs.map(({ hook_event_name: event }) => event)).toEqual([
    "PreToolUse",
    "SubagentStart",
    "PreToolUse",
    "SubagentStop",
    "Stop",
  ]);
  expect(agentCall).toMatchObject({ tool_name: "Agent" });
  expect(agentCall).not.toHaveProperty("agent_id");
  expect(start).toMatchObject({ agent_type: "general-purpose", agent_id: expect.any(String) as string });
  for (const input of [ls, end]) expect(input?.["agent_id"]).toBe(start?.["agent_id"]);
  expect(end).toMatchObject({ last_assistant_message: "nothing is here", stop_hook_active: false });
  expect(stop).not.toHaveProperty("agent_id");
  const injected = hook.events.flatMap((event) =>
    event.type === "subagent" && event.event.type === "injected" ? [event.event.text] : [],
  );
  expect(injected).toEqual(["<hook-context>\nSubagentStart hook: Be brief.\n</hook-context>"]);
  await hook.close();
});

test("/clear ends one session and begins another, with an id of its own", async () => {
  const hook = await open({
    events: { SessionStart: [{ command: record }], SessionEnd: [{ command: record }] },
    turns: [say("one"), say("two")],
  });
  await hook.run("go");
  hook.session.clear();
  await hook.run("again");
  await hook.close();
  const inputs = hook.inputs();
  expect(inputs.map((input) => [input["hook_event_name"], input["source"] ?? input["reason"]])).toEqual([
    ["SessionStart", "startup"],
    ["SessionEnd", "clear"],
    ["SessionStart", "clear"],
    ["SessionEnd", "other"],
  ]);
  const [first, cleared, second, last] = inputs.map((input) => input["session_id"]);
  expect(cleared).toBe(first);
  expect(last).toBe(second);
  expect(second).not.toBe(first);
});

test("hooks at the end have a second and a half, all together", async () => {
  const hook = await open({
    events: { SessionEnd: [{ command: "sleep 60" }, { command: "sleep 61", timeout: 600 }] },
  });
  await hook.run("go");
  const start = performance.now();
  await hook.close();
  expect(performance.now() - start).toBeLessThan(5_000);
  expect(hook.notices()).toHaveLength(2);
  expect(hook.notices()[0]).toContain("timed out after 1.5 s");
});
