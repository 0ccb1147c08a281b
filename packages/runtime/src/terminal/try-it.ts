// A prompt of the card gets what it needs when its number is typed: flags, which are read at the start only, so that the
// program starts anew; the lines that it follows; a fault. Not covered: numbers from a pipe, which has no terminal to hand on.
import type { TryIt } from "./chapter.ts";
import { saidIn, type Commands } from "./commands.ts";
import { parseFlags } from "./flags.ts";
import type { TerminalContext } from "./one-shot.ts";
import type { TypedLine } from "./requests.ts";
import type { Screen } from "./screen.ts";
import { dim } from "./text.ts";

/** What has to be done before an entry of the card can run. */
export interface Needs {
  /** The program has to be started with these. */
  readonly flags: readonly string[];
  /** These have to be served first. */
  readonly lines: readonly TypedLine[];
}

const NOTHING: Needs = { flags: [], lines: [] };

type Context = Pick<TerminalContext, "values" | "chapterFlags" | "card"> & {
  program: { session: { messages: readonly unknown[] } };
};

/** Says what an entry of the card needs; where that is nothing more, arms its fault. `served` are the prompts so far. */
export async function prepare(
  { entry, line }: { entry?: TryIt | undefined; line: TypedLine },
  context: Context,
  served: readonly string[],
  commands: Commands,
  screen: Screen,
): Promise<Needs> {
  if (!entry) return NOTHING;
  const say = (text: string) => screen.line(dim(text));
  const flags = missingFlags(entry, context);
  if (flags.length > 0) {
    say(`This prompt needs ${flags.join(" ")}: the program starts anew with it.`);
    return { flags, lines: [] };
  }
  const lines = line.isPrepared ? [] : missingLines(entry, context, served);
  if (lines.length > 0) {
    say(`This prompt needs ${lines.map((one) => `"${one}"`).join(", then ")} first.`);
    return { flags: [], lines: lines.map((text) => ({ text })) };
  }
  const earlier = missingNumbers(entry, context, served);
  if (earlier.length > 0)
    say(`This prompt follows ${earlier.join(" and ")}: if you have not run that yet, type it first.`);
  // A fault is used up by one run, so it is armed for each.
  const fault = faultOf(entry);
  const said = fault === undefined ? "" : await commands.run("fault", fault);
  if (saidIn(said) !== "") say(saidIn(said));
  return NOTHING;
}

function missingFlags({ flags = [] }: TryIt, { values, chapterFlags }: Context): readonly string[] {
  const at = flags.indexOf("--fault");
  const needed = at === -1 ? flags : flags.toSpliced(at, 2);
  const wanted = Object.entries(parseFlags(needed, chapterFlags));
  return wanted.every(([name, value]) => values[name] === value) ? [] : needed;
}

function faultOf({ flags = [], before = [] }: TryIt): string | undefined {
  const at = flags.indexOf("--fault");
  const told = before.findLast((line) => line.startsWith("/fault "))?.slice("/fault ".length);
  return at === -1 ? told : flags[at + 1];
}

const isNumber = (line: string) => /^\d+$/.test(line);

/** Those from the first on that is missing: what comes behind it is to be done after it. Numbers are the user's to type. */
function missingLines({ before = [] }: TryIt, { program }: Context, served: readonly string[]): string[] {
  const lines = before.filter((line) => !line.startsWith("/fault ") && !isNumber(line));
  const isMissing = (line: string) =>
    line === "/clear" ? program.session.messages.length > 0 : !served.includes(line);
  const first = lines.findIndex(isMissing);
  return first === -1 ? [] : lines.slice(first);
}

/** An earlier program may have run them: what they leave may lie on disk. So they are only named. */
function missingNumbers({ before = [] }: TryIt, { card }: Context, served: readonly string[]): string[] {
  return before.filter(
    (line) => isNumber(line) && !served.includes(card.tryIt[Number(line) - 1]?.prompt ?? ""),
  );
}
