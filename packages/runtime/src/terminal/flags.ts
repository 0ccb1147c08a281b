// Command-line flags. One that is unknown is an error that names the nearest.
import { parseArgs } from "node:util";
import { closest } from "fastest-levenshtein";
import type { ChapterFlag, FlagValues } from "./chapter.ts";

interface Flag extends ChapterFlag {
  short?: string;
}

const COMMON: Readonly<Record<string, Flag>> = {
  print: { short: "p", value: "PROMPT", description: "Run one prompt, print the answer, and exit" },
  "output-format": { value: "FORMAT", description: "With -p: text, or stream-json (an event a line)" },
  demo: { description: "Run the headline prompt, print the transcript, exit" },
  dir: { value: "PATH", description: "Work in this folder instead of the playground" },
  model: { value: "ID", description: "Default: MODEL_ID, or claude-sonnet-5-5" },
  offline: { description: "Use the offline model though a key is set" },
  fault: { value: "LIST", description: "Faults of the offline model, as in 529x2,drop" },
  with: { value: "CHAPTERS", description: "Add other chapters' mechanisms, as in s12,s13" },
  "max-turns": { value: "N", description: "Model calls in one run, at most; default 100" },
  step: { description: "Pause before each model call, and show what it adds" },
  trace: { description: "Write every event to .traces/ in the workspace" },
  help: { short: "h", description: "Show this" },
};

/** Reads the arguments. Throws an Error that names the argument at fault and the next step. */
export function parseFlags(
  args: readonly string[],
  chapterFlags: Readonly<Record<string, Flag>> = {},
): FlagValues {
  const flags = { ...COMMON, ...chapterFlags };
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { value, short }]) => [
      name,
      { type: value === undefined ? ("boolean" as const) : ("string" as const), ...(short && { short }) },
    ]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const values: Record<string, string | boolean> = {};
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      throw new Error(`Unexpected "${token.value}". To run one prompt, write: -p "${token.value}"`);
    }
    const flag = flags[token.name];
    if (!flag)
      throw new Error(
        `Unknown flag ${token.rawName}. Did you mean --${closest(token.name, Object.keys(flags))}? --help lists all.`,
      );
    if (flag.value === undefined) {
      if (token.value !== undefined) throw new Error(`${token.rawName} takes no value.`);
      values[token.name] = true;
    } else if (
      token.value === undefined ||
      token.value.trim() === "" ||
      (!token.inlineValue && /^--?[a-z]/.test(token.value))
    ) {
      throw new Error(`${token.rawName} needs a value: ${token.rawName} ${flag.value}`);
    } else {
      values[token.name] = token.value;
    }
  }
  checkValues(values);
  return values;
}

function checkValues(values: FlagValues): void {
  const turns = values["max-turns"];
  if (turns !== undefined && !/^[1-9]\d{0,6}$/.test(String(turns))) {
    throw new Error(`--max-turns ${turns}: expected a whole number from 1.`);
  }
  const format = values["output-format"];
  if (format !== undefined && format !== "text" && format !== "stream-json") {
    throw new Error(`--output-format ${format}: expected text or stream-json.`);
  }
  if (values["demo"] && values["print"] !== undefined) throw new Error("--demo and -p do not go together.");
  if (format !== undefined && values["print"] === undefined) throw new Error("--output-format goes with -p.");
}

/** The long names of all flags. */
export function flagNames(chapterFlags: Readonly<Record<string, Flag>>): string[] {
  return Object.keys({ ...COMMON, ...chapterFlags });
}

export function flagHelp(chapterFlags: Readonly<Record<string, Flag>> = {}): string {
  const rows = Object.entries({ ...COMMON, ...chapterFlags }).map(([name, { short, value, description }]) => {
    const left = `${short ? `-${short}, ` : "    "}--${name}${value ? ` ${value}` : ""}`;
    return `  ${left.padEnd(28)}${description}`;
  });
  return rows.join("\n");
}
