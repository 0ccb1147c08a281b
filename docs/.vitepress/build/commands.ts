// The command that does a "Try it" prompt without typing anything else.
import { findChapter } from "../../../scripts/lib/chapters.ts";

/** For each prompt of the card: `npm run s13 -- --try 5`, or, where others come first, all of them from a pipe. */
export function tryItCommands(id: string): string[] {
  const { tryIt } = findChapter(id).card;
  return tryIt.map(({ prompt, flags = [], before = [], after = [] }, index) => {
    if (before.length === 0) return `npm run ${id} -- --try ${index + 1}`;
    const run = ["npm", "run", id, ...(flags.length > 0 ? ["--", ...flags] : [])];
    const lines = [...before, prompt, ...after];
    return `printf '%s\\n' ${lines.map(quoted).join(" ")} | ${run.map(quoted).join(" ")}`;
  });
}

/** A word of a shell's command line. */
function quoted(word: string): string {
  return /^[\w./:=@%,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
