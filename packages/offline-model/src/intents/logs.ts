// A noisy log: the few lines that matter, and the warning before them. The whole log is never read.
import {
  failed,
  failureOf,
  intent,
  known,
  only,
  type Episode,
  type Intent,
  type Situation,
} from "../episode.ts";
import { think } from "../reply.ts";
import { FILE, bash, count, linesOf, quoted, withoutNotes } from "./calls.ts";

/** What two lines have in common when times and numbers are left out. */
function kindOf(line: string): string {
  return line.replace(/^\d+:/, "").replace(/\d+/g, "N").trim();
}

function* findCause({ match }: Situation): Episode {
  const path = match[1] ?? match[2] ?? "";
  const size = only(yield [think(`A log can be long. How long is ${path}?`), bash(`wc -l ${quoted(path)}`)]);
  if (failureOf(size) !== undefined) return failed(size.text);
  const total = Number(/\d+/.exec(size.text)?.[0] ?? 0);
  const found = yield* known([
    think(`${total} lines are too many to read. I look for errors only.`),
    bash(`grep -nE '\\b(ERROR|FATAL)\\b' ${quoted(path)}`),
  ]);
  const errors = failureOf(found) === undefined ? linesOf(withoutNotes(found)) : [];
  const [first] = errors;
  if (first === undefined) return `There is no error in the ${total} lines of ${path}.`;
  const line = Number(/^\d+/.exec(first)?.[0] ?? 1);
  const warned = only(
    yield [
      think(
        `${count(errors.length, "error")}; the first is in line ${line}. What was the last warning before it?`,
      ),
      bash(`head -n ${line} ${quoted(path)} | grep -n '\\bWARN\\b' | tail -n 1`),
    ],
  );
  const warning = failureOf(warned) === undefined ? withoutNotes(warned) : "";
  const kinds = new Map<string, string[]>();
  for (const error of errors) kinds.set(kindOf(error), [...(kinds.get(kindOf(error)) ?? []), error]);
  const told = [...kinds.values()].map(
    (lines) => `${lines.length} of one kind, first in line ${(lines[0] ?? "").replace(":", ": ")}`,
  );
  return [
    `${path} has ${count(errors.length, "error")} in ${total} lines:`,
    ...told.map((one) => `  ${one}`),
    warning === ""
      ? "No warning came before the first."
      : `The last warning before the first, line ${warning.replace(":", ": ")}`,
  ].join("\n");
}

export const logIntents: Intent[] = [
  intent(
    new RegExp(
      `^(?:find out |tell me |say )?(?:why|what (?:went wrong|happened|failed)|what is wrong)\\b.*?(?: in| from|:| by| with)? ${FILE}[?.]*$`,
      "i",
    ),
    findCause,
    "Find out why the server failed, from logs/server.log",
  ),
  intent(
    new RegExp(
      `^(?:find|show|list|are there|read|search)(?: me)? (?:all |any )?(?:the )?(?:errors?|failures?|problems?) (?:in|of|from) (?:the log )?${FILE}[?.]*$`,
      "i",
    ),
    findCause,
  ),
];
