import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { hasControlCharacters } from "@course/runtime";
import { chapterOfCall } from "../src/claude-code/call-marks.ts";
import { openSession, streamSession } from "../src/claude-code/session.ts";
import type { Step } from "../src/step.ts";
import { wholeStep } from "../src/text/step-lines.ts";
import { colorsOf, rowsOf } from "../src/text/paint.ts";
import { FIXTURE, node, replay } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "course-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function stepsOf(file: string): Promise<Step[]> {
  const steps: Step[] = [];
  for await (const step of streamSession(file)) steps.push(step);
  return steps;
}

test("each chapter that Claude Code has something of is marked in a session that has everything", async () => {
  const marks = new Set((await stepsOf(FIXTURE)).flatMap(({ chapters }) => chapters));
  const without = ["s17", "full"];
  const all = Array.from({ length: 19 }, (_, index) => `s${String(index + 1).padStart(2, "0")}`);
  expect([...marks].sort()).toEqual(all.filter((id) => !without.includes(id)));
});

test.each([
  ["Bash", { command: "ls" }, "s01"],
  ["Bash", { command: "npm run build", run_in_background: true }, "s13"],
  ["BashOutput", { bash_id: "b1" }, "s13"],
  ["Read", { file_path: "a.ts" }, "s02"],
  ["Read", { file_path: "/p/CLAUDE.md" }, "s10"],
  ["Write", { file_path: "/home/x/.claude/projects/p/memory/topic.md" }, "s09"],
  ["Task", { prompt: "look" }, "s04"],
  ["Agent", { prompt: "look", isolation: "worktree" }, "s18"],
  ["Agent", { prompt: "look", team_name: "t" }, "s15"],
  ["SendMessage", { message: { type: "plan_approval_response", approve: true } }, "s16"],
  ["mcp__tracker__get", {}, "s19"],
  ["ToolOfTomorrow", {}, "s02"],
  ["constructor", null, "s02"],
])("%s %j is marked %s", (name, input, chapter) => {
  expect(chapterOfCall(name, input)).toBe(chapter);
});

test("a result is marked as its call is, a refused one as permissions are, and both orders of looking agree", async () => {
  const steps = await stepsOf(FIXTURE);
  const titled = (title: string) => steps.find((step) => step.title === title)?.chapters;
  expect(titled("The result of TaskCreate")).toEqual(["s12"]);
  expect(titled("An error of Edit")).toEqual(["s07"]);
  expect(titled("A subagent: the model calls Grep")).toEqual(["s04", "s02"]);
  const session = await openSession(FIXTURE);
  expect(session.count).toBe(steps.length);
  for (const index of steps.keys()) expect(await session.step(index)).toEqual(steps[index]);
  expect(session.remarks).toEqual(["2 lines are no JSON object; shown as they are."]);
});

test("what is not known, not JSON or cut off is shown as it is", async () => {
  const steps = await stepsOf(FIXTURE);
  expect(steps.at(-1)).toMatchObject({ title: "The last line, which is cut off" });
  expect(steps.at(-2)).toMatchObject({ title: "A line that is no JSON" });
  expect(steps.at(-4)).toMatchObject({
    title: '"a-type-of-tomorrow", which is not part of the conversation',
  });
  expect(JSON.stringify(steps.at(-4)?.lines)).toContain("payload");
});

test("a prompt that begins with a tag of one's own is the user's", async () => {
  const file = join(folder, "tag.jsonl");
  const line = (content: string) => JSON.stringify({ type: "user", message: { role: "user", content } });
  writeFileSync(
    file,
    `${line("<div> is not closed, why?")}\n${line("<system-reminder>x</system-reminder>")}\n`,
  );
  const titles = (await stepsOf(file)).map(({ title }) => title);
  expect(titles).toEqual(["The user asks", "The harness speaks: <system-reminder>"]);
});

