// The program in an editor: a real process, driven by the protocol's own client library.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import {
  client,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  type ClientContext,
  type PromptRequest,
  type PromptResponse,
  type RequestPermissionRequest,
  type SessionUpdate,
} from "@agentclientprotocol/sdk";
import { call, say, script, think, type ScriptedModel } from "@course/offline-model/test";
import { isAlive } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { startFull } from "./program.ts";

interface Editor {
  updates: SessionUpdate[];
  asked: RequestPermissionRequest[];
  agent: ClientContext;
  stderr(): string;
  /** Closes the connection, as an editor that quits, or sends a signal, and resolves with the exit code. */
  quit(signal?: NodeJS.Signals): Promise<number | null>;
}

/** An editor that starts the program, and chooses `answer` where it is asked. */
async function openEditor(
  model: ScriptedModel,
  args: readonly string[] = [],
  answer = "allow_once",
): Promise<Editor> {
  const env = { ANTHROPIC_BASE_URL: await model.start(), ANTHROPIC_API_KEY: "test" };
  const { child, ended } = startFull(temporaryFolder(), ["--acp", ...args], { env });
  const updates: SessionUpdate[] = [];
  const asked: RequestPermissionRequest[] = [];
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const stream = ndJsonStream(
    Writable.toWeb(child.stdin),
    Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>,
  );
  const connection = client({ name: "editor" })
    .onNotification(methods.client.session.update, ({ params }) => void updates.push(params.update))
    .onRequest(methods.client.session.requestPermission, ({ params }) => {
      asked.push(params);
      const option = params.options.find(({ kind }) => kind === answer);
      return {
        outcome: option ? { outcome: "selected", optionId: option.optionId } : { outcome: "cancelled" },
      };
    })
    .connect(stream);
  const { agent } = connection;
  const initialized = await agent.request(methods.agent.initialize, { protocolVersion: PROTOCOL_VERSION });
  expect(initialized).toMatchObject({
    protocolVersion: 1,
    agentInfo: { name: "full" },
    agentCapabilities: { loadSession: true },
  });
  const quit = async (signal?: NodeJS.Signals) => {
    if (signal) child.kill(signal);
    else child.stdin.end();
    return (await ended).code;
  };
  return { updates, asked, agent, stderr: () => errors, quit };
}

const text = (words: string) => [{ type: "text" as const, text: words }];

function ask(agent: ClientContext, sessionId: string, words: string): Promise<PromptResponse> {
  const request: PromptRequest = { sessionId, prompt: text(words) };
  return agent.request(methods.agent.session.prompt, request);
}
const ofKind = (updates: readonly SessionUpdate[], kind: SessionUpdate["sessionUpdate"]) =>
  updates.filter(({ sessionUpdate }) => sessionUpdate === kind);
const words = (updates: readonly SessionUpdate[], kind: SessionUpdate["sessionUpdate"]) =>
  ofKind(updates, kind)
    .map((update) =>
      "content" in update && update.content && "text" in update.content ? update.content.text : "",
    )
    .join("");

test("a prompt streams words and thoughts, and calls with their status and diffs; what needs an answer is asked", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "a.txt"), "old");
  const model = script(
    [think("I replace it."), call("edit_file", { file_path: "a.txt", old_string: "old", new_string: "new" })],
    call("write_file", { file_path: "b.txt", content: "b" }),
    call("todo", { items: [{ content: "Go on", status: "in_progress" }] }),
    say("Both are written."),
  );
  const { agent, updates, asked, quit } = await openEditor(model);
  const { sessionId } = await agent.request(methods.agent.session.new, { cwd: folder, mcpServers: [] });
  const { stopReason } = await ask(agent, sessionId, "Write them");
  expect(stopReason).toBe("end_turn");
  expect(words(updates, "agent_message_chunk")).toBe("Both are written.");
  expect(words(updates, "agent_thought_chunk")).toContain("I replace it.");
  expect(ofKind(updates, "tool_call")).toMatchObject([
    {
      title: "edit_file a.txt",
      kind: "edit",
      status: "in_progress",
      locations: [{ path: join(folder, "a.txt") }],
      content: [{ type: "diff", path: join(folder, "a.txt"), oldText: "old", newText: "new" }],
    },
    { title: "write_file b.txt", content: [{ type: "diff", oldText: null, newText: "b" }] },
    { title: "todo" },
  ]);
  expect(ofKind(updates, "tool_call_update").map((update) => "status" in update && update.status)).toEqual([
    "completed",
    "completed",
    "completed",
  ]);
  expect(ofKind(updates, "plan")).toMatchObject([{ entries: [{ content: "Go on", status: "in_progress" }] }]);
  expect(asked).toHaveLength(2);
  expect(asked[0]?.options.map(({ kind }) => kind)).toEqual(["allow_once", "allow_always", "reject_once"]);
  expect(asked[0]?.toolCall.toolCallId).toBe(
    (ofKind(updates, "tool_call")[0] as { toolCallId: string }).toolCallId,
  );
  expect(readFileSync(join(folder, "a.txt"), "utf8")).toBe("new");
  expect(await quit()).toBe(0);
});

