// Command-line flags. One that is unknown is an error that names the nearest.
import { parseArgs } from "node:util";
import { closest, distance } from "fastest-levenshtein";
import type { ChapterFlag, FlagValues } from "./chapter.ts";

export type OutputFormat = "text" | "json" | "stream-json";

const COMMON: Readonly<Record<string, ChapterFlag>> = {
  print: { short: "p", value: "PROMPT", description: "Run one prompt, print the answer, and exit" },
  "output-format": {
    value: "FORMAT",
    description: "With -p: text, json (the result), or stream-json (an event a line)",
  },
  "input-format": {
    value: "FORMAT",
    description: "text, or stream-json: a message a line on standard input",
  },
  try: { value: "N", description: "Begin with this prompt of the list" },
  demo: { description: "Run the headline prompt, print the transcript, exit" },
  dir: { value: "PATH", description: "Work in this folder instead of the playground" },
  model: { value: "ID", description: "Default: MODEL_ID, or claude-sonnet-5-5" },
  offline: { description: "Use the offline model though a key is set" },
  fault: { value: "LIST", description: "Faults of the offline model, as in 529x2,drop" },
  with: { value: "CHAPTERS", description: "Add other chapters' mechanisms, as in s12,s13" },
  mine: { description: "With the mechanisms that you wrote: npm run practice" },
  "max-turns": { value: "N", description: "Model calls in one run, at most; default 100" },
  step: { description: "Pause before each model call, and show what it adds" },
  trace: { description: "Write every event to .traces/ in the workspace" },
  inspect: { description: "Show the session in a browser on this machine, as it goes" },
  help: { short: "h", description: "Show this" },
};

/** Reads the arguments. Throws an Error that names the argument at fault and the next step. */
export function parseFlags(
  args: readonly string[],
  chapterFlags: Readonly<Record<string, ChapterFlag>> = {},
): FlagValues {
  const flags = { ...COMMON, ...chapterFlags };
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { value, short }]) => [
      name,
      { type: value === undefined ? ("boolean" as const) : ("string" as const), ...(short && { short }) },
    ]),
  );
  const { tokens } = parseArgs({ args: withoutValues(args, flags), options, strict: false, tokens: true });
  const values: Record<string, string | boolean> = {};
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const flag = flags[token.name];
    if (!flag)
      throw new Error(
        `Unknown flag ${token.rawName}.${suggestion(token.name, Object.keys(flagsThatTakeValues(chapterFlags)))} --help lists all.`,
      );
    if (flag.refusal !== undefined) throw new Error(`${token.rawName}: ${flag.refusal}`);
    const value = valueOf(flag, token);
    const wrong = typeof value === "string" ? flag.check?.(value) : undefined;
    // Of a list, what is wrong names its part.
    const named = wrong?.includes(String(value)) ? "" : ` ${value}`;
    if (wrong !== undefined) throw new Error(`--${token.name}${named}: ${wrong}`);
    const before = values[token.name];
    // A second --deny adds to the first; it would be a rule that holds no more. Elsewhere the last one counts.
    values[token.name] = before !== undefined && isList(flag) ? `${String(before)},${String(value)}` : value;
  }
  // Last, so that a flag that is refused says why, and not that its value is unexpected.
  const words = tokens.flatMap((token) => (token.kind === "positional" ? token.value : []));
  if (words.length > 0)
    throw new Error(`Unexpected "${words.join(" ")}". To run one prompt, write: -p "${words.join(" ")}"`);
  checkValues(values);
  return values;
}

/** Whether the flag's value is a list, as its name in the help says. */
function isList({ value = "" }: ChapterFlag): boolean {
  return ["RULES", "FILES", "PATHS", "CHAPTERS", "LIST"].includes(value);
}

type OptionToken = { rawName: string } & (
  { value: string; inlineValue: boolean } | { value: undefined; inlineValue: undefined }
);

/** The value that is written for a flag; true for one that has none. */
function valueOf(flag: ChapterFlag, { rawName, value, inlineValue }: OptionToken): string | true {
  if (mayBeLeftOut(flag) && value === "") return true;
  if (flag.value === undefined) {
    if (value !== undefined) throw new Error(`${rawName} takes no value.`);
    return true;
  }
  if (value === undefined || value.trim() === "" || (!inlineValue && /^--?[a-z]/.test(value)))
    throw new Error(`${rawName} needs a value: ${rawName} ${flag.value}`);
  return value;
}

