import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { startOfflineModel } from "@course/offline-model";
import { errorMessage, type StampedEvent } from "@course/runtime";
import { openAgent } from "../src/chapter-agent.ts";
import { findChapter } from "../src/chapters.ts";
import { continueEdited } from "../src/edit/continue.ts";
import { findResult } from "../src/edit/find-result.ts";
import { changeAgain, copyFolder } from "../src/edit/folder.ts";
import { goOn } from "../src/edit/future.ts";
import { offlineModel } from "../src/edit/model.ts";
import { hasThoughts, movedTo, pastWith, withoutThoughts } from "../src/edit/past.ts";
import { parseFlags } from "../src/flags.ts";
import { readTrace, type Trace } from "../src/trace/read.ts";
import { traceSteps, type TraceSteps } from "../src/trace/steps.ts";
import { notRestored } from "../src/edit/not-restored.ts";
import { replay, replayed, traceOf, type Traced } from "./program.ts";

let traced: Traced;
let trace: Trace;
let steps: TraceSteps;
beforeAll(async () => {
  traced = traceOf("s02", "Make the failing test pass");
  trace = await readTrace(traced.file);
  steps = traceSteps(trace);
});
afterAll(() => traced.remove());

/** Numbers, from 1, of the steps at which a tool ended. */
const resultSteps = () =>
  Array.from({ length: steps.count }, (_, index) => index + 1).filter((number) =>
    steps.events(number - 1).some(({ type }) => type === "tool_ended"),
  );

async function future(past: readonly StampedEvent[]) {
  const copy = copyFolder(undefined);
  const model = offlineModel(undefined);
  onTestFinished(async () => {
    await model.close();
    copy.remove();
  });
  await changeAgain(copy.folder, past, model);
  const agent = await openAgent(findChapter("s02", ""), trace.header, copy.folder);
  return { ...(await goOn(agent, model, past, "now", new AbortController().signal)), folder: copy.folder };
}

test("the strict model takes the conversation, with all its thoughts, whichever result is edited", async () => {
  const numbers = resultSteps();
  expect(numbers.length).toBeGreaterThan(4);
  for (const number of numbers) {
    const past = pastWith(trace.events, findResult(trace.events, steps, number - 1), "(nothing)");
    expect(hasThoughts(past)).toBe(true);
    const { outcome } = await future(past);
    expect(outcome.ending, `step ${number}: ${outcome.answer}`).toBe("completed");
  }
});

test("without the cut, or with the edit before a thought, it would refuse", async () => {
  const [first = 1] = resultSteps();
  const result = findResult(trace.events, steps, first - 1);
  const later = findResult(trace.events, steps, (resultSteps().at(-1) ?? 1) - 1);
  const { outcome } = await future(pastWith(trace.events, { ...result, end: later.end }, "(nothing)"));
  expect(outcome).toMatchObject({
    ending: "failed",
    answer: expect.stringContaining("bound to a different"),
  });
  const bare = withoutThoughts(pastWith(trace.events, { ...result, end: later.end }, "(nothing)"));
  expect((await future(bare)).outcome.ending).toBe("completed");
});

test("the changes of files before it are made again, and no others", async () => {
  const edit = steps.step.bind(steps);
  const numbers = resultSteps();
  const titles = await Promise.all(numbers.map((number) => edit(number - 1)));
  const changed = numbers[titles.findIndex(({ title }) => title.startsWith("edit_file"))] ?? 0;
  const source = (at: string) => readFileSync(join(at, "src/list.js"), "utf8");
  const after = await future(pastWith(trace.events, findResult(trace.events, steps, changed - 1), "done"));
  expect(source(after.folder)).toBe(source(traced.folder));
  const copy = copyFolder(undefined);
  onTestFinished(() => copy.remove());
  expect(source(copy.folder)).not.toBe(source(traced.folder));
});

