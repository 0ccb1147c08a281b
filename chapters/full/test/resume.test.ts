import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { call, say, script, type ScriptedModel } from "@course/offline-model/test";
import { blocksOf, defineTool, type Agent, type FlagValues } from "@course/runtime";
import { openSession, temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";
import { openFull, runFull, startFull } from "./program.ts";

/** Holds a first conversation in the folder, and ends the program. */
async function hold(folder: string, model: ScriptedModel, ...prompts: string[]): Promise<string> {
  const open = await openFull(model, folder);
  for (const prompt of prompts) await open.run(prompt);
  const { id } = open.session;
  await open.close();
  return id;
}

const files = (folder: string) =>
  readdirSync(join(folder, ".sessions")).filter((name) => name.endsWith(".jsonl"));
const last = (model: ScriptedModel) => model.requests.at(-1) ?? { system: "", tools: [], messages: [] };
const lastWords = (model: ScriptedModel) => JSON.stringify(last(model).messages.at(-1));
const running = () => script(call("bash", { command: "echo hi" }), say("It said hi."));

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

test("a copy goes its own way, and the session that it is of stays as it was", async () => {
  const folder = temporaryFolder();
  const id = await hold(folder, running(), "Say hi");
  const kept = readFileSync(join(folder, `.sessions/${id}.jsonl`), "utf8");
  const model = script(say("In the copy."));
  const open = await openFull(model, folder, { resume: id.slice(0, 6), "fork-session": true });
  expect((await open.run("And now?")).answer).toBe("In the copy.");
  expect(open.session.id).not.toBe(id);
  await open.close();
  expect(readFileSync(join(folder, `.sessions/${id}.jsonl`), "utf8")).toBe(kept);
  const copy = readFileSync(join(folder, `.sessions/${open.session.id}.jsonl`), "utf8");
  expect(JSON.parse(copy.split("\n")[0] ?? "")).toMatchObject({ id: open.session.id, forkedFrom: id });
});

test("two programs do not take up one session at once: the second is told who has it, and may take a copy", async () => {
  const folder = temporaryFolder();
  const id = await hold(folder, running(), "Say hi");
  const { child, ended } = startFull(folder, ["--offline", "-c"]);
  child.stdin.write("Run `touch began`\n");
  await expect
    .poll(() => readdirSync(join(folder, ".sessions")), { timeout: 20_000 })
    .toContain(`${id}.lock`);
  const second = await runFull(folder, ["--offline", "-c", "-p", "Run pwd"]);
  expect(second.code).toBe(1);
  expect(second.stderr).toContain(`The session ${id} is open in another program (process ${child.pid})`);
  const copy = await runFull(folder, ["--offline", "-c", "--fork-session", "-p", "Run pwd"]);
  expect(copy.code).toBe(0);
  child.kill("SIGKILL");
  await ended;
  const after = await runFull(folder, ["--offline", "-r", id, "-p", "Run pwd"]);
  expect(after, after.stderr).toMatchObject({ code: 0 });
});

test("after /clear a session of its own begins, and the one before can still be taken up", async () => {
  const folder = temporaryFolder();
  const open = await openFull(script(say("one"), say("two")), folder);
  await open.run("First");
  const { id } = open.session;
  open.session.clear();
  await open.run("Second");
  expect(open.session.id).not.toBe(id);
  expect(files(folder)).toHaveLength(2);
  await open.close();
  const again = await openFull(script(say("three")), folder, { resume: id });
  expect(JSON.stringify(again.session.messages)).toMatch(/First/);
  expect(JSON.stringify(again.session.messages)).not.toMatch(/Second/);
  await again.close();
});

test("a session that git tracks came with the repository, and is not taken up", async () => {
  const folder = temporaryFolder();
  const id = await hold(folder, running(), "Say hi");
  execFileSync("git", ["init", "-q"], { cwd: folder });
  execFileSync("git", ["add", "-f", ".sessions"], { cwd: folder });
  await expect(openFull(script(), folder, { continue: true })).rejects.toThrow(
    `${id} came with the repository`,
  );
});

test("a line that was changed is named with its number, and nothing is guessed", async () => {
  const folder = temporaryFolder();
  const id = await hold(folder, running(), "Say hi");
  const path = join(folder, `.sessions/${id}.jsonl`);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace('"type":"prefix"', '"type":"unknown"'));
  await expect(openFull(script(), folder, { resume: id })).rejects.toThrow(
    /line \d+, is not as it was written/,
  );
  writeFileSync(path, text);
  truncateSync(path, statSync(path).size - 5);
  const open = await openFull(script(say("ok")), folder, { resume: id });
  expect((await open.run("And now?")).ending).toBe("completed");
  await open.close();
});

