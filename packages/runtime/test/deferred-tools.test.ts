import { call, say, script, type MessageRequest } from "@course/offline-model/test";
import { expect, test } from "vitest";
import { baseTools, defineAgent, defineTool, spawnShell, type Extension, type Tool } from "../src/index.ts";
import { progressLine } from "../src/terminal/progress.ts";
import { openSession, temporaryFolder } from "../src/testing.ts";

function deferredTool(name: string, description = "A tool."): Tool {
  return {
    ...defineTool({ name, description, input: (z) => z.object({}), run: () => `${name} ran` }),
    deferred: true,
  };
}

const loader = defineTool({
  name: "load",
  description: "Loads.",
  input: (z) => z.object({ name: z.string() }),
  run: ({ name }) => ({ content: [{ type: "tool_reference", tool_name: name }] }),
});

const deferredIn = ({ tools = [] }: MessageRequest) =>
  tools.filter((tool) => "defer_loading" in tool).map(({ name, description }) => `${name}: ${description}`);

async function open(tools: () => readonly Tool[], ...turns: Parameters<typeof script>) {
  const model = script(...turns);
  const extension: Extension = { name: "late", tools: () => [loader, ...tools()] };
  const session = await openSession(
    (workspace) =>
      defineAgent({ name: "t", instructions: "Test.", tools: baseTools(workspace), extensions: [extension] }),
    model,
  );
  return { ...session, requests: model.requests };
}

test("deferred tools stand behind the prefix's, come and go, and unbind nothing that was thought", async () => {
  let tools = [deferredTool("one")];
  const { run, requests, close } = await open(
    () => tools,
    call("bash", { command: "true" }),
    say("first"),
    call("load", { name: "two" }),
    call("two"),
    say("second"),
  );
  expect(await run("go")).toMatchObject({ answer: "first" });
  tools = [deferredTool("two")];
  expect(await run("go on")).toMatchObject({ answer: "second" });
  expect(requests.map(deferredIn)).toEqual([
    ["one: A tool."],
    ["one: A tool."],
    ["two: A tool."],
    ["two: A tool."],
    ["two: A tool."],
  ]);
  expect(requests[0]?.tools?.slice(0, 5).map(({ name }) => name)).toEqual([
    "bash",
    "read_file",
    "write_file",
    "edit_file",
    "load",
  ]);
  await close();
});

test("a tool that was loaded is sent as it was, until the conversation forgets it", async () => {
  let tools = [deferredTool("one", "Before.")];
  const { run, session, requests, close } = await open(
    () => tools,
    call("load", { name: "one" }),
    say("loaded"),
    say("kept"),
    say("forgotten"),
  );
  await run("load");
  tools = [deferredTool("one", "After.")];
  await run("again");
  expect(requests.map(deferredIn)[2]).toEqual(["one: Before."]);
  session.edit([{ role: "user", content: "A summary." }]);
  await run("and again");
  expect(requests.map(deferredIn)[3]).toEqual(["one: After."]);
  await close();
});

test("a conversation that was cleared has loaded nothing, and knows the tools that there are", async () => {
  let tools = [deferredTool("one", "Before.")];
  const { run, session, requests, events, close } = await open(
    () => tools,
    call("load", { name: "one" }),
    say("loaded"),
    say("cleared"),
    say("changed"),
  );
  await run("load");
  session.clear();
  await run("anew");
  expect(events.filter(({ type }) => type === "deferred_tools")).toHaveLength(2);
  tools = [deferredTool("one", "After.")];
  await run("and on");
  expect(requests.map(deferredIn).slice(2)).toEqual([["one: Before."], ["one: After."]]);
  await close();
});

test("the list is the same object while nothing changes, so that the trace need not repeat it", async () => {
  const tools = [deferredTool("one")];
  const { run, events, close } = await open(() => tools, call("bash", { command: "true" }), say("done"));
  await run("go");
  expect(events.filter(({ type }) => type === "deferred_tools")).toHaveLength(1);
  const sent = events.flatMap((event) => (event.type === "model_started" ? [event.request["tools"]] : []));
  expect(sent).toEqual([{ from: "prefix" }, { from: "prefix" }]);
  await close();
});

test("progress is a bar where the whole is known, a number where not, and never wider than the screen", () => {
  const event = { type: "tool_progress", id: "1", name: "import" } as const;
  expect(progressLine({ ...event, done: 2, total: 4, message: "page 2" }, 80)).toBe(
    "import ██████████░░░░░░░░░░ 50% page 2",
  );
  expect(progressLine({ ...event, done: 1_200 }, 80)).toBe("import 1,200");
  for (const [done, total] of [
    [9, 4],
    [-1, 4],
    [Number.NaN, 4],
    [1, 0],
    [1, Number.NaN],
  ] as const)
    expect(progressLine({ ...event, done, total, message: "x".repeat(200) }, 60).length).toBeLessThanOrEqual(
      60,
    );
});

test("a command may be started with an open input, which its caller writes and ends", async () => {
  const shell = spawnShell("cat", { cwd: temporaryFolder(), openInput: true });
  let output = "";
  shell.output.on("data", (chunk: Buffer) => (output += chunk.toString()));
  shell.input?.write("one\n");
  shell.input?.end("two\n");
  expect(await shell.ended).toMatchObject({ ending: "exited", exitCode: 0 });
  expect(output).toBe("one\ntwo\n");
});
