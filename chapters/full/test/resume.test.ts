// What the model is sent, and told, when a conversation is taken up again.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, script, type ScriptedModel } from "@course/offline-model/test";
import { blocksOf, defineTool, type Agent, type FlagValues } from "@course/runtime";
import { openSession, temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";
import { hold, running } from "./held-session.ts";
import { openFull, startFull } from "./program.ts";

const last = (model: ScriptedModel) => model.requests.at(-1) ?? { system: "", tools: [], messages: [] };
const lastWords = (model: ScriptedModel) => JSON.stringify(last(model).messages.at(-1));

test("a conversation that is taken up is sent byte for byte as it was, with the prefix that it was held with", async () => {
  const folder = temporaryFolder();
  const first = running();
  await hold(folder, first, "Say hi");
  const second = script(say("Still here."));
  const open = await openFull(second, folder, { continue: true });
  expect((await open.run("And now?")).answer).toBe("Still here.");
  const [before, after] = [last(first), last(second)];
  expect(JSON.stringify([after.system, after.tools])).toBe(JSON.stringify([before.system, before.tools]));
  expect(JSON.stringify(after.messages).startsWith(JSON.stringify(before.messages).slice(0, -1))).toBe(true);
  await open.close();
});

test("instructions that have not changed are not told again; those that have are told at the end", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "CLAUDE.md"), "Indent with tabs.");
  await hold(folder, running(), "Say hi");
  const same = script(say("ok"));
  const again = await openFull(same, folder, { continue: true });
  await again.run("And now?");
  await again.close();
  expect(JSON.stringify(last(same).messages).match(/Indent with tabs/g)).toHaveLength(1);

  writeFileSync(join(folder, "CLAUDE.md"), "Indent with spaces.");
  const model = script(call("bash", { command: "pwd" }), say("ok"));
  const open = await openFull(model, folder, { continue: true });
  expect((await open.run("And now?")).ending).toBe("completed");
  const told = JSON.stringify(last(model).messages.at(-3));
  expect(told).toMatch(/taken-up.*Indent with spaces.*And now/);
  await open.close();
});

/** The program with one tool more, or one less. */
function withTools(change: (agent: Agent) => Agent["tools"], values: FlagValues = {}) {
  return (workspace: Parameters<typeof createAgent>[0]) => {
    const agent = createAgent(workspace, { "permission-mode": "bypassPermissions", ...values });
    return { ...agent, tools: change(agent) };
  };
}

