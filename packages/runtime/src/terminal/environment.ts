// Settings: the shell's variables and those of .env.
import { readFileSync } from "node:fs";
import { parse } from "dotenv";
import { errorCode } from "../errors.ts";

/** The shell's variables and .env's; the shell's win. Lines of .env that say nothing are reported, not read. */
export function loadEnvironment(
  shell: Readonly<Record<string, string | undefined>>,
  file: string,
): { env: Record<string, string | undefined>; problems: string[] } {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const code = errorCode(error);
    return {
      env: { ...shell },
      problems: code === "ENOENT" ? [] : [`${file} cannot be read (${code}) and is ignored.`],
    };
  }
  const problems = unreadLines(text).map(
    (line) => `${file}, line ${line}, is not a clean NAME=value; check it.`,
  );
  return { env: { ...parse(text), ...shell }, problems };
}

/** What dotenv reads as an assignment, by its own expression LINE; the group is the value, which may span lines in quotes. */
const ASSIGNMENT =
  /^\s*(?:export\s+)?[\w.-]+(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/gm;

/** Numbers of the lines that dotenv passes over, and of those with a quote that is not closed. */
function unreadLines(text: string): number[] {
  const rest = text.replace(/\r\n?/g, "\n").replace(ASSIGNMENT, (line, value = "") => {
    const isUnclosed = /^(["'`])(?!(.*)\1$)/s.test(value.trim());
    const [blank = ""] = /^\s*/.exec(line) ?? [];
    return blank + (isUnclosed ? "?" : "") + "\n".repeat(line.slice(blank.length).split("\n").length - 1);
  });
  return rest.split("\n").flatMap((line, index) => (/^\s*(#.*)?$/.test(line) ? [] : [index + 1]));
}
