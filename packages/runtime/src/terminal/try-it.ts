// A prompt of the card that needs a fault or flags gets them when its number is typed: the fault is armed, and with flags,
// which are read at the start only, the program starts anew. Not covered: numbers from a pipe, which has no terminal to hand on.
import type { TryIt } from "./chapter.ts";
import type { Commands } from "./commands.ts";
import { parseFlags } from "./flags.ts";
import type { TerminalContext } from "./one-shot.ts";
import type { Screen } from "./screen.ts";
import { dim } from "./text.ts";

/** Arms the fault of a card's entry. Resolves with the flags that the program has to be started with first; mostly none. */
export async function arm(
  { entry }: { entry?: TryIt },
  context: Pick<TerminalContext, "values" | "chapterFlags">,
  commands: Commands,
  screen: Screen,
): Promise<readonly string[]> {
  const { flags = [], before = [] } = entry ?? {};
  const at = flags.indexOf("--fault");
  const needed = at === -1 ? flags : flags.toSpliced(at, 2);
  const wanted = Object.entries(parseFlags(needed, context.chapterFlags));
  const missing = wanted.every(([name, value]) => context.values[name] === value) ? [] : needed;
  const told = before.findLast((line) => line.startsWith("/fault "))?.slice("/fault ".length);
  const fault = at === -1 ? told : flags[at + 1];
  if (missing.length > 0)
    screen.line(dim(`This prompt needs ${missing.join(" ")}: the program starts anew with it.`));
  if (fault === undefined || missing.length > 0) return missing;
  // A fault is used up by one run, so it is armed for each.
  const said = await commands.run("fault", fault);
  if (typeof said === "string") screen.line(dim(said));
  return [];
}
