// Hooks around a compaction: before it, which they may refuse, and after it, when the conversation begins anew.
import { call, say } from "@course/offline-model/test";
import { compaction } from "@course/s06-context-compaction";
import { beforeCompaction, type Agent, type AgentEvent, type Extension } from "@course/runtime";
import { expect, test } from "vitest";
import { open, record } from "./open.ts";

const bash = (command: string) => call("bash", { command });

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
