// Compaction as it comes by itself: results go to files and shrink, and a summary takes the place of the rest.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, script, scriptWith } from "@course/offline-model/test";
import { offeredTools, openSession } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { createAgent } from "../src/agent.ts";
import { archived, asksForSummary, bash, inWindow, lastText, notices, page, rounds } from "./small-window.ts";

test("offers the base tools and compact", () => {
  expect(offeredTools(createAgent)).toEqual(["bash", "read_file", "write_file", "edit_file", "compact"]);
});

test("old results shrink together, to a line that names tool, input and place; new ones stay whole", async () => {
  const model = script(...rounds(20, page));
  const open = await openSession(inWindow(6_000), model);
  await open.run("go");
  const shrunk = model.requests.map(
    (request) => JSON.stringify(request.messages).split("left out to save room").length - 1,
  );
  const first = shrunk.findIndex((count) => count > 0);
  const edits = notices(open).filter((text) => /^\d+ old tool results/.test(text));
  expect(edits.length, "times that 20 rounds broke the cache").toBeLessThan(6);
  const text = JSON.stringify(model.requests[first]?.messages);
  expect(text).toMatch(
    /\[bash \{.*round 1, line %g.*\}: [\d,]+ characters left out.*\.transcripts\/\S+\.jsonl, line 3\]/,
  );
  expect(archived(open)[2]).toMatchObject({
    role: "user",
    content: [{ content: expect.stringContaining("round 1, line 60") }],
  });
  await open.close();
});

test("a result over 30,000 characters goes to a file, and a preview with the path stays", async () => {
  const model = script(call("read_file", { file_path: "big" }), say("done"));
  const open = await openSession(createAgent, model);
  const big = Array.from({ length: 4_000 }, (_, index) => `line ${index}`).join("\n");
  writeFileSync(join(open.workspace.root, "big"), big);
  await open.run("go");
  const [result = ""] = open.results();
  expect(result.length).toBeLessThan(2_500);
  const path = /all are in (\.task_outputs\/tool-results\/\w+\.txt)/.exec(result)?.[1] ?? "";
  expect(readFileSync(join(open.workspace.root, path), "utf8")).toBe(big);
  await open.close();
});

test.each([
  ["all that bash shows stays, and its note names the file", 200_000, 30_000, "78,894 characters left out"],
  [
    "a preview stays, and names the file that bash wrote",
    20_000,
    1_900,
    "106,894 of 108,894 characters left out",
  ],
])("of an output that bash cut, %s", async (_, window, least, note) => {
  const open = await openSession(inWindow(window), script(bash("seq 1 20000"), say("done")));
  await open.run("go");
  const [result = ""] = open.results();
  expect(result.length - least).toBeGreaterThan(0);
  expect(result.length - least).toBeLessThan(500);
  expect(result).toContain(note);
  const path = /all are in (\.task_outputs\/bash\/\w+\.txt)/.exec(result)?.[1] ?? "";
  expect(readFileSync(join(open.workspace.root, path), "utf8")).toContain("\n10000\n");
  expect(readdirSync(join(open.workspace.root, ".task_outputs")).sort()).toEqual([".gitignore", "bash"]);
  await open.close();
});

test("many results of one round do not overflow the window", async () => {
  const WINDOW = 8_000;
  const calls = Array.from({ length: 24 }, (_, index) => bash(`seq -f 'part ${index} %g' 200`));
  const model = scriptWith({ contextTokens: WINDOW }, calls, say("done"));
  const open = await openSession(inWindow(WINDOW), model);
  expect(await open.run("go")).toMatchObject({ answer: "done" });
  await open.close();
});

test("the model compacts by itself: the call has its result, and the request stays in the user's words", async () => {
  const model = script(
    say("hello"),
    call("compact", { focus: "the port" }),
    (request) => {
      expect(lastText(request)).toContain("Above all, keep: the port");
      return say("The port is 8080.");
    },
    say("done"),
  );
  const open = await openSession(createAgent, model);
  await open.run("Hello, the port is 8080");
  expect(await open.run("Now compact")).toMatchObject({ answer: "done" });
  const [summary, assistant, results] = model.requests[3]?.messages ?? [];
  expect(JSON.stringify(summary)).toMatch(
    /<earlier-request>Hello, the port is 8080<\/earlier-request>.*The port is 8080\..*"Now compact"/,
  );
  expect(assistant).toMatchObject({ role: "assistant", content: [{ type: "tool_use", name: "compact" }] });
  expect(results).toMatchObject({ content: [{ type: "tool_result" }] });
  await open.close();
});

test("without a focus the model is asked for what counts alone", async () => {
  const model = script(
    say("hello"),
    call("compact"),
    (request) => {
      expect(lastText(request)).toContain("what is left.\\nAnswer with the summary alone");
      return say("The port is 8080.");
    },
    say("done"),
  );
  const open = await openSession(createAgent, model);
  await open.run("Hello, the port is 8080");
  expect(await open.run("Now compact")).toMatchObject({ answer: "done" });
  await open.close();
});

test("a wake with nothing to say asks no model, however full the window is", async () => {
  const model = script(say("x".repeat(40_000)));
  const open = await openSession(inWindow(6_000), model);
  await open.run("go");
  expect(await open.run()).toMatchObject({ stopReason: "idle" });
  expect(model.requests).toHaveLength(1);
  await open.close();
});

test("an input that is cut in half of a character stays valid JSON", async () => {
  const turns = rounds(12, (round) => bash(`seq 300 # ${"x".repeat(round)}${"\u{1F600}".repeat(120)}`));
  const open = await openSession(inWindow(8_000), script(...turns));
  expect(await open.run("go")).toMatchObject({ answer: "done" });
  expect(notices(open).join()).toContain("shortened");
  await open.close();
});

test("without a place for transcripts nothing is taken away, and the run goes on", async () => {
  const model = script(...rounds(10, page));
  const open = await openSession(inWindow(6_000), model);
  writeFileSync(join(open.workspace.root, ".transcripts"), "a file where the folder should be");
  expect(await open.run("go")).toMatchObject({ answer: "done" });
  expect(JSON.stringify(model.requests.at(-1))).not.toContain("left out to save room");
  expect(notices(open).filter((text) => text.includes("no transcript can be written"))).toHaveLength(1);
  await open.close();
});

test("where a summary cannot help, it is not asked for at every turn", async () => {
  const model = script(...rounds(20, (round) => bash(`seq ${round}`)));
  const open = await openSession(inWindow(6_000), model);
  await open.run("x".repeat(13_000));
  expect(model.requests.filter(asksForSummary).length).toBeLessThan(6);
  await open.close();
});