/** The nearest name, if it is near enough to be what was meant. */
function suggestion(name: string, names: readonly string[]): string {
  const near = closest(name, names);
  return distance(name, near) <= Math.max(1, Math.floor(near.length / 3)) ? ` Did you mean --${near}?` : "";
}

/** Whether a flag's value may be left out. */
const mayBeLeftOut = ({ value }: ChapterFlag) => value?.startsWith("[") === true;

/** parseArgs would take the next flag for the value that was left out; an empty one it leaves alone. */
function withoutValues(args: readonly string[], flags: Readonly<Record<string, ChapterFlag>>): string[] {
  const names = Object.entries(flags).flatMap(([name, flag]) =>
    mayBeLeftOut(flag) ? [`--${name}`, ...(flag.short ? [`-${flag.short}`] : [])] : [],
  );
  return args.map((arg, index) => {
    const next = args[index + 1];
    if (!names.includes(arg) || (next !== undefined && !next.startsWith("-"))) return arg;
    const [name = arg] = Object.entries(flags).find(([, { short }]) => `-${short}` === arg) ?? [];
    return `--${name.replace(/^-+/, "")}=`;
  });
}

const FORMATS: readonly (readonly [flag: string, formats: readonly string[]])[] = [
  ["output-format", ["text", "json", "stream-json"]],
  ["input-format", ["text", "stream-json"]],
];

function checkValues(values: FlagValues): void {
  const turns = values["max-turns"];
  if (turns !== undefined && !/^[1-9]\d{0,6}$/.test(String(turns))) {
    throw new Error(`--max-turns ${turns}: expected a whole number from 1.`);
  }
  for (const [flag, formats] of FORMATS) {
    const format = values[flag];
    if (format !== undefined && !formats.includes(String(format)))
      throw new Error(`--${flag} ${format}: expected ${formats.join(", ").replace(/, (?=[^,]*$)/, " or ")}.`);
  }
  const [output, readsJson] = [values["output-format"], values["input-format"] === "stream-json"];
  const hasPrompt = values["print"] !== undefined;
  refuseTogether(values);
  if (readsJson && hasPrompt)
    throw new Error("--input-format stream-json reads its prompts from standard input. Leave out -p.");
  if (readsJson && output !== "stream-json")
    throw new Error("--input-format stream-json goes with --output-format stream-json.");
  if (output !== undefined && !hasPrompt && !readsJson) throw new Error("--output-format goes with -p.");
}

/** Of what runs without somebody at the prompt there is one; a step waits for somebody. */
function refuseTogether(values: FlagValues): void {
  const typed = { demo: "--demo", print: "-p", try: "--try", step: "--step" } as const;
  for (const [one, other] of [
    ["demo", "print"],
    ["demo", "try"],
    ["print", "try"],
    ["print", "step"],
    ["demo", "step"],
  ] as const)
    if (values[one] !== undefined && values[other] !== undefined)
      throw new Error(`${typed[other]} and ${typed[one]} do not go together.`);
}

export function outputFormat(values: FlagValues): OutputFormat {
  const format = values["output-format"];
  return format === "json" || format === "stream-json" ? format : "text";
}

/** The chapters that --with names: read before all other flags, since those chapters may bring some of their own. */
export function chaptersNamed(args: readonly string[]): string[] {
  const lists = args.flatMap((arg, index) => {
    if (arg === "--with") return [args[index + 1] ?? ""];
    return arg.startsWith("--with=") ? [arg.slice("--with=".length)] : [];
  });
  return lists
    .flatMap((list) => list.split(","))
    .map((name) => name.trim())
    .filter(Boolean);
}

/** All flags that there are, by their long names, and whether a value belongs to each. */
export function flagsThatTakeValues(
  chapterFlags: Readonly<Record<string, ChapterFlag>>,
): Record<string, boolean> {
  const flags = Object.entries({ ...COMMON, ...chapterFlags });
  return Object.fromEntries(
    flags.flatMap(([name, { value, refusal }]) =>
      refusal === undefined ? [[name, value !== undefined]] : [],
    ),
  );
}

export function flagHelp(chapterFlags: Readonly<Record<string, ChapterFlag>> = {}): string {
  const own = Object.entries({ ...COMMON, ...chapterFlags }).filter(([, flag]) => flag.refusal === undefined);
  const rows = own.map(([name, { short, value, description }]) => {
    const left = `${short ? `-${short}, ` : "    "}--${name}${value ? ` ${value}` : ""}`;
    return [left, description] as const;
  });
  const width = Math.max(26, ...rows.map(([left]) => left.length));
  return rows.map(([left, description]) => `  ${left.padEnd(width)}  ${description}`).join("\n");
}
