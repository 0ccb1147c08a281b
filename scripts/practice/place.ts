// Where in the learner's folder something went wrong, from an error that Node or tsx threw.
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");

/** One line, or two: the file and line of the learner's where one is named, and what is wrong. */
export function placeOf(error: unknown): string {
  const thrown = error instanceof Error ? error : new Error(String(error));
  const [message, stack] = [thrown.message, thrown.stack ?? ""].map(fromRoot) as [string, string];
  const [, syntax, what] = /(practice\/[^\s:]+:\d+:\d+): (?:ERROR: |error: )?(.*)/i.exec(message) ?? [];
  if (syntax !== undefined) return `${syntax} does not compile: ${what}`;
  const [place] = /practice\/[^/\s]+\/src\/[^\s:)]+:\d+/.exec(stack) ?? [];
  if (place === undefined) return message;
  return `${place}${thrown instanceof SyntaxError ? " does not compile" : ""}: ${message}`;
}

function fromRoot(text: string): string {
  return text.replaceAll(`${ROOT}/`, "");
}
