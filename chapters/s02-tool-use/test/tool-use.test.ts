import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, script } from "@course/offline-model/test";
import { baseTools, defineAgent, type Workspace } from "@course/runtime";
import { openSession, offeredTools } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { countLines } from "../examples/count-lines.ts";
import { createAgent } from "../src/agent.ts";

test("offers the four base tools", () => {
  expect(offeredTools(createAgent)).toEqual(["bash", "read_file", "write_file", "edit_file"]);
});

test("an edit that breaks sed is plain for edit_file", async () => {
  const text = "it's 1/2 & 'quoted' $HOME";
  const model = script(
    call("edit_file", { file_path: "a.txt", old_string: "x/y", new_string: text }),
    say("done"),
  );
  const open = await openSession(createAgent, model);
  writeFileSync(join(open.workspace.root, "a.txt"), "x/y\n");
  await open.run("go");
  expect(readFileSync(join(open.workspace.root, "a.txt"), "utf8")).toBe(`${text}\n`);
  await open.close();
});

test("reads of one reply run side by side, and a write waits for them", async () => {
  const model = script(
    [
      call("read_file", { file_path: "a" }),
      call("read_file", { file_path: "a" }),
      call("write_file", { file_path: "a", content: "2" }),
    ],
    say("done"),
  );
  const open = await openSession(createAgent, model);
  writeFileSync(join(open.workspace.root, "a"), "1");
  await open.run("go");
  const order = open.events.flatMap((event) =>
    event.type === "tool_started" || event.type === "tool_ended" ? [`${event.name} ${event.type}`] : [],
  );
  expect(order.slice(0, 2)).toEqual(["read_file tool_started", "read_file tool_started"]);
  expect(order.slice(4)).toEqual(["write_file tool_started", "write_file tool_ended"]);
  expect(open.results().slice(0, 2)).toEqual(["1", "1"]);
  await open.close();
});

test("a path that leads out is refused, and the model is told which", async () => {
  const model = script(call("read_file", { file_path: "../../etc/passwd" }), say("done"));
  const open = await openSession(createAgent, model);
  await open.run("go");
  expect(open.results()[0]).toMatch(/^\.\.\/\.\.\/etc\/passwd leads out of the workspace/);
  await open.close();
});

test("the lesson's own tool is offered, answers, and refuses in words what it was not told of", async () => {
  const withOwn = (workspace: Workspace) =>
    defineAgent({ name: "own", instructions: "x", tools: [...baseTools(workspace), countLines(workspace)] });
  const count = (input: Record<string, unknown>) => call("count_lines", input);
  const paths = ["a.txt", "missing.txt", "../outside"].map((file_path) => count({ file_path }));
  const model = script([...paths, count({ path: "a.txt" })], say("done"));
  const open = await openSession(withOwn, model);
  writeFileSync(join(open.workspace.root, "a.txt"), "1\n2\n");
  await open.run("go");
  expect(model.requests[0]?.tools?.at(-1)).toMatchObject({
    name: "count_lines",
    input_schema: { required: ["file_path"] },
  });
  const ends = open.events.flatMap((event) => (event.type === "tool_ended" ? [event.result] : []));
  expect(ends).toMatchObject([
    { content: "a.txt has 2 lines." },
    { content: expect.stringMatching(/no such file/), isError: true },
    { content: expect.stringMatching(/leads out of the workspace/), isError: true },
    { content: expect.stringMatching(/Invalid input for count_lines. file_path: /), isError: true },
  ]);
  await open.close();
});
