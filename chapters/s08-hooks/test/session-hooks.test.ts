import { call, say } from "@course/offline-model/test";
import { compaction } from "@course/s06-context-compaction";
import { subagents } from "@course/s04-subagent";
import { beforeCompaction, type Agent, type AgentEvent, type Extension } from "@course/runtime";
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

test("a Stop hook sends the model back to work until it is content, and is told that it did", async () => {
  const hook = await open({
    events: {
      Stop: [{ command: `${record}; [ -e made ] || { echo make it >&2; exit 2; }` }],
    },
    turns: [say("done"), bash("touch made"), say("now it is")],
  });
  expect(await hook.run("go")).toMatchObject({ answer: "now it is" });
  expect(hook.inputs()).toMatchObject([
    { stop_hook_active: false, last_assistant_message: "done" },
    { stop_hook_active: true, last_assistant_message: "now it is" },
  ]);
  expect(hook.injected()).toEqual(["<hook-feedback>\nStop hook: make it\n</hook-feedback>"]);
  await hook.close();
});

test("a Stop hook that is never content is heard eight times", async () => {
  const hook = await open({
    events: { Stop: [{ command: `echo '{"decision":"block","reason":"more"}'` }] },
    turns: Array.from({ length: 9 }, (_, index) => say(`done ${index}`)),
  });
  expect(await hook.run("go")).toMatchObject({ ending: "completed", answer: "done 8" });
  expect(hook.injected()).toHaveLength(8);
  expect(hook.notices()).toEqual(["Stop hooks blocked 8 times in a row; the run ends all the same."]);
  await hook.close();
});

test("continue false beats a Stop hook that blocks", async () => {
  const hook = await open({
    events: {
      Stop: [{ command: "exit 2" }, { command: `echo '{"continue":false,"stopReason":"late"}'` }],
    },
  });
  expect(await hook.run("go")).toMatchObject({ answer: "done" });
  expect(hook.notices()).toEqual(["A hook ended the run: late"]);
  await hook.close();
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

test("a PreCompact hook can refuse a compaction, by its trigger", async () => {
  const hook = await open({
    events: { PreCompact: [{ matcher: "auto", command: `${record}; echo keep all >&2; exit 2` }] },
  });
  await expect(beforeCompaction(hook.agent, hook.session, "auto")).rejects.toThrow(
    "a hook refused it: keep all",
  );
  await expect(beforeCompaction(hook.agent, hook.session, "manual")).resolves.toBeUndefined();
  expect(hook.inputs()).toMatchObject([
    { hook_event_name: "PreCompact", trigger: "auto", custom_instructions: "" },
  ]);
  await hook.close();
});

test("after a compaction SessionStart runs with the source compact, and what it prints reaches the model", async () => {
  const hook = await open({
    events: { SessionStart: [{ matcher: "compact", command: `${record}; echo Remember the goal.` }] },
    others: (workspace) => [compaction(workspace, 20_000)],
    turns: [bash("echo one"), say("first"), say("summary of it all"), say("second")],
  });
  await hook.run("go");
  const compact = hook.agent.extensions.find(({ name }) => name === "compaction")?.commands?.["compact"];
  await compact?.run("", hook.session);
  expect(await hook.run("and now?")).toMatchObject({ answer: "second" });
  expect(hook.inputs()).toMatchObject([{ source: "compact" }]);
  expect(JSON.stringify(hook.session.messages)).toContain("Remember the goal.");
  await hook.close();
});

test("a conversation that is edited otherwise has not been compacted", async () => {
  const hook = await open({
    events: { SessionStart: [{ matcher: "compact", command: record }] },
    turns: [say("first"), say("second")],
  });
  await hook.run("go");
  hook.session.edit(hook.session.messages.slice(0, -2));
  await hook.run("and now?");
  expect(hook.inputs()).toEqual([]);
  await hook.close();
});

test.each<AgentEvent>([
  { type: "prompt", text: "go on" },
  { type: "model_started", request: { messages: { from: "conversation", count: 0, added: [] } } },
])("a summary that failed does not count once there is a %j", async (event) => {
  const hook = await open({ events: { SessionStart: [{ matcher: "compact", command: record }] } });
  await beforeCompaction(hook.agent, hook.session, "auto");
  hook.session.notice("The summary failed.");
  hook.session.emit(event);
  hook.session.edit([]);
  await hook.run("go");
  await hook.close();
  expect(hook.inputs()).toEqual([]);
});

test("a model call waits for the hooks of a compaction in the middle of a run", async () => {
  let agent: Agent;
  const compacts: Extension = {
    name: "compacts",
    start: (_, started) => void (agent = started),
    async wrapToolCall(call, next) {
      await beforeCompaction(agent, call.session, "auto");
      call.session.edit(call.session.messages);
      return next(call);
    },
  };
  const hook = await open({
    events: { SessionStart: [{ matcher: "compact", command: "sleep 0.3; echo Remember the goal." }] },
    others: () => [compacts],
    turns: [bash("true"), say("done")],
  });
  await hook.run("go");
  const told = hook.events.findIndex((event) => event.type === "injected");
  const calls = hook.events.flatMap((event, index) => (event.type === "model_started" ? [index] : []));
  expect(told).toBeGreaterThan(0);
  expect(calls[1]).toBeGreaterThan(told);
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
