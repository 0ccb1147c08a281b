import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, script } from "@course/offline-model/test";
import { openSession, offeredTools } from "@course/runtime/testing";
import { expect, test } from "vitest";
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
