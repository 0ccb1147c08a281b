// The tools where it matters which folder, which bytes and which reply they are about.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, script } from "@course/offline-model/test";
import { expect, onTestFinished, test } from "vitest";
import { baseTools, createModelClient, defineAgent, isThinking, Session, Workspace } from "../src/index.ts";
import { openSession, temporaryFolder } from "../src/testing.ts";
import { runBash } from "../src/tools/bash.ts";

async function resultsOf(workspaceOf: (root: string) => void, ...calls: ReturnType<typeof call>[]) {
  const model = script(calls, say("done"));
  const open = await openSession(
    (workspace: Workspace) => defineAgent({ name: "t", instructions: "x", tools: baseTools(workspace) }),
    model,
  );
  onTestFinished(() => open.close());
  workspaceOf(open.workspace.root);
  await open.run("go");
  const results = open.events.flatMap((event) => (event.type === "tool_ended" ? [event.result] : []));
  return { root: open.workspace.root, results };
}

test("bash runs in the workspace, in a shell of its own each time, or where it is told", async () => {
  const { root, results } = await resultsOf(
    (folder) => mkdirSync(join(folder, "sub")),
    call("bash", { command: "cd sub; pwd; X=1" }),
    call("bash", { command: 'pwd; echo "x=$X"' }),
  );
  expect(results.map(({ content }) => content)).toEqual([`${root}/sub`, `${root}\nx=`]);
  const elsewhere = temporaryFolder();
  const context = { signal: new AbortController().signal, toolUseId: "toolu_1" };
  const told = await runBash("pwd", new Workspace(root), context, elsewhere);
  expect(told).toMatchObject({ content: elsewhere, isError: false });
});

test.each<[string, string, boolean]>([
  ["exit 3", "[exit code 3]", false],
  ["echo out; exit 1", "out\n[exit code 1]", false],
  ["kill -9 $$", "[ended by SIGKILL]", false],
  ["true", "(no output)", false],
  ["sleep 30 & echo out", "out\n[processes that it left running were ended]", false],
])("%s", async (command, content, isError) => {
  const { results } = await resultsOf(() => {}, call("bash", { command }));
  expect(results[0]).toMatchObject({ content, isError });
});

test("what is interrupted is an error, and says so", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 200);
  const context = { signal: controller.signal, toolUseId: "toolu_1" };
  const result = await runBash("echo begun; sleep 30", new Workspace(temporaryFolder()), context);
  expect(result).toMatchObject({ content: "begun\n[interrupted by the user]", isError: true });
});

test("a file with a zero byte in its first 8,000 is binary; one after them is text that can be edited", async () => {
  const edit = (file_path: string) => call("edit_file", { file_path, old_string: "end", new_string: "END" });
  const { results } = await resultsOf(
    (root) => {
      writeFileSync(join(root, "early"), `${"x".repeat(7_999)}\0end`);
      writeFileSync(join(root, "late"), `${"x".repeat(8_000)}\0end`);
      writeFileSync(join(root, "file"), "");
    },
    edit("early"),
    edit("late"),
    edit("none"),
    edit("file/below"),
    call("write_file", { file_path: "file/below", content: "" }),
    call("edit_file", { file_path: "late", old_string: "x", new_string: "y", replace_all: true }),
  );
  expect(results.map(({ content }) => content)).toEqual([
    "early is a binary file.",
    "Replaced 1 occurrence in late.",
    "none does not exist.",
    "A part of file/below is a file, not a folder.",
    "A part of file/below is a file, not a folder.",
    "Replaced 8000 occurrences in late.",
  ]);
});

test("thinking that is not shown is thinking too, and a session has counted nothing at its start", () => {
  expect(["thinking", "redacted_thinking", "text"].map((type) => isThinking({ type }))).toEqual([
    true,
    true,
    false,
  ]);
  const { usage } = new Session(createModelClient({ env: { ANTHROPIC_API_KEY: "k" } }));
  expect(usage.total).toEqual({ input: 0, cacheRead: 0, cacheWrite: 0, output: 0, thinking: 0 });
  expect(usage.last).toBe(undefined);
});
