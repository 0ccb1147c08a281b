// The words and flags of a script that npm runs. Nothing that was typed is passed over.
import { parseArgs, type ParseArgsConfig } from "node:util";
import { errorMessage } from "../errors.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;

type Environment = Readonly<Record<string, string | undefined>>;

/** npm knows these itself, and a user's settings may hold them. */
const NPMS_OWN = new Set(["yes", "color"]);

export interface LineOptions {
  /** How many words may stand beside the flags; none, unless it is said. */
  words?: number;
  /** --no-NAME is a flag too. */
  allowNegative?: boolean;
  args?: readonly string[];
  env?: Environment;
}

/** Throws an Error that names what is wrong: a flag that npm took, one that there is not, a word too many. */
export function readCommandLine<const Known extends Options>(
  options: Known,
  { words = 0, allowNegative = false, args = process.argv.slice(2), env = process.env }: LineOptions = {},
): ReturnType<typeof parseArgs<{ options: Known; allowPositionals: true }>> {
  const takesValue = Object.entries(options).map(([name, { type }]) => [name, type === "string"] as const);
  checkNpmTookNone(Object.fromEntries(takesValue), args, env);
  const read = parse(options, args, allowNegative);
  const tooMany = read.positionals[words];
  if (tooMany !== undefined)
    throw new Error(`"${tooMany}" is one word too many. --help says what is expected.`);
  return read;
}

function parse<const Known extends Options>(
  options: Known,
  args: readonly string[],
  allowNegative: boolean,
): ReturnType<typeof parseArgs<{ options: Known; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, allowNegative });
  } catch (error) {
    // What follows is advice on how to write a word that begins with a dash.
    const [first = ""] = errorMessage(error).split(/(?<=\.) /);
    throw new Error(`${first.replace(/\.$/, "")}. --help lists all flags.`, { cause: error });
  }
}

/**
 * Throws an Error that says how to write it where npm took a flag for itself, which it then has in a variable. `flags`
 * says of each whether a value belongs to it.
 */
export function checkNpmTookNone(
  flags: Readonly<Record<string, boolean>>,
  args: readonly string[],
  env: Environment,
): void {
  const script = env["npm_lifecycle_event"];
  const keptBy = (name: string) => env[`npm_config_${name.replaceAll("-", "_")}`];
  const isTyped = (name: string) => args.some((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
  const [taken, takesValue] =
    Object.entries(flags).find(([name]) => !NPMS_OWN.has(name) && keptBy(name) && !isTyped(name)) ?? [];
  if (taken === undefined || script === undefined) return;
  const kept = keptBy(taken) ?? "true";
  // Of a flag and a word that npm does not know, one version keeps both, another the flag alone.
  const value = kept !== "true" ? [kept] : takesValue ? ["VALUE"] : [];
  const words = value[0] === "VALUE" ? [] : args;
  const line = [...words, `--${taken}`, ...value].map((word) =>
    /[\s"']/.test(word) ? JSON.stringify(word) : word,
  );
  throw new Error(`npm took --${taken} for itself. Write: npm run ${script} -- ${line.join(" ")}`);
}