test("a program in which nothing was said leaves no file", async () => {
  const folder = temporaryFolder();
  const open = await openFull(script(), folder);
  await open.close();
  expect(readdirSync(folder)).not.toContain(".sessions");
});

test("where the file cannot be written any more, the work goes on, and the user is told once", async () => {
  const folder = temporaryFolder();
  const open = await openFull(script(say("one"), say("two")), folder);
  mkdirSync(join(folder, ".sessions"), { recursive: true });
  mkdirSync(join(folder, `.sessions/${open.session.id}.jsonl`));
  await open.run("First");
  expect((await open.run("Second")).answer).toBe("two");
  const notices = open.events.filter((event) => event.type === "notice" && /not kept/.test(event.message));
  expect(notices).toHaveLength(1);
  await open.close();
});

test("hooks hear that a session was resumed, under the id that it had", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, ".claude"));
  const hook = { type: "command", command: "cat >> hook.log; echo >> hook.log" };
  writeFileSync(
    join(folder, ".claude/settings.json"),
    JSON.stringify({ hooks: { SessionStart: [{ hooks: [hook] }] } }),
  );
  const first = await openFull(script(say("ok")), folder, { trust: true });
  await first.run("Say hi");
  await first.close();
  const open = await openFull(script(), folder, { continue: true, trust: true });
  await open.close();
  const heard = readFileSync(join(folder, "hook.log"), "utf8").split("\n").filter(Boolean);
  expect(heard.map((line) => JSON.parse(line) as object)).toMatchObject([
    { source: "startup", session_id: first.session.id },
    { source: "resume", session_id: first.session.id },
  ]);
});

test("a person chooses from the list, anybody else is given it", async () => {
  const folder = temporaryFolder();
  await hold(folder, script(say("one")), "The first");
  const id = await hold(folder, script(say("two")), "The second");
  const open = await openFull(script(), folder, { resume: true }, ({ choices }) => ({
    choice: choices[0] ?? "",
  }));
  expect(open.session.id).toBe(id);
  await open.close();
  const { code, stderr } = await runFull(folder, ["--offline", "--resume", "-p", "x"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/--resume ID.*\n.*The second\n.*The first/);
  const none = await runFull(temporaryFolder(), ["--offline", "-c", "-p", "x"]);
  expect(none.stderr).toMatch(/There is no session in .* to continue/);
});

test("a session of 2,000 messages is taken up in under a second", async () => {
  const folder = temporaryFolder();
  const id = await hold(folder, running(), "Say hi");
  const path = join(folder, `.sessions/${id}.jsonl`);
  const at = 1;
  let message = 4;
  while (message < 2_000) {
    const tool = `toolu_${message}`;
    const input = { command: "npm test" };
    const result = { content: "x".repeat(2_000) };
    const events = [
      { type: "appended", message, role: "user", blocks: [{ type: "text", text: "Again" }], at },
      { type: "prompt", text: "Again", at },
      {
        type: "appended",
        message: message + 1,
        role: "assistant",
        blocks: [{ type: "tool_use", id: tool, name: "bash", input }],
        at,
      },
      { type: "tool_started", id: tool, name: "bash", input, at },
      { type: "tool_ended", id: tool, name: "bash", result, durationMs: 1, at },
      {
        type: "appended",
        message: message + 2,
        role: "user",
        blocks: [{ type: "tool_result", tool_use_id: tool, ...result }],
        at,
      },
      {
        type: "appended",
        message: message + 3,
        role: "assistant",
        blocks: [{ type: "text", text: "Done." }],
        at,
      },
      { type: "run_ended", ending: "completed", answer: "Done.", stopReason: "end_turn", at },
    ];
    appendFileSync(path, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
    message += 4;
  }
  const model = script(say("Still here."));
  await model.start();
  const start = performance.now();
  const open = await openFull(model, folder, { continue: true });
  const ms = performance.now() - start;
  console.log(
    `2,000 messages, ${(statSync(path).size / 1e6).toFixed(1)} MB: taken up in ${Math.round(ms)} ms`,
  );
  expect(open.session.messages).toHaveLength(2_000);
  expect(ms).toBeLessThan(1_000);
  expect((await open.run("And now?")).answer).toBe("Still here.");
  await open.close();
});
