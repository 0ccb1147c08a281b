import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, say, script } from "@course/offline-model/test";
import { Workspace } from "@course/runtime";
import { offeredTools, runHere, temporaryFolder } from "@course/runtime/testing";
import { expect, test } from "vitest";
import { createAgent, flags } from "../src/agent.ts";
import { openFull, runFull } from "./program.ts";

test("offers the base tools and those of every mechanism", () => {
  expect(offeredTools(createAgent)).toMatchInlineSnapshot(`
    [
      "bash",
      "read_file",
      "write_file",
      "edit_file",
      "compact",
      "todo",
      "task",
      "load_skill",
      "save_memory",
      "task_create",
      "task_update",
      "task_list",
      "task_get",
      "background_run",
      "check_background",
      "schedule_create",
      "schedule_list",
      "schedule_delete",
      "spawn_teammate",
      "list_teammates",
      "send_message",
      "request_shutdown",
      "review_plan",
      "list_requests",
      "claim_task",
      "worktree_create",
      "worktree_list",
      "worktree_run",
      "worktree_remove",
    ]
  `);
});

test("--without takes a chapter's tools away", () => {
  const left = offeredTools((workspace) => createAgent(workspace, { without: "s06, s12, s17" }));
  expect(left).not.toContain("compact");
  expect(left).not.toContain("task_create");
  expect(left).toContain("background_run");
  expect(() => createAgent(new Workspace(temporaryFolder()), { without: "s99" })).toThrow(
    /--without s99: expected some of s03, /,
  );
});

test("--allowedTools and --disallowedTools mean --allow and --deny", async () => {
  const folder = temporaryFolder();
  const model = script(call("bash", { command: "touch a" }), call("bash", { command: "rm a" }), say("ok"));
  const open = await openFull(model, folder, {
    "permission-mode": undefined,
    allowedTools: "Bash(touch:*),Bash(rm:*)",
    disallowedTools: "Bash(rm:*)",
  });
  await open.run("go");
  expect(open.results()[0]).not.toMatch(/not run/);
  expect(open.results()[1]).toMatch(/The call was not run/);
  await open.close();
});

test("--append-system-prompt stands at the end of the system prompt", async () => {
  const model = script(say("ok"));
  const open = await openFull(model, temporaryFolder(), { "append-system-prompt": "Answer in verse." });
  await open.run("go");
  expect(model.requests[0]?.system).toMatch(/\n\nAnswer in verse\.$/);
  await open.close();
});

test.each([
  [
    ["--dangerously-skip-permissions"],
    /--dangerously-skip-permissions: allow what you need: --allow RULES, or --permission-mode acceptEdits/,
  ],
  [["--max-budget-usd", "1"], /--max-budget-usd: there are no prices here/],
  [["--strict-mcp-config"], /--strict-mcp-config: the project's \.mcp\.json counts as well/],
  [["--without", "s15"], /--without s15: s16 and s17 would stand on nothing\. Write --without s15,s16,s17/],
  [["-v"], /-v: the banner says/],
  [["--with", "s13"], /--with: all mechanisms are here already/],
  [["--continue", "--resume", "x"], /--continue and --resume do not go together/],
  [["--fork-session"], /--fork-session goes with --continue or --resume/],
  [["--resume", "nonsense"], /There is no session "nonsense"/],
  [["--input-format", "stream-json"], /goes with --output-format stream-json/],
  [["--output-format", "xml", "-p", "x"], /--output-format xml: expected text, json or stream-json/],
  [["--resumee"], /Unknown flag --resumee\. Did you mean --resume\?/],
  [["Fix the bug"], /To run one prompt, write: -p "Fix the bug"/],
])("%j is refused in one line that says what to write", async (args, line) => {
  const { code, stderr } = await runHere(import.meta.url, ["--offline", "--dir", temporaryFolder(), ...args]);
  expect(code).toBe(1);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toMatch(line);
});

test("every flag that is refused says what comes nearest, and --help leaves it out", async () => {
  const { stdout } = await runFull(temporaryFolder(), ["--help"]);
  for (const [name, { refusal }] of Object.entries(flags as Record<string, { refusal?: string }>)) {
    const isListed = new RegExp(`^ +(-., )?--${name} `, "m").test(`${stdout} `);
    expect(isListed, name).toBe(refusal === undefined);
    if (refusal !== undefined) expect(refusal.length, name).toBeGreaterThan(20);
  }
});

test("the program starts in any folder, and works there", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "deep"));
  const { stdout } = await runFull(join(folder, "deep"), ["--offline", "-p", "Run pwd"]);
  expect(stdout).toContain(join(folder, "deep"));
});

test("--output-format json prints the result, with the id that --resume takes", async () => {
  const folder = temporaryFolder();
  const { stdout } = await runFull(folder, ["--offline", "-p", "Run pwd", "--output-format", "json"]);
  const result = JSON.parse(stdout) as { session_id: string };
  expect(result).toMatchObject({
    type: "result",
    is_error: false,
    result: expect.stringContaining(folder),
    num_turns: 2,
    usage: { output_tokens: expect.any(Number) },
  });
  const again = await runFull(folder, [
    "--offline",
    "-p",
    "Run ls",
    "--resume",
    result.session_id,
    "--output-format=json",
  ]);
  expect(JSON.parse(again.stdout)).toMatchObject({ session_id: result.session_id, is_error: false });
});

test("--input-format stream-json runs one message a line, and a bad line is an error that stops nothing", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "a.txt"), "hello");
  const user = (content: unknown) => JSON.stringify({ type: "user", message: { role: "user", content } });
  const lines = [user("Run ls"), "nonsense", user([{ type: "text", text: "Run cat a.txt" }])];
  const formats = ["--input-format", "stream-json", "--output-format", "stream-json"];
  const { stdout, code } = await runFull(folder, ["--offline", ...formats], lines);
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { type: string; answer?: string; message?: string });
  expect(events.filter(({ type }) => type === "run_ended").map(({ answer }) => answer)).toEqual([
    expect.stringContaining("a.txt"),
    expect.stringContaining("hello"),
  ]);
  expect(events.find(({ type }) => type === "error")?.message).toMatch(/no JSON.*expected \{"type":"user"/);
  expect(code).toBe(1);
});
