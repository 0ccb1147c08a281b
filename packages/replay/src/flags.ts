// The arguments of npm run replay. What is wrong with them is an Error that names the value and says what to type.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { errorMessage } from "@course/runtime";
import { readCommandLine } from "@course/runtime/terminal";

export const HELP = `npm run replay FILE plays what --trace wrote: in the browser, or with --text in the terminal.

  npm run replay                          lists the newest traces
  npm run replay FILE                     in the browser, at an address that is printed; without one, as --text
  npm run replay FILE -- --text           step by step in the terminal; in a pipe, all steps
  npm run replay FILE -- --browser        in the browser, though none is seen here
  npm run replay FILE -- --step 7         one step, as text
  npm run replay FILE -- --from 7 --edit  edits the result of step 7 in $EDITOR, and goes on from there in a copy of the
                                          playground; both futures stand side by side. Background tasks,
                                          task boards and teammates of before are not restored
      --result TEXT, --result-file PATH   the new result, in place of the editor
      --chapter s13                       the agent that goes on; default: the one of the trace
      --dir PATH                          goes on in a copy of this folder, with the task board that is there
      --keep                              the copy stays, with a trace of the new future
      --real, --yes                       on the model of .env, after asking; without being asked
  npm run replay FILE -- --mine           replays it with the mechanism that you wrote, and says where it first differs
  npm run replay -- --claude-code FILE    a session of Claude Code: what happened, and which chapter teaches it`;

const OPTIONS = {
  text: { type: "boolean" },
  browser: { type: "boolean" },
  step: { type: "string" },
  from: { type: "string" },
  edit: { type: "boolean" },
  result: { type: "string" },
  "result-file": { type: "string" },
  chapter: { type: "string" },
  dir: { type: "string" },
  keep: { type: "boolean" },
  real: { type: "boolean" },
  yes: { type: "boolean" },
  mine: { type: "boolean" },
  "claude-code": { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

type Values = ReturnType<typeof readCommandLine<typeof OPTIONS>>["values"];

export interface ShowCommand {
  kind: "show" | "claude-code";
  file: string;
  text: boolean;
  browser: boolean;
  /** One step, as it was typed. */
  step: string | undefined;
  /** Where to begin, as it was typed. */
  from: string | undefined;
}

export interface EditCommand {
  kind: "edit";
  file: string;
  from: string;
  /** Undefined: an editor is opened. */
  result: string | undefined;
  chapter: string | undefined;
  dir: string | undefined;
  keep: boolean;
  real: boolean;
  yes: boolean;
}

export interface MineCommand {
  kind: "mine";
  file: string;
  chapter: string | undefined;
  dir: string | undefined;
}

export type Command = { kind: "help" } | { kind: "list" } | ShowCommand | EditCommand | MineCommand;

/** Throws an Error that names the argument at fault. */
export function parseFlags(args: readonly string[], env: NodeJS.ProcessEnv): Command {
  const { values, positionals } = readCommandLine(OPTIONS, { words: Infinity, args, env });
  if (values.help) return { kind: "help" };
  const [name, ...more] = positionals;
  if (more.length > 0)
    throw new Error(`"${more[0]}" is one argument too many. Name one file; --help says more.`);
  refuseTogether(values);
  if (name === undefined) {
    const [flag] = Object.keys(values);
    if (flag === undefined) return { kind: "list" };
    throw new Error(`--${flag} needs a file, as in: npm run replay FILE -- --${flag}`);
  }
  const here = env["INIT_CWD"] ?? process.cwd();
  const file = resolve(here, name);
  const dir = values.dir === undefined ? undefined : resolve(here, values.dir);
  if (values.mine) return { kind: "mine", file, chapter: values.chapter, dir };
  if (isEdit(values)) return editCommand(values, file, here);
  const { text = false, browser = false, step, from } = values;
  return { kind: values["claude-code"] ? "claude-code" : "show", file, text, browser, step, from };
}

function editCommand(values: Values, file: string, here: string): EditCommand {
  const { from, chapter, dir, keep = false, real = false, yes = false } = values;
  if (from === undefined)
    throw new Error("--edit needs the step whose result is edited, as in --from 7. --text shows the steps.");
  const path = values["result-file"];
  const result = path === undefined ? values.result : contentOf(resolve(here, path), path);
  return {
    kind: "edit",
    file,
    from,
    result,
    chapter,
    dir: dir === undefined ? undefined : resolve(here, dir),
    keep,
    real,
    yes,
  };
}

function contentOf(path: string, typed: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`--result-file ${typed}: ${errorMessage(error)}`, { cause: error });
  }
}

const isEdit = (values: Values): boolean =>
  values.edit === true || values.result !== undefined || values["result-file"] !== undefined;

/** What says nothing without another flag, and what says two things at once. */
function refuseTogether(values: Values): void {
  const given = (Object.keys(values) as (keyof Values)[]).filter((name) => values[name] !== undefined);
  const modes = [
    ...(values["claude-code"] ? ["--claude-code"] : []),
    ...(values.mine ? ["--mine"] : []),
    ...(isEdit(values) ? ["--edit"] : []),
  ];
  if (modes.length > 1) throw new Error(`${modes.join(" and ")} do not go together.`);
  if (values.result !== undefined && values["result-file"] !== undefined)
    throw new Error("--result and --result-file do not go together.");
  if (values.browser && (values.text || values.step !== undefined))
    throw new Error(`--browser and --${values.text ? "text" : "step"} do not go together.`);
  const goesWith: Readonly<Record<string, readonly string[]>> = {
    "--edit": ["from", "edit", "result", "result-file", "chapter", "dir", "keep", "real", "yes"],
    "--mine": ["mine", "chapter", "dir"],
    "--claude-code": ["claude-code", "text", "step", "from"],
    "": ["text", "browser", "step", "from"],
  };
  const [mode = ""] = modes;
  const odd = given.find((name) => goesWith[mode]?.includes(name) === false);
  if (odd === undefined) return;
  const other = Object.entries(goesWith).find(([, names]) => names.includes(odd))?.[0] ?? "";
  throw new Error(
    mode === ""
      ? `--${odd} goes with ${other}.`
      : `--${odd} and ${mode} do not go together. --help says what does.`,
  );
}