test("a changed list of tools leaves the prefix as it was, and the model is told; a tool that is gone answers with an error", async () => {
  const folder = temporaryFolder();
  const first = running();
  await hold(folder, first, "Say hi");
  const fresh = defineTool({ name: "fresh", description: "x", input: (z) => z.object({}), run: () => "ran" });
  const model = script(call("edit_file", { file_path: "a" }), call("bash", { command: "pwd" }), say("ok"));
  const change = ({ tools }: Agent) => [...tools.filter(({ name }) => name !== "edit_file"), fresh];
  const open = await openSession(withTools(change, { continue: true }), model, folder);
  const { answer } = await open.run("And now?");
  expect(answer, `the next request came to: ${answer}`).toBe("ok");
  expect(last(model).tools).toEqual(last(first).tools);
  const told = JSON.stringify(last(model).messages);
  expect(told).toMatch(/gone, and answer with an error: edit_file\./);
  expect(told).toMatch(/new, and can be called only after the next compaction: fresh\./);
  expect(open.results()[0]).toMatch(/There is no tool \\?"edit_file/);
  await open.close();
});

test("after a compaction the new list of tools holds", async () => {
  const folder = temporaryFolder();
  await hold(folder, running(), "Say hi");
  const fresh = defineTool({ name: "fresh", description: "x", input: (z) => z.object({}), run: () => "ran" });
  const model = script(call("compact"), say("A summary."), call("fresh"), say("ok"));
  const open = await openSession(
    withTools(({ tools }) => [...tools, fresh], { continue: true }),
    model,
    folder,
  );
  expect((await open.run("Compact, then call the new tool")).answer).toBe("ok");
  expect(last(model).tools?.map(({ name }) => name)).toContain("fresh");
  expect(open.results().at(-1)).toBe("ran");
  await open.close();
});

test("lines of the system prompt that have changed are told", async () => {
  const folder = temporaryFolder();
  await hold(folder, running(), "Say hi");
  const model = script(say("ok"));
  const open = await openFull(model, folder, { continue: true, "append-system-prompt": "Answer in verse." });
  await open.run("And now?");
  expect(last(model).system).not.toContain("verse");
  expect(lastWords(model)).toMatch(/hold now:\\n- Answer in verse\./);
  await open.close();
});

test("of calls that were open, those that ended keep their results, and the others are answered with what is known", async () => {
  const folder = temporaryFolder();
  const slow = call("bash", { command: "touch began; sleep 60" });
  const model = script([
    call("bash", { command: "echo whole" }),
    slow,
    call("bash", { command: "echo never" }),
  ]);
  const env = { ANTHROPIC_BASE_URL: await model.start(), ANTHROPIC_API_KEY: "test" };
  const { child, ended } = startFull(folder, ["-p", "go", "--permission-mode", "bypassPermissions"], { env });
  await expect.poll(() => readdirSync(folder), { timeout: 20_000 }).toContain("began");
  child.kill("SIGKILL");
  await ended;
  const next = script(say("I look first."));
  const open = await openFull(next, folder, { continue: true });
  await open.run("And now?");
  const results = last(next).messages.at(-1)?.content;
  expect(results).toMatchObject([
    { type: "tool_result", content: "whole" },
    {
      type: "tool_result",
      is_error: true,
      content: expect.stringMatching(/Whether it took effect.* is not known/),
    },
    { type: "tool_result", is_error: true, content: expect.stringMatching(/before this call was run/) },
    { type: "text", text: expect.stringMatching(/ended in the middle of the last run/) },
    { type: "text" },
    { type: "text", text: "And now?" },
  ]);
  await open.close();
});

/** Cuts a session's file off before the first line that holds the text, as a kill at that moment does. */
function cutBefore(path: string, text: string): void {
  const whole = readFileSync(path, "utf8");
  writeFileSync(path, whole.slice(0, whole.lastIndexOf("\n", whole.indexOf(text)) + 1));
}

test("a call that had begun when the program ended is answered as not known", async () => {
  const folder = temporaryFolder();
  const id = await hold(folder, running(), "Say hi");
  cutBefore(join(folder, `.sessions/${id}.jsonl`), '"type":"tool_ended"');
  const model = script(say("I look first."));
  const open = await openFull(model, folder, { continue: true });
  const { answer } = await open.run("And now?");
  expect(answer, `the next request came to: ${answer}`).toBe("I look first.");
  const [result] = blocksOf(open.session.messages[2] ?? { role: "user", content: [] });
  const told = result?.type === "tool_result" ? JSON.stringify(result.content) : "";
  expect(told, "what the model is told of a call that had begun").toMatch(/is not known: look before/);
  await open.close();
});

test("the plan and the mode acceptEdits are there again; plan and bypassPermissions are not", async () => {
  const folder = temporaryFolder();
  const items = [{ content: "Go on", status: "in_progress" }];
  const model = script(
    call("todo", { items }),
    call("todo", { items: [{ content: "", status: "pending" }] }),
    say("ok"),
  );
  await hold(folder, model, "Plan it");
  const modes: Record<string, string> = {
    bypassPermissions: "default",
    plan: "default",
    acceptEdits: "acceptEdits",
  };
  for (const [mode, restored] of Object.entries(modes)) {
    const open = await openFull(script(), folder, { continue: true, "permission-mode": mode });
    expect(await command(open.agent, "todo", open)).toContain("◐ Go on");
    await open.close();
    const again = await openFull(script(), folder, { continue: true, "permission-mode": undefined });
    expect(await command(again.agent, "mode", again)).toBe(`Mode: ${restored}`);
    await again.close();
  }
});

test("a summary of a conversation that was taken up keeps the user's words from before", async () => {
  const folder = temporaryFolder();
  await hold(folder, running(), "Say hi to the whole house");
  const model = script(call("compact"), say("A summary."), say("ok"));
  const open = await openFull(model, folder, { continue: true });
  await open.run("Compact this");
  const [summary] = last(model).messages;
  expect(JSON.stringify(summary)).toContain("A summary.");
  expect(JSON.stringify(summary)).toContain("Say hi to the whole house");
  await open.close();
});

function command(agent: Agent, name: string, { session }: Awaited<ReturnType<typeof openFull>>) {
  const found = agent.extensions.flatMap(({ commands }) => commands?.[name] ?? [])[0];
  return found?.run("", session);
}
