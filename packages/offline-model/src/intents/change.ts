// Changes of a programmer's day: a rename across files, a function more, a file less. What was changed is run
// before it is called done.
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
import { call, think } from "../reply.ts";
import {
  andList,
  bash,
  count,
  editCall,
  linesOf,
  outputOf,
  PATH,
  quoted,
  readCall,
  withoutNotes,
  writeCall,
} from "./calls.ts";
import { KNOWN_FUNCTIONS, type KnownFunction } from "./functions.ts";

const NOT_IN = "--exclude-dir=.git --exclude-dir=node_modules --exclude-dir='.?*'";

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
  if (files.length === 0) return failed(`${before} is nowhere here, so I changed nothing.`);
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
  const users = linesOf((yield* outputOf(`grep -rlF ${NOT_IN} -- ${quoted(oldName ?? "")} .`)) ?? "").map(
    (file) => file.replace(/^\.\//, ""),
  );
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

/** Appends the function and a test of its own, and runs that test. */
function* addFunction(situation: Situation): Episode {
  const { match, commands } = situation;
  const [, name = "", parameters, path = ""] = match;
  const returned = /\bthat returns/i.test(match.input) ? commands.at(-1) : undefined;
  const made: KnownFunction | undefined =
    returned === undefined
      ? KNOWN_FUNCTIONS[name]
      : { code: `export function ${name}(${parameters ?? "value"}) {\n  return ${returned};\n}\n` };
  if (!made)
    return failed(
      `I am a script and do not know what ${name} should do. I know ${andList(Object.keys(KNOWN_FUNCTIONS))}; or say: Add a function ${name}(a, b) to ${path} that returns \`a + b\``,
    );
  const file = yield* known(readCall(situation, path));
  if (failureOf(file) !== undefined) return failed(file.text);
  if (new RegExp(`\\bfunction ${name}\\b`).test(file.text))
    return failed(`${path} has a function ${name} already.`);
  const last = linesOf(file.text).at(-1) ?? "";
  const problem = yield* append(situation, path, file.text, `\n${made.code}`);
  if (problem !== undefined) return failed(`I could not add it to ${path} after "${last}": ${problem}`);
  const added = `${name} is in ${path}`;
  if (made.expected === undefined) {
    const checked = only(
      yield [think("Does the file still load?"), bash(`node -e ${quoted(`import("./${path}")`)}`)],
    );
    return failureOf(checked) === undefined
      ? `${added}. The file loads; I wrote no test.`
      : failed(`${added}, but the file does not load any more: ${checked.text}`);
  }
  const test = `test/${name}.test.js`;
  const written = only(
    yield [
      think("Now a test that says what it must do."),
      writeCall(situation, test, testOf(name, path, made)),
    ],
  );
  if (failureOf(written) !== undefined)
    return failed(`${added}, but I could not write ${test}: ${written.text}`);
  const command = `node --test ${test}`;
  const why = failureOf(only(yield [think("And I run it."), bash(command)]));
  return why === undefined
    ? `${added}, and ${test} tests it. ${command} passes.`
    : failed(`${added}, but ${command} fails (${why}).`);
}

function* append(situation: Situation, path: string, text: string, code: string): Work<string | undefined> {
  const content = `${text.trimEnd()}\n${code}`;
  // Only what came whole can be written back.
  const isWhole = !/^\[.*(?:there is more|left out).*\]$/m.test(text);
  const edit =
    situation.has("write_file") && isWhole
      ? call("write_file", { file_path: path, content })
      : bash(`printf '%s' ${quoted(code)} >> ${quoted(path)}`);
  const outcome = only(yield [think(`I put it at the end of ${path}.`), edit]);
  return failureOf(outcome) && outcome.text;
}

function testOf(name: string, path: string, { input, expected }: KnownFunction): string {
  return `import assert from "node:assert/strict";
import test from "node:test";
import { ${name} } from "../${path}";

test("${name}", () => assert.deepEqual(${name}(${input}), ${expected}));
`;
}

function* addLine(situation: Situation): Episode {
  const [, text = "", path = ""] = situation.match;
  const outcome = only(yield bash(`printf '%s\\n' ${quoted(text)} >> ${quoted(path)}`));
  return failureOf(outcome) === undefined ? `Added "${text}" at the end of ${path}.` : failed(outcome.text);
}

function act(command: (path: string) => string, done: string) {
  return function* ({ match }: Situation): Episode {
    const path = match[1] ?? "";
    const outcome = only(yield bash(command(quoted(path))));
    return failureOf(outcome) === undefined ? `${path} is ${done}.` : failed(outcome.text);
  };
}

const FILE = "[`\"']?([\\w@./~-]*[./][\\w@./~-]*\\w)[`\"']?";
const NAME = "[`\"']?([A-Za-z_$][\\w$]*)[`\"']?(?:\\(\\))?";

export const changeIntents: Intent[] = [
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
  intent(
    new RegExp(
      `^(?:add|write|create|implement) (?:a |the )?(?:new )?function (?:called |named )?[\`"']?([A-Za-z_$][\\w$]*)[\`"']?(?:\\(([\\w, ]*)\\))?[\`"']? (?:to|in|into) ${FILE}`,
      "i",
    ),
    addFunction,
    "Add a function initials to src/names.js",
  ),
  intent(
    new RegExp(`^(?:append|add) (?:the (?:line|text) )?"([^"]+)" (?:to|at the end of) ${FILE}\\.?$`, "i"),
    addLine,
    'Append "one more line" to README.md',
  ),
  intent(
    new RegExp(`^(?:delete|remove) (?:the (?:file|folder) )?${FILE}\\.?$`, "i"),
    act((path) => `rm -r ${path}`, "deleted"),
    "Delete notes/hello.txt",
  ),
  intent(
    new RegExp(
      `^(?:make|create) (?:a |the )?(?:new )?(?:folder|directory) (?:called |named )?${PATH}\\.?$`,
      "i",
    ),
    act((path) => `mkdir -p ${path}`, "there"),
    "Make a folder drafts",
  ),
];
