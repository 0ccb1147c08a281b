// A rename across files: of a symbol, or of a file with the imports that name it. The tests then say whether one
// was missed. Not covered: symbols of one name in several scopes.
import {
  failed,
  failureOf,
  intent,
  known,
  only,
  type Closing,
  type Episode,
  type Intent,
  type Situation,
  type Work,
} from "../episode.ts";
import { think } from "../reply.ts";
import {
  FILE,
  PATH,
  andList,
  bash,
  count,
  editCall,
  linesOf,
  outputOf,
  quoted,
  readCall,
  withoutNotes,
} from "./calls.ts";

const NOT_IN = "--exclude-dir=.git --exclude-dir=node_modules --exclude-dir='.?*'";
const NAME = "[`\"']?([A-Za-z_$][\\w$]*)[`\"']?(?:\\(\\))?";

/** Every file that holds the name as a whole word is changed, and then the tests decide. */
function* renameSymbol(situation: Situation): Episode {
  const [, before = "", after = ""] = situation.match;
  const found = only(
    yield [
      think(`First I look where ${before} is used.`),
      bash(`grep -rlw ${NOT_IN} -- ${quoted(before)} .`),
    ],
  );
  const files =
    failureOf(found) === undefined
      ? linesOf(withoutNotes(found)).map((file) => file.replace(/^\.\//, ""))
      : [];
  if (files.length === 0)
    return failed(
      `${before} is nowhere here, so I changed nothing. If it was renamed before: npm run playground:reset.`,
    );
  const taken = only(
    yield [think(`It must not meet another ${after}.`), bash(`grep -rnw ${NOT_IN} -- ${quoted(after)} .`)],
  );
  if (failureOf(taken) === undefined)
    return failed(
      `There is a ${after} already, so I changed nothing:\n${linesOf(withoutNotes(taken)).slice(0, 3).join("\n")}`,
    );
  for (const file of files) {
    const problem = yield* renameIn(situation, file, before, after);
    if (problem !== undefined) return failed(`I stopped in ${file}: ${problem}`);
  }
  const where = `${before} is ${after} now, in ${count(files.length, "file")}: ${andList(files)}`;
  return yield* afterTests(where);
}

/** With edit_file each line that holds the name is an edit, since a part of a longer name must stay. */
function* renameIn(
  situation: Situation,
  file: string,
  before: string,
  after: string,
): Work<string | undefined> {
  const word = new RegExp(`(?<![\\w$])${before.replaceAll("$", "\\$")}(?![\\w$])`, "g");
  if (!situation.has("edit_file")) {
    const outcome = only(yield bash(`perl -pi -e 's/\\b${before}\\b/${after}/g' ${quoted(file)}`));
    return failureOf(outcome) && outcome.text;
  }
  const { text } = yield* known(readCall(situation, file));
  const occurrences = text.split(before).length - 1;
  if (occurrences === (text.match(word) ?? []).length) {
    const outcome = only(yield editCall(situation, file, [before, after], occurrences > 1));
    return failureOf(outcome) && outcome.text;
  }
  const lines = new Set(text.split("\n").filter((line) => line.search(word) !== -1));
  for (const line of lines) {
    const outcome = only(yield editCall(situation, file, [line, line.replace(word, () => after)], true));
    if (failureOf(outcome) !== undefined) return outcome.text;
  }
  return undefined;
}

function* afterTests(what: string, command = "npm test"): Work<Closing> {
  const outcome = only(yield [think("All changed. The tests say whether I missed one."), bash(command)]);
  const why = failureOf(outcome);
  return why === undefined
    ? `${what}. ${command} passes.`
    : failed(`${what}. But ${command} fails (${why}).`);
}

/** Moves the file, and changes the imports that name it. */
function* renameFile(situation: Situation): Episode {
  const [, from = "", given = ""] = situation.match;
  const to = given.includes("/") ? given : `${from.slice(0, from.lastIndexOf("/") + 1)}${given}`;
  const folder = to.includes("/") ? `mkdir -p ${quoted(to.slice(0, to.lastIndexOf("/")))} && ` : "";
  const moved = only(yield bash(`test ! -e ${quoted(to)} && ${folder}mv ${quoted(from)} ${quoted(to)}`));
  if (failureOf(moved) !== undefined)
    return failed(
      `I could not move ${from} to ${to}: ${withoutNotes(moved) || "there is such a file already"}`,
    );
  const [oldName, newName] = [from, to].map((path) => path.replace(/^.*\//, ""));
  const isSameFolder = from.replace(/[^/]*$/, "") === to.replace(/[^/]*$/, "");
  // As a whole name: names.json is another file.
  const whole = `(^|[^[:alnum:]_.-])${(oldName ?? "").replace(/[.+*?^$(){}|[\]\\]/g, "\\$&")}($|[^[:alnum:]_-])`;
  const found = (yield* outputOf(`grep -rlE ${NOT_IN} -- ${quoted(whole)} .`)) ?? "";
  const users = linesOf(found).map((file) => file.replace(/^\.\//, ""));
  if (users.length === 0) return `${from} is ${to} now; nothing names it.`;
  if (!isSameFolder)
    return failed(
      `${from} is ${to} now, but ${andList(users)} still ${users.length === 1 ? "names" : "name"} it: I only know how to change names, not folders.`,
    );
  for (const file of users) {
    const edited = only(yield editCall(situation, file, [oldName ?? "", newName ?? ""], true));
    if (failureOf(edited) !== undefined)
      return failed(`${from} is ${to} now, but in ${file}: ${edited.text}`);
  }
  return yield* afterTests(
    `${from} is ${to} now, and ${andList(users)} ${users.length === 1 ? "follows" : "follow"}`,
  );
}

export const renameIntents: Intent[] = [
  intent(
    new RegExp(`^(?:rename|move) (?:the file )?${FILE} (?:to|into|as) ${PATH}\\.?$`, "i"),
    renameFile,
    "Rename src/names.js to people.js",
  ),
  intent(
    new RegExp(
      `^(?:rename|change the name of|call) (?:the )?(?:function |symbol |variable )?${NAME} (?:to|into|as) ${NAME}(?: everywhere| in all files| across (?:all )?(?:the )?files)?\\.?$`,
      "i",
    ),
    renameSymbol,
    "Rename capitalize to titleCase",
  ),
];
