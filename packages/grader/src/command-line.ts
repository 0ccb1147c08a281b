// The command as the shell gets it: the prompt in its place, and files where the learner stands by their whole paths,
// because the program runs in a folder of its own.
import { statSync } from "node:fs";
import { resolve } from "node:path";

export interface Program {
  /** As it was typed, `{prompt}` included. */
  command: string;
  /** The prompt goes to standard input. */
  stdin: boolean;
  /** Where it was typed. */
  from: string;
  /** How long one run may take. */
  seconds: number;
}

const PLACEHOLDER = /"\{prompt\}"|'\{prompt\}'|\{prompt\}/g;
/** Words without quotes: a path with blanks has to be typed whole. */
const WORD = /(^|[\s=;&|(])([^\s"'`$;&|()<>={}]+)/g;

export function commandLine({ command, stdin, from }: Program, prompt: string): string {
  const whole = command.replace(WORD, (all, before: string, word: string, at: number) => {
    const isProgram = at === 0 && !word.includes("/");
    return isProgram || !isFile(resolve(from, word)) ? all : `${before}${quoted(resolve(from, word))}`;
  });
  if (stdin) return whole;
  if (!whole.includes("{prompt}")) return `${whole} ${quoted(prompt)}`;
  return whole.replace(PLACEHOLDER, () => quoted(prompt));
}

function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
