// What concerns a command line as a whole: the folder that its commands run in, and the rule that "always" keeps.
import { baseName, unfold, type ShellCommand } from "@course/shell-safety";
import type { Paths } from "./paths.ts";

/** One cd to a folder that is known only means that paths may begin there. */
export function pathsAfter(commands: readonly ShellCommand[], root: Paths, doubts: string[]): Paths {
  const unfolded = commands.flatMap((command) => unfold(command, []));
  const moves = unfolded.filter(({ words }) => words[0]?.text === "cd");
  const [move] = moves;
  if (!move) return root;
  const [, folder, ...more] = move.words;
  // A folder can hold a repository of its own, whose settings git would run.
  if (unfolded.some(({ words }) => baseName(words[0]?.text ?? "") === "git"))
    doubts.push("git in another folder");
  const isPlain = moves.length === 1 && folder?.kind === "literal" && more.length === 0;
  if (isPlain && !/^-|^~./.test(folder.text) && root.isInside(folder.text)) return root.after(folder.text);
  doubts.push("cd leads where paths are not known");
  return root;
}

/** Plain words with && between them: a rule for such a text can mean no other line. */
const PLAIN_LINE = /^[\w@%+=:,./-]+(?: (?:&& )?[\w@%+=:,./-]+)*$/;

/**
 * The rules that "always" keeps for a line. Behind a cd or a timeout a command's own rule would be wider than what was
 * asked: it would allow the command in every folder, and without a limit. There it is a rule for the whole line, or none.
 */
export function lineRule(text: string, rules: readonly string[], isPlain: boolean): string[] {
  if (rules.length === 0 || isPlain) return [...rules];
  return PLAIN_LINE.test(text) ? [`Bash(${text})`] : [];
}