test("a folder that the conversation names becomes the copy's, also where JSON escapes it", () => {
  const events = [{ type: "notice", message: 'in /tmp/a "b"/c', at: 1 }] as const;
  expect(movedTo(events, '/tmp/a "b"', "/copy")).toEqual([{ type: "notice", message: "in /copy/c", at: 1 }]);
  expect(movedTo(events, "/elsewhere", "/copy")).toBe(events);
});

test("a step without a result of its own names those that have one", () => {
  expect(() => findResult(trace.events, steps, 0)).toThrow(
    /^Step 1 holds no result of a tool\. Steps that hold one: \d+ \(read_file\), \d+ \(bash\)/,
  );
});

test("a copy leaves out what could lead back: absolute links, and the .git file of a worktree", () => {
  const folder = mkdtempSync(join(tmpdir(), "course-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "sub"));
  writeFileSync(join(folder, "sub/file"), "x");
  writeFileSync(join(folder, ".git"), "gitdir: /elsewhere");
  symlinkSync(join(folder, "sub/file"), join(folder, "absolute"));
  symlinkSync("sub/file", join(folder, "relative"));
  const copy = copyFolder(folder);
  onTestFinished(() => copy.remove());
  expect(readdirSync(copy.folder).sort()).toEqual(["relative", "sub"]);
  expect(readFileSync(join(copy.folder, "relative"), "utf8")).toBe("x");
});

const numberOf = (name: string) =>
  String(
    resultSteps().find((number) =>
      steps.events(number - 1).some((event) => event.type === "tool_ended" && event.name === name),
    ),
  );

test("both futures stand side by side at 80 columns, and no copy stays", async () => {
  const temporary = mkdtempSync(join(tmpdir(), "course-"));
  onTestFinished(() => rmSync(temporary, { recursive: true, force: true }));
  const before = readFileSync(join(traced.folder, "src/list.js"), "utf8");
  const { stdout, stderr, code } = replay(
    [traced.file, "--from", numberOf("read_file"), "--result", "no such file"],
    { TMPDIR: temporary },
  );
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  expect(stdout).toMatch(/the result of read_file package\.json/);
  expect(stdout).toMatch(/now │ no such file/);
  expect(stdout).toMatch(/What the model thought before it is kept/);
  expect(stdout).toMatch(/It goes on as s02 on the offline model, in a new playground\./);
  expect(stdout).toMatch(/as it was +│ with the edited result/);
  expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  // The reaper of the agent's commands takes their pipes away a moment after the end.
  await expect
    .poll(() => readdirSync(temporary).filter((name) => name.startsWith("course-")), { timeout: 10_000 })
    .toEqual([]);
  expect(readFileSync(join(traced.folder, "src/list.js"), "utf8")).toBe(before);
});

test("--dir goes on in a copy of the folder; with --keep it stays, and its trace can be played and edited again", () => {
  const args = [
    "--from",
    numberOf("read_file"),
    "--result",
    "no such file",
    "--dir",
    traced.folder,
    "--keep",
  ];
  const { stdout, code } = replay([traced.file, ...args]);
  expect(code).toBe(0);
  const [, folder = "", file = ""] = /The copy is (\S+)\. Its trace: npm run replay (\S+)/.exec(stdout) ?? [];
  onTestFinished(() => rmSync(join(folder, ".."), { recursive: true, force: true }));
  expect(folder).not.toBe(traced.folder);
  expect(existsSync(join(folder, "package.json"))).toBe(true);
  const again = replay([file]);
  expect(again.stdout).toMatch(/\(s02\) {2}\d+ steps\n\n1 {2}A prompt/);
  expect(replay([file, "--from", "7", "--result", "other"])).toMatchObject({ code: 0, stderr: "" });
});

test("$EDITOR is opened on the result; one that changes nothing makes no other future", () => {
  const args = [traced.file, "--from", numberOf("read_file"), "--edit"];
  expect(replay(args).stderr).toBe(
    "There is no terminal for an editor. Give the new result with --result TEXT or --result-file PATH.\n",
  );
  const same = join(traced.folder, "same.txt");
  const { content } = findResult(trace.events, steps, Number(numberOf("read_file")) - 1);
  writeFileSync(same, content);
  expect(replay([...args, "--result-file", same]).stdout).toMatch(/^The result is what it was before/);
});

test.each([
  [["--edit"], /^--edit needs the step whose result is edited, as in --from 7/],
  [
    ["--from", "7", "--result", "x", "--chapter", "s99"],
    /^--chapter s99: there is no such chapter\. There are: s01/,
  ],
  [["--from", "999", "--result", "x"], /^--from 999: expected a whole number from 1 to \d+\.$/],
  [["--from", "1", "--result", "x"], /^Step 1 holds no result of a tool\. Steps that hold one: /],
  [["--from", "7", "--result", "x", "--dir", "/nowhere"], /^--dir \/nowhere: there is no such folder\.$/],
  [["--from", "7", "--result-file", "/nowhere"], /^--result-file \/nowhere: .*no such file/],
  [["--from", "7", "--result", "x", "--real"], /^--real: no model is set\. Put ANTHROPIC_API_KEY into \.env/],
  [["--result", "x", "--result-file", "y", "--from", "7"], /^--result and --result-file do not go together/],
  [["--mine", "--edit"], /^--mine and --edit do not go together/],
  [["--keep"], /^--keep goes with --edit\.$/],
  [["--from", "7", "--edit", "--step", "2"], /^--step and --edit do not go together/],
])("%j is an error of one line that names the value", async (args, message) => {
  for (const name of ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL"])
    vi.stubEnv(name, undefined);
  onTestFinished(() => void vi.unstubAllEnvs());
  const error = await edited(args).catch(errorMessage);
  expect(error).toMatch(message);
  expect(String(error).split("\n")).toHaveLength(1);
});

async function edited(args: readonly string[]): Promise<number> {
  const command = parseFlags([traced.file, ...args], {});
  if (command.kind !== "edit") throw new Error(`${command.kind} is not edited`);
  return continueEdited(command);
}

test("an error is one line on stderr, and exit code 1", () => {
  expect(replay([traced.file, "--from", "999", "--result", "x"])).toEqual({
    stdout: "",
    stderr: expect.stringMatching(/^--from 999: expected a whole number from 1 to \d+\.\n$/),
    code: 1,
  });
});

test("--real goes on with the model of the settings, here over HTTP, and asks nobody without --yes", async () => {
  const server = await startOfflineModel();
  onTestFinished(() => server.close());
  const args = [traced.file, "--from", numberOf("read_file"), "--result", "no such file", "--real"];
  const env = { ANTHROPIC_API_KEY: "sk-ant-0123456789", ANTHROPIC_BASE_URL: server.url };
  expect(await replayed(args, env)).toMatchObject({
    code: 1,
    stderr: "--real asks before it sends anything, and nobody is there. Add --yes.\n",
  });
  const { stdout, stderr, code } = await replayed([...args, "--yes"], env);
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  expect(stdout).toMatch(/What the model thought before it is left out: another model goes on/);
  expect(stdout).toContain(`It goes on as s02 on ${new URL(server.url).host}, in a new playground`);
  expect(stdout).toMatch(/[1-9]\d* calls, .*│ [1-9]\d* calls, /);
});

test("what is not restored is said in one line, less of it where a folder is copied", () => {
  const used = (...names: string[]) =>
    names.map((name): StampedEvent => ({ type: "tool_started", id: name, name, input: {}, at: 1 }));
  const past = used("background_run", "task_create", "bash", "task_update");
  expect(notRestored(past, false)).toMatch(/: background tasks, the task board\.$/);
  expect(notRestored(past, true)).toMatch(/: background tasks\.$/);
  expect(notRestored(used("bash", "read_file"), false)).toBeUndefined();
});
