// Calls that most intents make. Where a client offers no file tools, bash does the same, as a model would.
import { failureOf, only, type Outcome, type Situation, type Work } from "../episode.ts";
import { call, type CallPart } from "../reply.ts";

/** A path as people write it: `README.md`, "src/greet.js", notes. */
export const PATH = "[`\"']?([\\w@./~-]*[\\w/])[`\"']?";

/** A path with a dot or a slash: what else a sentence may speak of is no file. */
export const FILE = "[`\"']?([\\w@./~-]*[./][\\w@./~-]*\\w)[`\"']?";

/** One shell word, whatever it holds. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

export function unquoted(text: string): string {
  return text.trim().replace(/^(["'`])(.*)\1$/s, "$2");
}

export function bash(command: string): CallPart {
  return call("bash", { command });
}

export function readCall({ has }: Situation, path: string): CallPart {
  return has("read_file") ? call("read_file", { file_path: path }) : bash(`cat ${quoted(path)}`);
}

export function writeCall({ has }: Situation, path: string, content: string): CallPart {
  if (has("write_file")) return call("write_file", { file_path: path, content });
  const slash = path.lastIndexOf("/");
  const folder = slash > 0 ? `mkdir -p ${quoted(path.slice(0, slash))} && ` : "";
  return bash(`${folder}printf '%s' ${quoted(content)} > ${quoted(path)}`);
}

/** Replaces a text in a file: the one place where it occurs, or all of them. */
export function editCall(
  { has }: Situation,
  path: string,
  [before, after]: readonly [string, string],
  all = false,
): CallPart {
  if (has("edit_file")) {
    const input = { file_path: path, old_string: before, new_string: after };
    return call("edit_file", all ? { ...input, replace_all: true } : input);
  }
  const script = `s/\\Q$ENV{OLD}\\E/$ENV{NEW}/${all ? "g" : ""}`;
  return bash(`OLD=${quoted(before)} NEW=${quoted(after)} perl -0pi -e '${script}' ${quoted(path)}`);
}

/** Runs a command; its output without the notes of the harness, or undefined if it failed. */
export function* outputOf(command: string): Work<string | undefined> {
  const outcome = only(yield bash(command));
  if (failureOf(outcome) !== undefined) return undefined;
  return withoutNotes(outcome);
}

export function withoutNotes({ text }: Outcome): string {
  if (text.trim() === "(no output)") return "";
  return text.replace(/(?:\n?\[(?:exit code|processes that)[^\]\n]*\])+\s*$/, "").trimEnd();
}

export function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

export function andList(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** The first lines, and what the harness says in brackets. */
export function shortened(text: string, most = 12): string {
  const lines = text.trimEnd().split("\n");
  if (lines.length <= most) return lines.join("\n");
  const kept = lines.filter((line, index) => index < most - 4 || /^\[.*\]$/.test(line));
  return `${kept.join("\n")}\n(and ${lines.length - kept.length} more lines)`;
}
