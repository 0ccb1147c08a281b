import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commandLine } from "../src/command-line.ts";
import { HELP, parseFlags } from "../src/flags.ts";
import { stages } from "../src/stages/index.ts";
import { withRun } from "../src/run.ts";
import { inOrder } from "../src/model.ts";
import { say } from "@course/offline-model/test";
import { temporaryFolder } from "@course/runtime/testing";
import { never, program } from "./program.ts";

const from = temporaryFolder();
writeFileSync(join(from, "agent.py"), "");
writeFileSync(join(from, "python3"), "");
mkdirSync(join(from, "src"));
const PROMPT = "Say it's $HOME";
const QUOTED = "'Say it'\\''s $HOME'";

test.each([
  ["python3 agent.py", `python3 ${from}/agent.py ${QUOTED}`],
  ["python3 ./agent.py -p {prompt} --fast", `python3 ${from}/agent.py -p ${QUOTED} --fast`],
  ['python3 agent.py --prompt="{prompt}"', `python3 ${from}/agent.py --prompt=${QUOTED}`],
  ["./agent.py", `${from}/agent.py ${QUOTED}`],
  ["node --config=agent.py src missing.py", `node --config=${from}/agent.py src missing.py ${QUOTED}`],
])("%s", (command, line) => {
  expect(commandLine(program(command, { from }), PROMPT)).toBe(line);
});

test("with --stdin the prompt is what the program reads, whole", async () => {
  const stdin = program('read -r line; echo "<$line>"; true', { stdin: true });
  const plan = { prompt: PROMPT, script: inOrder(() => say("")) };
  expect(await withRun(stdin, plan, never, ({ output }) => output)).toBe(`<${PROMPT}>\n`);
});

test("the program gets the three variables, and no key of the learner's", async () => {
  process.env["ANTHROPIC_AUTH_TOKEN"] = "mine";
  const show = program("env | grep -E 'ANTHROPIC|MODEL_ID'; true");
  const lines = await withRun(show, { prompt: "", script: inOrder() }, never, ({ output }) =>
    output.trim().split("\n"),
  );
  delete process.env["ANTHROPIC_AUTH_TOKEN"];
  expect(lines.toSorted()).toEqual([
    "ANTHROPIC_API_KEY=grade",
    expect.stringMatching(/^ANTHROPIC_BASE_URL=http:\/\/127\.0\.0\.1:\d+$/),
    "MODEL_ID=claude-sonnet-5-5",
  ]);
});

test.each([
  [[], "Name the program to grade"],
  [["python3", "agent.py"], 'Put the whole command into quotes: npm run grade -- "python3 agent.py"'],
  [["agent", "--stage", "loops"], "there is no such stage. There are: loop, files, context"],
  [["agent", "--seconds", "soon"], "--seconds soon: expected a whole number from 1 to 600"],
  [["agent", "--fast"], "Unknown option '--fast'"],
  [["agent {prompt}", "--stdin"], "do not go together"],
])("%j is an error that says what to type", (args, message) => {
  expect(() => parseFlags(args, stages, {})).toThrow(message);
});

test("a flag that npm took for itself is named", () => {
  const env = { npm_lifecycle_event: "grade", npm_config_stage: "loop" };
  expect(() => parseFlags(["python3 agent.py"], stages, env)).toThrow(
    'Write: npm run grade -- "python3 agent.py" --stage loop',
  );
});

test("stages are chosen in the order of the course", () => {
  const flags = parseFlags(["agent", "--stage", "context,loop", "--json"], stages, { INIT_CWD: from });
  if (flags === "help") throw new Error("not asked for");
  expect(flags.stages.map(({ name }) => name)).toEqual(["loop", "context"]);
  expect(flags).toMatchObject({ json: true, program: { from, seconds: 30, stdin: false } });
  expect(parseFlags(["-h"], stages, {})).toBe("help");
  for (const line of HELP.split("\n")) expect(line.length).toBeLessThanOrEqual(90);
});