/** Lines that look like those of a session, and are wrong in any way. */
const block = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      type: fc.constantFrom("text", "thinking", "tool_use", "tool_result", "image", "tool_reference", "x"),
      text: fc.oneof(fc.string({ unit: "binary" }), fc.jsonValue()),
      id: fc.string(),
      name: fc.oneof(fc.string(), fc.constantFrom("Bash", "__proto__", "SendMessage", "Agent")),
      input: fc.jsonValue(),
      tool_use_id: fc.oneof(fc.string(), fc.jsonValue()),
      content: fc.jsonValue(),
      is_error: fc.jsonValue(),
    },
    { requiredKeys: [] },
  ),
);
const record = fc.record(
  {
    type: fc.constantFrom(
      "user",
      "assistant",
      "system",
      "attachment",
      "progress",
      "summary",
      "queue-operation",
      "x",
    ),
    subtype: fc.constantFrom("compact_boundary", "api_error", "__proto__", "x"),
    message: fc.oneof(fc.jsonValue(), fc.record({ content: fc.oneof(fc.string(), fc.array(block)) })),
    attachment: fc.oneof(fc.jsonValue(), fc.record({ type: fc.string(), content: fc.jsonValue() })),
    timestamp: fc.oneof(fc.jsonValue(), fc.integer(), fc.constant("2026-11-20T10:00:00Z")),
    isSidechain: fc.jsonValue(),
    content: fc.jsonValue(),
    compactMetadata: fc.jsonValue(),
    error: fc.jsonValue(),
    retryInMs: fc.jsonValue(),
  },
  { requiredKeys: [] },
);
const line = fc.oneof(
  record.map((one) => JSON.stringify(one)),
  fc.jsonValue().map((one) => JSON.stringify(one)),
  fc.string(),
);

test("no session makes it fail, and none reaches the terminal raw", async () => {
  const file = join(folder, "fuzz.jsonl");
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (lines) => {
      writeFileSync(file, lines.join("\n"));
      const session = await openSession(file);
      for (let index = 0; index < session.count; index++) {
        const rows = wholeStep(await session.step(index), index + 1, session.count, 80);
        for (const row of rows.flatMap((one) => rowsOf(one, 80, colorsOf(false))))
          expect(hasControlCharacters(row)).toBe(false);
      }
    }),
    { numRuns: 300 },
  );
});

test("JSON that is nested too deeply to be written is said to be", async () => {
  const file = join(folder, "deep.jsonl");
  const deep = 200_000;
  writeFileSync(file, `{"type":"x","deep":${"[".repeat(deep)}${"]".repeat(deep)}}\n`);
  expect(JSON.stringify(await stepsOf(file))).toMatch(/nested too deeply|no JSON|\[\[\[/);
});

test("escape sequences of a session do not reach a pipe", () => {
  const other = join(import.meta.dirname, "program.ts");
  expect(replay(["--claude-code", other])).toMatchObject({
    stdout: "",
    stderr: expect.stringContaining("program.ts: no line of it is a JSON object."),
    code: 1,
  });
  const { stdout, code } = replay(["--claude-code", FIXTURE]);
  expect(code).toBe(0);
  expect(readFileSync(FIXTURE, "utf8")).toContain("\\u001b[2J");
  // oxlint-disable-next-line no-control-regex -- it looks for them
  expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f\u202e]/);
  expect(stdout).toMatch(/ {2}s13 {2}Background Tasks +\d+ steps/);
});

test("100 MB are read by lines, in a heap that could not hold them", async () => {
  const file = join(folder, "long.jsonl");
  const out = createWriteStream(file);
  const filler = {
    type: "assistant",
    message: { role: "assistant", content: [{ type: "text", text: "x".repeat(5_000) }] },
  };
  const text = `${JSON.stringify(filler)}\n`.repeat(200);
  for (let written = 0; written < 100_000_000; written += text.length)
    if (!out.write(text)) await once(out, "drain");
  out.end();
  await once(out, "finish");
  const args = ["packages/replay/src/main.ts", "--claude-code", file];
  const all = node(args, {}, ["--max-old-space-size=64"]);
  expect(all).toMatchObject({ code: 0, stderr: "" });
  const one = node([...args, "--step", "19000"], {}, ["--max-old-space-size=64"]);
  expect(one.stdout).toMatch(/^Step 19000 of \d+\nThe model says/);
  rmSync(file);
});
