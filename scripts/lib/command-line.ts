// What is typed after a script's name. The comment at the top of its file is its help.
import { readFileSync } from "node:fs";
import { readCommandLine, type LineOptions } from "../../packages/runtime/src/terminal/command-line.ts";

type Options = Parameters<typeof readCommandLine>[0];

/** Flags and words of the script in this file. --help prints what it does, and ends it. */
export function commandLine<const Known extends Options>(file: string, options: Known, line?: LineOptions) {
  helpIfAsked(file);
  return readCommandLine(options, line);
}

/** Prints what the script in this file does and ends it, if that was asked for. */
export function helpIfAsked(file: string): void {
  if (!process.argv.slice(2).some((word) => word === "--help" || word === "-h")) return;
  const [comment = ""] = /^(?:\/\/ .*\n)+/.exec(readFileSync(file, "utf8")) ?? [];
  console.log(comment.replace(/^\/\/ /gm, "").trimEnd());
  process.exit();
}
