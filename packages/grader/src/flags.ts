// The arguments of npm run grade. What is wrong with them is an Error that says what to type.
import { readCommandLine } from "@course/runtime/terminal";
import type { Stage } from "./check.ts";
import type { Program } from "./command-line.ts";

const DEFAULT_SECONDS = 30;
const LONGEST_SECONDS = 600;
const OPTIONS = {
  stage: { type: "string", multiple: true },
  stdin: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  seconds: { type: "string", default: String(DEFAULT_SECONDS) },
  help: { type: "boolean", short: "h", default: false },
} as const;

export interface Flags {
  program: Program;
  stages: readonly Stage[];
  json: boolean;
}

/** "help" where that is asked for. Throws an Error that names the argument at fault. */
export function parseFlags(
  args: readonly string[],
  known: readonly Stage[],
  env: NodeJS.ProcessEnv,
): Flags | "help" {
  const { values, positionals } = readCommandLine(OPTIONS, { words: Infinity, args, env });
  if (values.help) return "help";
  const [command = "", ...more] = positionals;
  if (command.trim() === "")
    throw new Error('Name the program to grade: npm run grade -- "python3 my_agent.py". --help says more.');
  if (more.length > 0)
    throw new Error(
      `"${more[0]}" is one argument too many. Put the whole command into quotes: npm run grade -- "${[command, ...more].join(" ")}"`,
    );
  const seconds = Number(values.seconds);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST_SECONDS)
    throw new Error(`--seconds ${values.seconds}: expected a whole number from 1 to ${LONGEST_SECONDS}.`);
  if (values.stdin && command.includes("{prompt}"))
    throw new Error("--stdin and {prompt} do not go together: the prompt goes to one place.");
  const from = env["INIT_CWD"] ?? process.cwd();
  return {
    program: { command, stdin: values.stdin, from, seconds },
    stages: chosen(values.stage, known),
    json: values.json,
  };
}

function chosen(names: readonly string[] | undefined, known: readonly Stage[]): readonly Stage[] {
  if (names === undefined) return known;
  const wanted = names.flatMap((list) => list.split(",")).map((name) => name.trim());
  for (const name of wanted)
    if (!known.some((stage) => stage.name === name))
      throw new Error(
        `--stage ${name}: there is no such stage. There are: ${known.map((stage) => stage.name).join(", ")}.`,
      );
  return known.filter(({ name }) => wanted.includes(name));
}

export const HELP = `Grades any agent, in any language: npm run grade -- "python3 my_agent.py"

The program gets ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY and MODEL_ID, and the prompt as
its last argument. It works in a folder of its own, answers, and ends.

  {prompt} in COMMAND   where the prompt goes instead
  --stdin               the prompt goes to standard input
  --stage LIST          only these stages, as in loop,files
  --seconds N           how long one run may take; default ${DEFAULT_SECONDS}
  --json                the result as JSON

Exit code 0 when every check that applies passes. docs/grade.md says what is checked.`;