test("a call that the user rejects fails, and does not run", async () => {
  const folder = temporaryFolder();
  const model = script(call("bash", { command: "touch made" }), say("Then not."));
  const { agent, updates, quit } = await openEditor(model, [], "reject_once");
  const { sessionId } = await agent.request(methods.agent.session.new, { cwd: folder, mcpServers: [] });
  await ask(agent, sessionId, "Make it");
  expect(ofKind(updates, "tool_call_update")).toMatchObject([
    { status: "failed", rawOutput: expect.stringContaining("the user said no") },
  ]);
  expect(existsSync(join(folder, "made"))).toBe(false);
  await quit();
});

test("a cancelled prompt ends as cancelled, what ran is stopped, and the next one runs", async () => {
  const folder = temporaryFolder();
  const model = script(call("bash", { command: "touch began; sleep 60; touch over" }), say("Here again."));
  const { agent, quit } = await openEditor(model, ["--permission-mode", "bypassPermissions"]);
  const { sessionId } = await agent.request(methods.agent.session.new, { cwd: folder, mcpServers: [] });
  const running = ask(agent, sessionId, "Wait");
  await expect.poll(() => existsSync(join(folder, "began")), { timeout: 20_000 }).toBe(true);
  await agent.notify(methods.agent.session.cancel, { sessionId });
  expect(await running).toEqual({ stopReason: "cancelled" });
  const next = await ask(agent, sessionId, "And now?");
  expect(next.stopReason).toBe("end_turn");
  await quit();
});

test("a session is loaded in another program, shown whole, and goes on", async () => {
  const folder = temporaryFolder();
  const bypass = ["--permission-mode", "bypassPermissions"];
  const first = await openEditor(script(call("bash", { command: "echo hi" }), say("It said hi.")), bypass);
  const { sessionId } = await first.agent.request(methods.agent.session.new, { cwd: folder, mcpServers: [] });
  await ask(first.agent, sessionId, "Say hi");
  const second = await openEditor(script(say("Still here.")), bypass);
  const load = { sessionId, cwd: folder, mcpServers: [] };
  await expect(second.agent.request(methods.agent.session.load, load)).rejects.toThrow(
    /is open in another program/,
  );
  expect(await first.quit()).toBe(0);
  await second.agent.request(methods.agent.session.load, load);
  expect(words(second.updates, "user_message_chunk")).toBe("Say hi");
  expect(words(second.updates, "agent_message_chunk")).toBe("It said hi.");
  expect(ofKind(second.updates, "tool_call_update")).toMatchObject([
    { status: "completed", rawOutput: "hi" },
  ]);
  const { stopReason } = await ask(second.agent, sessionId, "And now?");
  expect(stopReason).toBe("end_turn");
  expect(words(second.updates, "agent_message_chunk")).toBe("It said hi.Still here.");
  await second.agent.request(methods.agent.session.load, load);
  expect(words(second.updates, "user_message_chunk"), "opened again in the same editor").toBe(
    "Say hiSay hiAnd now?",
  );
  await second.quit();
});

test("files that the editor embeds or links to are in the prompt; a failure is told in words; a background task is shown when it ends", async () => {
  const folder = temporaryFolder();
  const model = script(
    call("background_run", { command: "echo out" }),
    say("Started."),
    say("It printed out."),
  );
  const { agent, updates, quit, stderr } = await openEditor(model, [
    "--permission-mode",
    "bypassPermissions",
  ]);
  const missing = agent.request(methods.agent.session.new, { cwd: join(folder, "none"), mcpServers: [] });
  await expect(missing).rejects.toThrow(/does not exist/);
  const { sessionId } = await agent.request(methods.agent.session.new, { cwd: folder, mcpServers: [] });
  await agent.request(methods.agent.session.prompt, {
    sessionId,
    prompt: [
      ...text("Look at"),
      { type: "resource_link", name: "a", uri: "file:///tmp/a%20b.txt" },
      { type: "resource", resource: { uri: "file:///tmp/c.txt", text: "inside</file>" } },
    ],
  });
  const asked = JSON.stringify(model.requests[0]?.messages.at(-1));
  expect(asked).toContain("/tmp/a b.txt");
  expect(asked).toContain(String.raw`<file path=\"/tmp/c.txt\">\ninside<\\/file>\n</file>`);
  await expect
    .poll(() => words(updates, "agent_message_chunk"), { timeout: 20_000 })
    .toContain("It printed out.");
  const failing = ask(agent, sessionId, "Once more");
  await expect(failing).rejects.toThrow();
  expect(await quit()).toBe(0);
  expect(stderr()).toBe("");
});

test.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
  ["SIGHUP", 129],
] as const)("%s ends what runs, and then the program, with code %d", async (signal, code) => {
  const folder = temporaryFolder();
  const model = script(call("bash", { command: "echo $$ > running; sleep 300" }));
  const { agent, quit } = await openEditor(model, ["--permission-mode", "bypassPermissions"]);
  const { sessionId } = await agent.request(methods.agent.session.new, { cwd: folder, mcpServers: [] });
  ask(agent, sessionId, "Go").catch(() => {});
  const file = join(folder, "running");
  await expect
    .poll(() => existsSync(file) && readFileSync(file, "utf8"), { timeout: 20_000 })
    .toMatch(/\d\n/);
  expect(await quit(signal)).toBe(code);
  expect(isAlive(Number(readFileSync(file, "utf8")))).toBe(false);
  await model.close();
});
