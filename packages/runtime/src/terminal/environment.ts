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
  // A quoted value may span lines; what it holds is no line of its own.
  const flat = text.replace(
    /=\s*(["'`])(?:\\.|(?!\1)[^\\])*\1/g,
    (value) => "=quoted" + "\n".repeat(value.split("\n").length - 1),
  );
  const problems = flat.split(/\r?\n/).flatMap((line, index) => {
    const fine = /^\s*(#.*)?$|^\s*(export\s+)?[\w.-]+\s*=(?!\s*["'`])|^quoted/.test(line);
    return fine ? [] : [`${file}, line ${index + 1}, is not a clean NAME=value; check it.`];
  });
  return { env: { ...parse(text), ...shell }, problems };
}
